"""Archives: many articles, brought to a service one by one through its HTTP API."""
