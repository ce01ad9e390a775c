"""Interrupts a program once it writes to stdout.

usage: interrupt.py SIGNAL:CODE COMMAND...

Fails unless it ends with CODE and the end of a line.
"""

import signal
import subprocess
import sys


def reset_signals():
    """A shell starts what is in the background with INT and QUIT ignored."""
    for name in ("INT", "QUIT", "TERM", "HUP"):
        signal.signal(getattr(signal, "SIG" + name), signal.SIG_DFL)


def main():
    name, code = sys.argv[1].split(":")
    process = subprocess.Popen(
        sys.argv[2:], stdout=subprocess.PIPE, preexec_fn=reset_signals
    )
    begin = process.stdout.read(20)
    process.send_signal(getattr(signal, "SIG" + name))
    output = begin + process.stdout.read()
    if process.wait(timeout=60) != int(code) or not output.endswith(b"\n"):
        sys.exit(f"exit code {process.returncode}, stdout {output!r}")


main()
