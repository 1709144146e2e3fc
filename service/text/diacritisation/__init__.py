"""Vowels: what models say, what spelling allows, what is known."""
