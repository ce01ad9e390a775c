"""failover.py OPTION...: a stream that breaks off when its server is killed goes on at
another one, with other options, where it had been: whoever asks again skips what he has.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.parse

from client import ADDRESS, expect, post

REQUESTS = [
    ("/v1/completions", {"prompt": "To be", "seed": 11, "temperature": 1.1, "max_tokens": 300, "ignore_eos": True}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "ROMEO:"}], "seed": 12, "temperature": 0.9, "max_tokens": 300, "ignore_eos": True, "frequency_penalty": 0.4}),
]


def text_of(event):
    choice = event["choices"][0] if event["choices"] else {}
    return choice.get("text") or choice.get("delta", {}).get("content") or ""


def stream(address, path, body):
    """Pieces of the answer, until the connection ends."""
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=100)
    connection.request("POST", path, json.dumps({**body, "stream": True}), {"Content-Type": "application/json"})
    response = connection.getresponse()
    try:
        for line in response:
            if line.startswith(b"data: {"):
                yield text_of(json.loads(line[6:]))
            elif line.startswith(b"data: [DONE]"):
                yield None
    except (http.client.HTTPException, OSError):
        pass
    connection.close()


def start():
    server = subprocess.Popen(["ignis-server", "--port", "0", *sys.argv[1:]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return server, urllib.parse.urlsplit(server.stdout.readline().strip())


for path, body in REQUESTS:
    choice = post(path, body)[1]["choices"][0]
    whole = choice.get("text") or choice["message"]["content"]
    server, address = start()
    try:
        had = ""
        for piece in stream(address, path, body):
            assert piece is not None, "expected the server to be killed before it had answered"
            had += piece
            if len(had) > 20 and server.poll() is None:
                os.kill(server.pid, signal.SIGKILL)
                server.wait()
    finally:
        server.kill()
        server.wait()
    assert 20 < len(had) < len(whole), (had, whole)
    again = list(stream(ADDRESS, path, body))
    expect(again.pop(), None)
    again = "".join(again)
    expect(had + again[len(had):], whole)
