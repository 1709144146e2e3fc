"""The base of every stage: tokens, the rule walker, tables, spelling."""
