"""What voices there are, what one may do with them, and how they come onto the machine."""
