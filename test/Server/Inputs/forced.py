"""forced.py: what a format forces is fed, not drawn, and comes to the same text in a
server and in ignis-run."""

import json
import subprocess

from client import call, expect, post

SCHEMA = json.dumps({"type": "object", "properties": {"first name": {"type": "string", "maxLength": 9}, "kind": {"enum": ["thané of Cawdor", "thané of Glamis"]}, "friends": {"type": "array", "maxItems": 2, "items": {"$ref": "#"}}}, "required": ["first name", "kind"]})


def metric(name):
    text = call("GET", "/metrics")[2].decode()
    return float(next(line for line in text.splitlines() if line.startswith("ignis_" + name + "{")).split()[-1])


drawn = 0
for seed in range(6):
    body = {"prompt": "To be", "seed": seed, "max_tokens": 90, "logprobs": 0, "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": json.loads(SCHEMA)}}}
    before = metric("forced_tokens_total"), metric("generated_tokens_total")
    status, answer = post("/v1/completions", body)
    expect(status, 200)
    choice = answer["choices"][0]
    tokens = answer["usage"]["completion_tokens"]
    expect(len(choice["logprobs"]["tokens"]), tokens)
    forced = metric("forced_tokens_total") - before[0]
    expect(metric("generated_tokens_total") - before[1], tokens)
    assert 4 <= forced < tokens, (forced, tokens)
    for more in [], ["--lookup"], ["-b", "3", "-t", "1"], ["--isa", "scalar"]:
        run = subprocess.run(["ignis-run", "-p", "To be", "-j", SCHEMA, "-s", str(seed), "-n", "90", "--no-display-prompt", "-q", "--stats", "/dev/stderr", *more], capture_output=True, text=True, check=True)
        expect(run.stdout.removesuffix("\n"), choice["text"].removesuffix("\n"))
        expect(json.loads(run.stderr)["forced_tokens"], forced)
