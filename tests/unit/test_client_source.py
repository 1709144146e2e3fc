"""The client for threads is made from the one for asyncio."""

import runpy
from pathlib import Path

CLIENT = Path(__file__).parents[2] / "clients" / "python"


def test_the_client_for_threads_is_what_make_client_makes():
    made = runpy.run_path(str(CLIENT / "make_sync.py"))["synchronous"]()
    assert (CLIENT / "istami_client" / "sync.py").read_text("utf-8") == made, "run `make client`"
