"""limits.py: what a server with one place does with more requests than it takes,
with clients that leave, are slow, or send too little."""

import http.client
import json
import socket
import threading
import time

from client import ADDRESS, call, expect, post


def gauge(name):
    for line in call("GET", "/metrics")[2].decode().splitlines():
        if line.startswith("ignis_" + name + "{"):
            return float(line.split()[-1])


def wait(name, value):
    for _ in range(300):
        if gauge(name) == value:
            return
        time.sleep(0.1)
    raise SystemExit("%s: expected %r, found %r" % (name, value, gauge(name)))


def begin(**more):
    connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=100)
    body = {"prompt": "To be", "max_tokens": 900, "ignore_eos": True, "stream": True, **more}
    connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
    return connection


# One place, and two that wait: the fourth is refused, and told when to come back.
clients = [begin()]
wait("requests_active", 1)
clients += [begin(), begin()]
wait("requests_waiting", 2)
status, headers, data = call("POST", "/v1/completions", {"prompt": "x"})
expect((status, headers["Retry-After"], json.loads(data)["error"]["type"]), (429, "1", "rate_limit_error"))
# Two answers to one request are taken together or not at all.
clients.pop().close()
wait("requests_waiting", 1)
expect(call("POST", "/v1/completions", {"prompt": "x", "n": 2})[0], 429)
# Who leaves takes nothing with him: the place is free, whether he waited or not.
for client in clients:
    client.close()
wait("requests_active", 0)
wait("requests_waiting", 0)
expect(gauge("cache_pages_promised"), 0)

# A client that reads nothing holds up nobody, and many that say nothing neither.
silent = [socket.create_connection((ADDRESS.hostname, ADDRESS.port)) for _ in range(300)]
slow = begin(max_tokens=200, logprobs=20)
status, answer = post("/v1/completions", {"prompt": "To be", "max_tokens": 5})
expect(status, 200)
for each in silent:
    each.close()
slow.close()
wait("requests_active", 0)
