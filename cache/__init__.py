"""Where finished audio and everything on the way to it is kept: bytes under keys, in Redis.

This package knows nothing of articles or voices. ``redis`` is imported here and nowhere else.
"""
