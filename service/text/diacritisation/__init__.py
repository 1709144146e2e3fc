"""Diacritisation: models, spelling constraints and known phrases."""
