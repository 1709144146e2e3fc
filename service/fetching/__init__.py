"""Fetches public pages with limits on host, size and time, and never from a private network."""

from service.fetching.fetcher import Fetched, Fetcher, Limits, Validators
from service.fetching.guard import Guard
from service.fetching.posting import Posted, Poster
from service.fetching.url import Url, ascii_host

__all__ = ["Fetched", "Fetcher", "Guard", "Limits", "Posted", "Poster", "Url", "Validators", "ascii_host"]
