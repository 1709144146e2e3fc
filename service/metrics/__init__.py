"""Collects metrics from all processes and exports them to Prometheus.

Each process has its own counters (``instruments``) and adds their increments to one table in the store every
few seconds (``shipping``), however many processes and machines there are; any process can read that table for
Prometheus (``scraping``).
"""
