"""Ends a program by signals while it writes a file.

usage: end-writer.py [--preload=LIBRARY] [--survives] FOLDER SIGNAL:CODE... -- COMMAND...

Fails unless the program ends with CODE each time, and FOLDER is as it was.
--survives: the signal is ignored, and the program goes on to its end.
"""

import os
import signal
import subprocess
import sys
import time


def has_written(pid):
    """Whether it has a file open that it has written some of."""
    try:
        for line in open(f"/proc/{pid}/io"):
            if line.startswith("wchar:"):
                return int(line.split()[1]) > 1 << 20
    except OSError:
        sys.exit("the program ended before it could be ended")
    return False


def reset_signals():
    """A shell starts what is in the background with INT and QUIT ignored."""
    for name in ("INT", "QUIT", "TERM", "HUP"):
        signal.signal(getattr(signal, "SIG" + name), signal.SIG_DFL)


def main():
    arguments = sys.argv[1:]
    environment = dict(os.environ)
    survives = False
    while arguments[0].startswith("--"):
        option = arguments.pop(0)
        if option.startswith("--preload="):
            environment["LD_PRELOAD"] = option.removeprefix("--preload=")
        survives |= option == "--survives"
    end = arguments.index("--")
    folder, signals, command = arguments[0], arguments[1:end], arguments[end + 1 :]
    before = sorted(os.listdir(folder))
    for name, code in (s.split(":") for s in signals):
        process = subprocess.Popen(
            command,
            env=environment,
            stderr=subprocess.PIPE,
            preexec_fn=None if survives else reset_signals,
        )
        while not has_written(process.pid):
            time.sleep(0.005)
        process.send_signal(getattr(signal, "SIG" + name))
        errors = process.communicate(timeout=120)[1]
        if process.returncode != int(code) or errors:
            sys.exit(f"{name}: exit code {process.returncode}, stderr {errors!r}")
        if not survives and sorted(os.listdir(folder)) != before:
            sys.exit(f"{name}: left {sorted(os.listdir(folder))}, before {before}")


main()
