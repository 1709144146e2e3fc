"""The processes: what they are built of, the web application, the worker."""
