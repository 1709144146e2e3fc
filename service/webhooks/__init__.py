"""Webhooks: events about articles and batches for publishers' servers (Standard Webhooks)."""

from service.webhooks.delivery import DeliverySender
from service.webhooks.endpoints import Endpoint, Endpoints
from service.webhooks.outbox import Outbox
from service.webhooks.publisher import EventPublisher

__all__ = ["DeliverySender", "Endpoint", "Endpoints", "EventPublisher", "Outbox"]
