"""Batches: many articles in one request, taken in at once and worked through as makers have room."""

from service.batches.feeding import Feeder
from service.batches.receiving import BatchLimits, Receiving, receive
from service.batches.shelf import Shelf

__all__ = ["BatchLimits", "Feeder", "Receiving", "Shelf", "receive"]
