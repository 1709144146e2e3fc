"""Splits an article into sentences, and sentences at breathing points."""
