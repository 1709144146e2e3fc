"""Stores finished audio and all intermediate data as bytes under keys, in Redis.

This package does not know about articles or voices. No other package imports ``redis``.
"""
