"""Recordings: planned, spoken sentence by sentence, put together, streamed, taken down."""
