"""From vowelled words to phonemes."""
