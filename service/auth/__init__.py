"""Who may ask: API keys and signed addresses."""
