"""Accepts, reads and looks up articles."""
