"""Arabic grammar: gender, number, case and government."""
