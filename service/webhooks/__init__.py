"""Webhooks: publishers' servers are told what has become of articles and batches (Standard Webhooks)."""

from service.webhooks.delivery import DeliverySender
from service.webhooks.endpoints import Endpoint, Endpoints
from service.webhooks.outbox import Outbox
from service.webhooks.publisher import EventPublisher

__all__ = ["DeliverySender", "Endpoint", "Endpoints", "EventPublisher", "Outbox"]
