"""What the rooms pass to each other, their errors, and the versions of the sound."""
