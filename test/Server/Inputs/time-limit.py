"""time-limit.py: an answer that takes longer than --time-limit ends in an error, whole or
in pieces, while others are answered, and its place is free."""

import json

from client import call, expect, post

# One after the other: more than a second's work.
LONG = {"prompt": "To be", "max_tokens": 100000, "ignore_eos": True, "n": 16, "logprobs": 20}
status, answer = post("/v1/completions", LONG)
expect((status, answer["error"]["code"]), (504, "timeout"))
status, headers, data = call("POST", "/v1/completions", {**LONG, "stream": True})
expect(status, 200)
last = data.decode().strip().split("\n\n")[-1]
expect(json.loads(last.removeprefix("data: "))["error"]["code"], "timeout")
status, answer = post("/v1/embeddings", {"input": [[i % 2000] * 500 for i in range(2048)]})
expect((status, answer["error"]["code"]), (504, "timeout"))
expect(post("/v1/embeddings", {"input": "To be"})[0], 200)
expect(post("/v1/completions", {"prompt": "To be", "max_tokens": 3})[0], 200)
metrics = call("GET", "/metrics")[2].decode()
late = next(line for line in metrics.splitlines() if 'ending="timeout"' in line)
assert int(late.split()[-1]) >= 2, late
