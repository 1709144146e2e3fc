"""The rules that verbalise figures, signs and Latin letters."""
