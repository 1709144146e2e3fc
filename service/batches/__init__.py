"""Batches: many articles in one request, taken in together and processed as workers have room."""

from service.batches.batch_store import BatchStore
from service.batches.intake import BatchLimits, Receiving, receive
from service.batches.runner import Feeder

__all__ = ["BatchLimits", "BatchStore", "Feeder", "Receiving", "receive"]
