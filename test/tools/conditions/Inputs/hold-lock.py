"""Runs a command while a file, which is made, is locked by this process.

usage: hold-lock.py FILE COMMAND...
"""

import fcntl
import subprocess
import sys

with open(sys.argv[1], "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    sys.exit(subprocess.run(sys.argv[2:]).returncode)
