"""Interrupts a command once another program that it runs has written its pid.

usage: interrupt.py PIDFILE SIGNAL:CODE COMMAND...

Fails unless the command then ends with CODE and nothing on stderr, and the other
program with it (but not after KILL, which nobody can answer).
"""

import os
import signal
import subprocess
import sys
import time


def wait_for(condition, what):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    sys.exit(f"waited in vain for {what}")


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def reset_signals():
    """A shell starts what is in the background with INT and QUIT ignored."""
    for name in ("INT", "QUIT", "TERM", "HUP"):
        signal.signal(getattr(signal, "SIG" + name), signal.SIG_DFL)


def main():
    pidfile, command = sys.argv[1], sys.argv[3:]
    name, code = sys.argv[2].split(":")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=reset_signals)
    wait_for(lambda: os.path.exists(pidfile) and open(pidfile).read(), pidfile)
    process.send_signal(getattr(signal, "SIG" + name))
    errors = process.stderr.read()
    if process.wait(timeout=60) != int(code) or errors:
        sys.exit(f"exit code {process.returncode}, stderr {errors!r}")
    pid = int(open(pidfile).read())
    if name == "KILL":
        os.killpg(pid, signal.SIGKILL)
    wait_for(lambda: not is_running(pid), "the end of the other program")


main()
