"""soak.py SECONDS [CLIENTS]: random clients, half of them rude, against the server in
SERVER. Every finished answer has to be that of the same request alone, and in the end
nothing may be left: no answer at work, no page promised, and hardly any memory more.
"""

import http.client
import json
import random
import socket
import sys
import threading
import time

from client import ADDRESS, call

END = time.monotonic() + float(sys.argv[1])
CLIENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
PROMPTS = ["To be", "ROMEO:", "What light through yonder window breaks? " * 9, "x"]
wrong, counts = [], {}


def make(number):
    pick = random.Random(number)
    body = {"prompt": pick.choice(PROMPTS), "seed": number, "max_tokens": pick.randrange(1, 40)}
    if pick.random() < 0.3:
        body["logprobs"] = 1
    if pick.random() < 0.2:
        body["grammar"] = 'root ::= [a-z ]+ "."'
    return body


def text(data):
    return json.loads(data)["choices"]


def polite(pick):
    body = make(pick.randrange(40))
    status, _, data = call("POST", "/v1/completions", body)
    if status == 429:
        return
    if status != 200 or text(data) != expected[body["seed"]]:
        wrong.append((status, body, data))


def leave(pick):
    connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=60)
    body = {**make(pick.randrange(40)), "max_tokens": 300, "stream": True}
    connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
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
    body = json.dumps(make(1)).encode()
    at = pick.randrange(len(body))
    call("POST", "/v1/completions", body[:at] + bytes([pick.randrange(32, 127)]) + body[at + 1 :])


def client(seed):
    pick = random.Random(seed)
    while time.monotonic() < END and not wrong:
        task = polite if pick.random() < 0.5 else pick.choice([leave, malformed, unfinished, oversized, pipelined, nonsense])
        counts[task.__name__] = counts.get(task.__name__, 0) + 1
        try:
            task(pick)
        except BaseException as error:
            wrong.append((task.__name__, repr(error)))


def gauge(name):
    for line in call("GET", "/metrics")[2].decode().splitlines():
        if line.startswith(name):
            return float(line.split()[-1])


expected = {i: text(call("POST", "/v1/completions", make(i))[2]) for i in range(40)}
before = gauge("ignis_peak_memory_bytes")
clients = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
for each in clients:
    each.start()
for each in clients:
    each.join()
for _ in range(100):
    if gauge("ignis_requests_active{") == gauge("ignis_requests_waiting{") == 0:
        break
    time.sleep(0.1)
left = gauge("ignis_requests_active{"), gauge("ignis_requests_waiting{"), gauge("ignis_cache_pages_promised{")
growth = gauge("ignis_peak_memory_bytes") - before
print("%s; %d bytes more" % (counts, growth), file=sys.stderr)
if wrong or left != (0, 0, 0) or growth > 300e6:
    raise SystemExit("wrong: %r, left: %r, growth: %d" % (wrong[:3], left, growth))
