"""Importing this loads all that intake of articles needs, once for all processes of the pool."""

from __future__ import annotations

import gc
from contextlib import suppress

import kombu.transport.redis  # Celery imports it when it first sends a task

from service.config.settings import Settings
from service.model.article import Submission
from service.model.errors import IstamiError
from service.server.container import Container

__all__ = ["Container", "kombu"]

_TEXT = "في 1 يناير 2026 قال 3 رجال: مرحبا. Le «1er» F-16."

with suppress(IstamiError):  # reported when an article is taken in
    _intake = Container(Settings()).intake
    _intake.read(_intake.extract(Submission(text=_TEXT)))
# The collector never scans these objects again: their memory pages stay shared.
gc.collect()
gc.freeze()
