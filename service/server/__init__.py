"""The processes: their parts, the web application, the worker."""
