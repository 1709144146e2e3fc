"""Articles: taken in, read, looked up."""
