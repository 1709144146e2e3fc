"""Values that options of remote cards may have."""

from __future__ import annotations

ADAPTERS = ("openai", "azure", "elevenlabs", "google", "polly")
"""Formats of request."""
TEXTS = ("diacritised", "spoken", "ssml")
"""What a server receives: vowelled words, words without vowels, or vowelled words in SSML."""
FORMATS = ("wav", "pcm", "mp3", "flac")
"""Formats of a server's audio that can be decoded."""
