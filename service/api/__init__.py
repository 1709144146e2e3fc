"""HTTP: one file a resource, the wire's own nouns in ``schemas.py``, every error in ``problems.py``."""
