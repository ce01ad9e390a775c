"""Runs a command that has to fail as the programs of the project do.

usage: refuses.py CODE MESSAGE COMMAND...

Fails unless the exit code is CODE, stdout is empty, and stderr is one line that
begins with the program's name and "error: " and holds MESSAGE. A line that says
which kernels run may stand before it.
"""

import subprocess
import sys


def main():
    code, message, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    lines = [
        line
        for line in result.stderr.decode().splitlines()
        if " kernels, " not in line
    ]
    is_refusal = len(lines) == 1 and ": error: " in lines[0] and message in lines[0]
    if result.returncode == code and not result.stdout and is_refusal:
        return
    sys.exit(
        f"exit code {result.returncode}, stdout {result.stdout!r}, "
        f"stderr {result.stderr.decode()}"
    )


main()
