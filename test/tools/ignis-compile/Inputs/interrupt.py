"""Interrupts a command once another program that it runs has written its pid.

usage: interrupt.py PIDFILE COMMAND...

Fails unless the command then ends with code 130 and nothing on stderr, and the
other program with it.
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


def main():
    pidfile, command = sys.argv[1], sys.argv[2:]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    wait_for(lambda: os.path.exists(pidfile) and open(pidfile).read(), pidfile)
    process.send_signal(signal.SIGINT)
    errors = process.stderr.read()
    if process.wait(timeout=60) != 130 or errors:
        sys.exit(f"exit code {process.returncode}, stderr {errors!r}")
    pid = int(open(pidfile).read())
    wait_for(lambda: not is_running(pid), "the end of the other program")


main()
