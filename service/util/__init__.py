"""General tools for all packages; they do not know about articles."""
