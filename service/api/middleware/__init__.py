"""Around every request, in the order in which ``server/app.py`` adds them."""
