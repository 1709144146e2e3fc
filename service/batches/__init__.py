"""Batches: many articles in one request, taken in at once and worked through as makers have room."""

from service.batches.batch_store import Shelf
from service.batches.intake import BatchLimits, Receiving, receive
from service.batches.runner import Feeder

__all__ = ["BatchLimits", "Feeder", "Receiving", "Shelf", "receive"]
