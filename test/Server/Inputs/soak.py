"""soak.py SECONDS [CLIENTS]: random clients, half of them rude, against the server in
SERVER, whose key is "right". Every finished answer has to be that of the same request
alone, and in the end nothing may be left: no answer at work, no page promised, and
hardly any memory more than after a tenth of the time.
"""

import http.client
import json
import os
import random
import re
import socket
import sys
import threading
import time

from client import ADDRESS, call

SECONDS = float(sys.argv[1])
COUNT = 40  # requests that polite clients choose from
KEY = {"Authorization": "Bearer right"}
CLIENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
PROMPTS = ["To be", "ROMEO:", "What light through yonder window breaks? " * 9, "x"]
wrong, counts = [], {}


def make(number):
    """Path and body of a request."""
    pick = random.Random(number)
    prompt = pick.choice(PROMPTS)
    if pick.random() < 0.1:
        return "/v1/embeddings", {"input": prompt}
    body = {"seed": number, "max_tokens": pick.randrange(1, 40), "temperature": pick.choice([0, 0.8, 1.5])}
    path = pick.choice(["/v1/completions", "/v1/chat/completions", "/v1/responses"])
    if path == "/v1/responses":
        body["max_output_tokens"] = body.pop("max_tokens")
        return path, {"input": prompt, **body}
    if pick.random() < 0.3:
        body["logprobs"] = 1 if path == "/v1/completions" else True
    if pick.random() < 0.2:
        body["grammar"] = 'root ::= [a-z ]+ "."'
    if path == "/v1/completions":
        return path, {"prompt": prompt, **body}
    return path, {"messages": [{"role": "user", "content": prompt}], **body}


def ask(number):
    """Status, and what may not differ."""
    path, body = make(number)
    status, _, data = call("POST", path, body, KEY)
    value = json.loads(data)
    value = value.get("choices") or value.get("data") or value.get("output") or value
    # Items of a response have names that are new each time.
    return status, re.sub(r'"id": "(msg|rs)-[^"]*"', "", json.dumps(value))


def polite(pick):
    number = pick.randrange(COUNT)
    found = ask(number)
    if found[0] != 429 and found != expected[number]:
        wrong.append((make(number), found, expected[number]))


def stream(number, most):
    path, body = make(number)
    connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=60)
    body = {**body, "max_output_tokens" if "input" in body else "max_tokens": most, "stream": True}
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **KEY})
    return connection


def slow(pick):
    """Reads an answer byte by byte, with rests."""
    connection = stream(pick.randrange(COUNT), 40)
    response = connection.getresponse()
    for _ in range(pick.randrange(60)):
        response.read(1)
        time.sleep(0.01)
    connection.close()


def strange(pick):
    """Has another key, or none."""
    path, body = make(pick.randrange(COUNT))
    headers = pick.choice([{}, {"Authorization": "Bearer wrong"}, {"Authorization": "right"}, {"Authorization": "Bearer right2"}])
    status, _, data = call("POST", path, body, headers)
    if status != 401:
        wrong.append((headers, status, data))


def leave(pick):
    connection = stream(pick.randrange(COUNT), 300)
    if pick.random() < 0.5:
        connection.getresponse().read(20)
    connection.close()


def raw(pick, data):
    with socket.create_connection((ADDRESS.hostname, ADDRESS.port), timeout=1) as connection:
        try:
            connection.sendall(data)
            if pick.random() < 0.5:
                connection.recv(100)
        except OSError:
            pass  # it may have closed before it was told all


def malformed(pick):
    raw(pick, bytes(pick.randrange(256) for _ in range(pick.randrange(300))) + b"\r\n\r\n")


def unfinished(pick):
    raw(pick, b"POST /v1/completions HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")


def oversized(pick):
    raw(pick, b"POST /v1/completions HTTP/1.1\r\nContent-Length: 5000000000\r\n\r\n" + b"x" * 100000)


def pipelined(pick):
    raw(pick, b"GET /health HTTP/1.1\r\n\r\n" * pick.randrange(1, 200))


def nonsense(pick):
    path, body = make(pick.randrange(COUNT))
    body = json.dumps(body).encode()
    at = pick.randrange(len(body))
    call("POST", path, body[:at] + bytes([pick.randrange(32, 127)]) + body[at + 1 :], KEY)


def client(seed):
    pick = random.Random(seed)
    while time.monotonic() < end and not wrong:
        task = polite if pick.random() < 0.5 else pick.choice(RUDE)
        counts[task.__name__] = counts.get(task.__name__, 0) + 1
        try:
            task(pick)
        except BaseException as error:
            wrong.append((task.__name__, repr(error)))


def gauge(name):
    for line in call("GET", "/metrics", None, KEY)[2].decode().splitlines():
        if line.startswith(name):
            return float(line.split()[-1])


def measure():
    """Bytes of the server, which serve.sh starts through another program."""
    parent = os.environ["SERVER_PID"]
    server = open(f"/proc/{parent}/task/{parent}/children").read().split()[0]
    return int(re.search(r"VmRSS:\s+(\d+) kB", open(f"/proc/{server}/status").read())[1]) * 1024


RUDE = [slow, strange, leave, malformed, unfinished, oversized, pipelined, nonsense]
expected = [ask(i) for i in range(COUNT)]
assert all(status == 200 for status, _ in expected), expected
end = time.monotonic() + SECONDS
clients = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
for each in clients:
    each.start()
time.sleep(SECONDS / 10)
before = measure()
for each in clients:
    each.join()
for _ in range(100):
    left = [gauge(f"ignis_{name}{{") for name in ("requests_active", "requests_waiting", "cache_pages_promised")]
    if left == [0, 0, 0]:
        break
    time.sleep(0.1)
growth = measure() - before
after = [ask(i) for i in range(COUNT)]
print("%s; %.1f MB more" % (counts, growth / 1e6), file=sys.stderr)
if wrong or left != [0, 0, 0] or growth > 64e6 or after != expected:
    raise SystemExit("wrong: %r, left: %r, growth: %d" % (wrong[:3], left, growth))
