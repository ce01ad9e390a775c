"""Interrupts a program once it writes to stdout.

usage: interrupt.py COMMAND...

Fails unless it ends with code 130 and the end of a line.
"""

import signal
import subprocess
import sys


def main():
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
    begin = process.stdout.read(20)
    process.send_signal(signal.SIGINT)
    output = begin + process.stdout.read()
    if process.wait(timeout=60) != 130 or not output.endswith(b"\n"):
        sys.exit(f"exit code {process.returncode}, stdout {output!r}")


main()
