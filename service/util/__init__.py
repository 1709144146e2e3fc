"""Tools that any room may use; they know nothing of articles."""
