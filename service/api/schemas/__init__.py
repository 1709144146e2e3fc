"""What goes over HTTP, as OpenAPI shows it."""
