"""A process pool for CPU-bound work, with fair scheduling, time limits and replacement of dead processes."""

from service.pool.job import Job
from service.pool.pool import Limits, Pool

__all__ = ["Job", "Limits", "Pool"]
