"""The publisher's configuration: settings, sites, lexicons."""
