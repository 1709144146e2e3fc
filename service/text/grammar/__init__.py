"""What words are: gender, number, case, and what governs them."""
