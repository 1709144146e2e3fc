"""Importing this loads what taking an article in needs, once for all processes of the pool."""

from __future__ import annotations

import gc
from contextlib import suppress

import kombu.transport.redis  # Celery looks for it when it first sends something

from service.config.settings import Settings
from service.model.article import Submission
from service.model.errors import IstamiError
from service.server.container import Container

__all__ = ["Container", "kombu"]

_TEXT = "في 1 يناير 2026 قال 3 رجال: مرحبا. Le «1er» F-16."

with suppress(IstamiError):  # whoever takes articles in says what is wrong
    _intake = Container(Settings()).intake
    _intake.read(_intake.extract(Submission(text=_TEXT)))
# What is loaded now is never looked through again: its pages stay shared.
gc.collect()
gc.freeze()
