"""Webhooks: publishers' servers are told what has become of articles and batches (Standard Webhooks)."""

from service.webhooks.courier import Courier
from service.webhooks.endpoints import Endpoint, Endpoints
from service.webhooks.herald import Herald
from service.webhooks.outbox import Outbox

__all__ = ["Courier", "Endpoint", "Endpoints", "Herald", "Outbox"]
