"""The contents of the store: keys, values and lifetimes."""
