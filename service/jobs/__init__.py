"""Celery's queues to the workers, and the registry of live workers."""
