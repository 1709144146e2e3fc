"""Archives: many articles, submitted to a service one by one through its HTTP API."""
