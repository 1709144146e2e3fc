"""Converts vowelled words to phonemes."""
