"""What lies in the store: which key, which value, for how long."""
