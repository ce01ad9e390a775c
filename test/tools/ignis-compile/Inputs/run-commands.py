"""Runs, in this folder, every command of a page's shell blocks that begins with one of the
project's programs, `build/bin/...`, as it is typed; a server, on a free port, until it
says where it listens.

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
    if "/ignis-server " in command:
        words = command.split("#")[0].split() + ["--port", "0"]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        says = server.stdout.readline()
        server.terminate()
        print(f"{server.wait()} {command}")
        wrong |= server.returncode != 0 or not says.startswith("http://127.0.0.1:")
        continue
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    print(f"{done.returncode} {command}")
    if done.returncode != 0:
        print(done.stdout[-2000:] + done.stderr[-2000:])
        wrong = True
sys.exit(wrong)
