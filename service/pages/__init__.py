"""Pages that readers' browsers request: fetched, taken in, deleted when they are taken down."""
