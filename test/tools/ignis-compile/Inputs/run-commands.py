"""Runs, in this folder, every command of a page's shell blocks that begins with one of the
project's programs, `build/bin/...`, as it is typed.

usage: run-commands.py PAGE
"""

import re
import subprocess
import sys

(page,) = sys.argv[1:]
blocks = re.findall(r"^```sh\n(.*?)^```", open(page).read(), re.M | re.S)
commands = [line for block in blocks for line in block.splitlines() if line.startswith("build/bin/")]
wrong = len(commands) < 10
for command in commands:
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    print(f"{done.returncode} {command}")
    if done.returncode != 0:
        print(done.stdout[-2000:] + done.stderr[-2000:])
        wrong = True
sys.exit(wrong)
