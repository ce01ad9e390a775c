"""Starts a group and has a rank leave it: lose-rank.py RANK SIGNAL COMMAND...

The command is mpirun's. Once every rank has said "rank R is process P", rank
RANK gets SIGNAL. Prints what the ranks say from then on, without what mpirun
says, and the seconds until all of them have ended, as a whole number.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time

rank, name, command = sys.argv[1], sys.argv[2], sys.argv[3:]
ranks = int(command[command.index("-n") + 1])
run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
limit = threading.Timer(100, run.kill)
limit.start()
processes = {}
ended = None


def is_there(process):
    try:
        with open("/proc/%d/stat" % process) as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def watch():
    global ended
    while any(is_there(process) for process in processes.values()):
        time.sleep(0.05)
    ended = time.monotonic()


watcher = threading.Thread(target=watch)
for line in run.stderr:
    found = re.match(r"rank (\d+) is process (\d+)", line)
    if found:
        processes[found[1]] = int(found[2])
        if len(processes) == ranks:
            begun = time.monotonic()
            os.kill(processes[rank], getattr(signal, name))
            watcher.start()
    elif "error: " in line:
        print(line, end="")
if len(processes) == ranks:
    watcher.join()
    print("all ended after %d s" % round(ended - begun))
    for process in processes.values():
        if is_there(process):
            os.kill(process, signal.SIGKILL)
run.wait()
limit.cancel()
