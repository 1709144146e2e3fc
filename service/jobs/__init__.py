"""The way to the workers: Celery's queues, and who works."""
