"""``python -m service`` is ``istami``."""

from service.cli import main

main()
