"""A server that is told to end finishes what it has begun."""

import http.client
import json
import os
import signal

from client import ADDRESS, events, expect

connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=100)
body = {"prompt": "To be", "max_tokens": 300, "ignore_eos": True, "stream": True}
connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
response = connection.getresponse()
first = response.read(10)
os.kill(int(os.environ["SERVER_PID"]), signal.SIGTERM)
pieces = events(first + response.read())
expect(pieces[-1]["choices"][0]["finish_reason"], "length")
try:
    http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=100).request("GET", "/health")
    raise SystemExit("expected nobody to listen any more")
except ConnectionRefusedError:
    pass
