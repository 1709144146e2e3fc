"""From an article to sentences, and where a reader breathes in them."""
