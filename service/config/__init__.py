"""What a publisher sets: settings, sites, lexicons."""
