"""Starts a group, interrupts mpirun once the group is at work, and says whether
all ended in time and nobody complained."""

import os
import re
import signal
import subprocess
import sys
import threading
import time

# mpirun itself, not what limits its time.
command = sys.argv[sys.argv.index("mpirun") :]
run = subprocess.Popen(
    command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
)
threading.Timer(60, run.kill).start()
begun = None
for line in run.stderr:
    if begun is None and re.search(r"kernels, ", line):
        begun = time.monotonic()
        run.send_signal(signal.SIGTERM)
    elif "error: " in line:
        print(line, end="")
run.wait()
if begun and time.monotonic() - begun < 6:
    print("no error, all ended in time")
sys.stdout.flush()
os._exit(0)
