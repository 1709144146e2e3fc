"""Pages of the studio: templates, style and scripts."""
