"""Available voices, their licences and their installation."""
