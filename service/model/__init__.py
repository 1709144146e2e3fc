"""Types shared by all packages, their errors, and the versions of the sound."""
