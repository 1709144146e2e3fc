"""``python -m service`` is ``istami``."""

from service.cli.main import main

if __name__ == "__main__":  # processes that multiprocessing starts import this module under another name
    main()
