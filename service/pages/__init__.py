"""Pages that readers' browsers ask for: fetched, taken in, forgotten when they are gone."""
