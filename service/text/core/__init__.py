"""What every stage builds on: tokens, the walk of rules over them, tables, spelling."""
