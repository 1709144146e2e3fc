"""Converts a written sentence to its spoken form: the chain of rules."""
