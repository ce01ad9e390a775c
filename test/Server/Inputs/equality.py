"""equality.py record FILE, equality.py compare FILE: 32 mixed requests.

Recorded one after another; compared when 16 clients send them in random order, some
of which leave in the middle. Every answer must have the same bytes but for its id and
its time, whole or in pieces, log-probabilities included.
"""

import http.client
import json
import queue
import random
import sys
import threading

from client import ADDRESS, SECONDS, call

COUNT = 32
SCHEMA = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 8}, "b": {"enum": [1, 2, 3]}}, "required": ["a", "b"]}
WORDS = "To be, or not to be, that is the question: whether 'tis nobler in the mind".split()


def make(number):
    """Path and body of a request."""
    pick = random.Random(number)
    body = {"seed": number, "max_tokens": pick.choice([1, 5, 20, 40]), "temperature": pick.choice([0, 0.7, 1.5])}
    body["top_p"] = pick.choice([1, 0.9])
    if pick.random() < 0.3:
        body["frequency_penalty"] = 0.5
        body["logit_bias"] = {"30": -5, "31": 3}
    if pick.random() < 0.3:
        body["n"] = 2
    if pick.random() < 0.3:
        body["stop"] = ["e", "th"]
    if pick.random() < 0.5:
        body["stream"] = True
    # Half of them begin alike, and some are long.
    text = " ".join(WORDS * pick.choice([1, 1, 8]))
    if pick.random() < 0.5:
        text = " ".join(pick.sample(WORDS, 9)) + text
    if pick.random() < 0.5:
        if pick.random() < 0.5:
            body["logprobs"] = 2
        return "/v1/completions", {"prompt": text, **body}
    if pick.random() < 0.5:
        body.update(logprobs=True, top_logprobs=2)
    if pick.random() < 0.4:
        body.update(response_format={"type": "json_schema", "json_schema": {"schema": SCHEMA}})
    if pick.random() < 0.4:
        body.update(chat_template_kwargs={"enable_thinking": True})
    return "/v1/chat/completions", {"messages": [{"role": "user", "content": text}], **body}


def strip(data):
    """Without what differs by design, in JSON or a stream of it."""
    import re

    return re.sub(rb'"id":"[^"]*-[0-9a-f]{24}","object":("[^"]*"),"created":\d+', rb'"object":\1', data).decode()


def ask(number):
    path, body = make(number)
    status, _, data = call("POST", path, body)
    if status != 200:
        raise SystemExit("request %d: %d %r" % (number, status, data))
    text = strip(data)
    # Pieces of several answers to one request come as they are ready.
    if body.get("stream") and body.get("n", 1) > 1:
        index = lambda line: json.loads(line[6:])["choices"][0]["index"] if line[6] == "{" else 9
        text = "\n\n".join(sorted(text.strip().split("\n\n"), key=index))
    return text


def leave(number):
    """Asks, reads a little, and goes."""
    path, body = make(number)
    body.update(stream=True, max_tokens=200)
    connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=SECONDS)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    if number % 2:
        connection.getresponse().read(10)
    connection.sock and connection.sock.close()
    connection.close()


mode, path = sys.argv[1:]
if mode == "record":
    json.dump([ask(i) for i in range(COUNT)], open(path, "w"))
    raise SystemExit
expected = json.load(open(path))
work = queue.Queue()
order = [(ask, i) for i in range(COUNT)] + [(leave, i) for i in range(100, 112)]
random.Random(1).shuffle(order)
for each in order:
    work.put(each)
wrong = []


def client():
    while True:
        try:
            task, number = work.get_nowait()
        except queue.Empty:
            return
        try:
            found = task(number)
        except BaseException as error:
            wrong.append("request %d: %r" % (number, error))
            continue
        if task is ask and found != expected[number]:
            wrong.append("request %d:\nexpected %s\nfound    %s" % (number, expected[number], found))


clients = [threading.Thread(target=client) for _ in range(16)]
for each in clients:
    each.start()
for each in clients:
    each.join()
if wrong:
    raise SystemExit("\n".join(wrong))
