"""From a sentence as written to what is said: the chain of rules."""
