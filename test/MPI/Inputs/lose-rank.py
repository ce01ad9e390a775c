"""Starts a group and has a rank leave it: lose-rank.py RANK SIGNAL COMMAND...

The command is mpirun's. Once a rank has said that the group is at work, rank
RANK gets SIGNAL. Prints the errors of ranks from then on, without what mpirun
says, and the seconds until all of them have ended, as a whole number.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time

import psutil

rank, name, command = sys.argv[1], sys.argv[2], sys.argv[3:]
run = subprocess.Popen(
    command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
)
threading.Timer(100, run.kill).start()
ranks = {}
ended = None


def find_ranks():
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            number = process.environ().get("OMPI_COMM_WORLD_RANK")
            if number is not None:
                ranks[number] = process
        except psutil.Error:
            pass


def is_there(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def watch():
    global ended
    while any(is_there(process) for process in ranks.values()):
        time.sleep(0.05)
    ended = time.monotonic()


watcher = threading.Thread(target=watch)
for line in run.stderr:
    if not ranks and re.search(r"is process|kernels, ", line):
        find_ranks()
        begun = time.monotonic()
        ranks[rank].send_signal(getattr(signal, name))
        watcher.start()
    elif "error: " in line:
        print(line, end="")
watcher.join()
print("all ended after %d s" % round(ended - begun))
run.wait()
sys.stdout.flush()
os._exit(0)
