"""Work with voices outside the service: comparing and judging them, and recording a reader for a new one."""
