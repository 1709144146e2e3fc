"""What is counted, how it comes together from every process, and how Prometheus reads it.

Each process counts for itself (``instruments``) and adds what is new to one table in the store every few
seconds (``shipping``), however many processes and machines there are; whoever is asked reads that table
(``scraping``).
"""
