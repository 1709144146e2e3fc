"""The rules that say figures, signs and Latin letters in words."""
