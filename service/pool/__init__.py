"""Processes for work that takes processor time: fair turns, a limit of time, replaced when they end."""

from service.pool.job import Job
from service.pool.pool import Limits, Pool

__all__ = ["Job", "Limits", "Pool"]
