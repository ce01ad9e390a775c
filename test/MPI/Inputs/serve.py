"""Starts a server, asks it several things at once, prints the texts in order,
and ends it: serve.py COMMAND..."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request

command = sys.argv[1:]
if "mpirun" in command:
    command = command[command.index("mpirun") :]
run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
threading.Timer(100, run.kill).start()
address = run.stdout.readline().strip()


def ask(i, answers):
    body = {"prompt": "Scene %d. ROMEO:" % i, "max_tokens": 24, "seed": i}
    request = urllib.request.Request(
        address + "/v1/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        answers[i] = json.load(response)["choices"][0]["text"]


answers = {}
threads = [threading.Thread(target=ask, args=(i, answers)) for i in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for i in range(5):
    print(json.dumps(answers[i]))
run.send_signal(signal.SIGTERM)
run.wait(20)
sys.stdout.flush()
os._exit(0)
