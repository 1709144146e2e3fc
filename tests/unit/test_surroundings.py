"""Tests mean the same wherever they are started: by hand, under nohup, in the background of a script."""

import subprocess
import sys


def test_what_tests_start_hears_ctrl_c():
    asked = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "True\n"
