"""HTTP: a route for each resource, schemas of the wire, middleware; every error in ``problems.py``."""
