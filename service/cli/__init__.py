"""The command line: ``istami serve | worker | speak | explain | voices | doctor``."""

from service.cli.main import app, main

__all__ = ["app", "main"]
