#!/usr/bin/env python3
"""The table of python-free-docs/server.md: how fast a server is beside what ignis-bench
says of the same machine at the same time.

usage: server-table.py VOCABULARY.gguf [--bin FOLDER] [--shape SHAPE] [--threads N]
                       [--clients LIST] [--requests N] [--model FILE]

A model of random weights with the vocabulary's tokenizer is made (or taken from FILE, once it
is there), and served. For each
number of clients, each of them asks so many times for 64 tokens behind a prompt of about
100 tokens of its own, one request after another. Expected is what the prompts take at the rate of
`ignis-bench -p 100` and the tokens at that of `ignis-bench -n 64 --parallel CLIENTS`.
Then the first token of a prompt whose first 1,000 tokens are in the cache, in steps of
generating one text; and how long masks take for some schemas, on the real vocabulary.
"""

import argparse
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("vocabulary")
parser.add_argument("--bin", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../build/bin"))
parser.add_argument("--shape", default="0.5b")
parser.add_argument("--threads", default="2")
parser.add_argument("--clients", default="1,4,8")
parser.add_argument("--requests", type=int, default=2)
parser.add_argument("--model")
options = parser.parse_args()

PROMPT, ANSWER, PREFIX = 100, 64, 1000
SCHEMAS = {
    "any JSON": {},
    "a person": {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150}, "mail": {"type": ["string", "null"]}}, "required": ["name", "age", "mail"]},
    "a list of records": {"type": "array", "minItems": 2, "maxItems": 5, "items": {"type": "object", "properties": {"id": {"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"}, "tags": {"type": "array", "maxItems": 4, "items": {"type": "string", "maxLength": 12}}, "kind": {"enum": ["small", "medium", "large"]}}, "required": ["id", "tags", "kind"]}},
    "a string of at most 6 characters": {"type": "object", "properties": {"a": {"type": "string", "maxLength": 6}}, "required": ["a"]},
    "of at most 50": {"type": "object", "properties": {"a": {"type": "string", "maxLength": 50}}, "required": ["a"]},
    "of at most 1,000": {"type": "object", "properties": {"a": {"type": "string", "maxLength": 1000}}, "required": ["a"]},
    "of at least 1": {"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}, "required": ["a"]},
    "by the pattern `^.{1,200}$`": {"type": "object", "properties": {"a": {"type": "string", "pattern": "^.{1,200}$"}}, "required": ["a"]},
    "by the pattern `^[a-z]{3,100}$`": {"type": "object", "properties": {"a": {"type": "string", "pattern": "^[a-z]{3,100}$"}}, "required": ["a"]},
    "2 to 200 strings of at most 12": {"type": "array", "minItems": 2, "maxItems": 200, "items": {"type": "string", "maxLength": 12}},
    "a tree": {"$defs": {"node": {"type": "object", "properties": {"value": {"type": "number"}, "children": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/node"}}}, "required": ["value", "children"]}}, "$ref": "#/$defs/node"},
}


def tool(name, *arguments):
    return subprocess.run([os.path.join(options.bin, name), *arguments], check=True, capture_output=True, text=True).stdout


def bench(model, *arguments):
    """Tokens a second of one test."""
    out = tool("ignis-bench", "-m", model, "-t", options.threads, "-r", "3", "-o", "json", *arguments)
    results = json.loads(out)
    results = results["results"] if isinstance(results, dict) else results
    return results[-1]["avg_ts"]


class Server:
    def __init__(self, model, *more):
        command = [os.path.join(options.bin, "ignis-server"), "-m", model, "--port", "0", "-t", options.threads, "-c", "2048", "--no-webui", *more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = urllib.parse.urlsplit(self.process.stdout.readline().strip())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def ask(self, **body):
        """Seconds until the first token, and until the end."""
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=300)
        began = time.monotonic()
        body = {"stream": True, "stream_options": {"include_usage": True}, **body}
        connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
        first = usage = None
        for line in connection.getresponse():
            if line.startswith(b"data: {"):
                event = json.loads(line[6:])
                if "error" in event:
                    raise SystemExit(event["error"]["message"])
                first = first or time.monotonic() - began
                usage = event.get("usage", usage)
        connection.close()
        if usage["completion_tokens"] != body["max_tokens"]:
            raise SystemExit("expected %d tokens, found %d" % (body["max_tokens"], usage["completion_tokens"]))
        return first, time.monotonic() - began

    def metric(self, name):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return float(next(line for line in text.splitlines() if line.startswith("ignis_" + name + "{")).split()[-1])


def make_prompt(pick, length):
    return [pick.randrange(1000, 100000) for _ in range(length)]


def measure(server, clients, seed=0):
    """Tokens a second over the whole run, and seconds to each first token. With another
    seed, prompts are others, so that none is in the cache."""
    firsts = []

    def run(number):
        pick = random.Random(1000 * (clients + 1000 * seed) + number)
        for _ in range(options.requests):
            length = pick.randrange(PROMPT - 10, PROMPT + 11)
            firsts.append(server.ask(prompt=make_prompt(pick, length), max_tokens=ANSWER, seed=number)[0])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return clients * options.requests * ANSWER / (time.monotonic() - began), firsts


with tempfile.TemporaryDirectory() as folder:
    model = options.model or os.path.join(folder, "model.gguf")
    if not os.path.exists(model):
        tool("ignis-gguf", "synth", "--shape", options.shape, "--type", "q8_0", "--tokenizer", options.vocabulary, "--context", "4096", "-o", model)
    print("| clients | tokens/s | of what ignis-bench predicts | first token, median | longest |")
    print("|---|---|---|---|---|")
    with Server(model, "-np", "8") as server:
        measure(server, 1, seed=1)  # packs
        for clients in map(int, options.clients.split(",")):
            prefill = bench(model, "-p", str(PROMPT), "-n", "0")
            decode = bench(model, "-p", "0", "-n", str(ANSWER), "--parallel", str(clients))
            rate, firsts = measure(server, clients)
            predicted = clients * ANSWER / (clients * PROMPT / prefill + clients * ANSWER / decode)
            print("| %d | %.0f | %.2f of %.0f | %.0f ms | %.0f ms |" % (clients, rate, rate / predicted, predicted, 1000 * statistics.median(firsts), 1000 * max(firsts)), flush=True)
        prefix, pick = make_prompt(random.Random(1), PREFIX), random.Random(2)
        server.ask(prompt=prefix + make_prompt(pick, 8), max_tokens=1)
        firsts, steps = [], []
        for _ in range(5):
            first, whole = server.ask(prompt=prefix + make_prompt(pick, 8), max_tokens=33)
            firsts.append(first)
            steps.append((whole - first) / 32)
        step = statistics.median(steps)
        print("\nWith %d tokens in the cache and 8 behind them, the first token comes after %.1f ms, %.2f steps of %.1f ms.\n" % (PREFIX, 1000 * statistics.median(firsts), statistics.median(firsts) / step, 1000 * step))
    print("| schema | tokens drawn | mean time of a mask | longest |")
    print("|---|---|---|---|")
    for name, schema in SCHEMAS.items():
        stats = os.path.join(folder, "stats.json")
        tool("ignis-run", "-m", model, "-t", options.threads, "-p", "x", "-n", "200", "-s", "1", "-j", json.dumps(schema), "--no-display-prompt", "--stats", stats)
        found = json.load(open(stats))
        print("| %s | %d | %.3f ms | %.2f ms |" % (name, found["masks"], 1000 * found["mask_seconds"] / found["masks"], 1000 * found["longest_mask_seconds"]), flush=True)
