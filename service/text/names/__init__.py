"""Names of people: which words are names where they stand, and who is known from elsewhere in the article."""
