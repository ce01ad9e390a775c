"""embeddings.py record FILE, embeddings.py compare FILE: /v1/embeddings, whose vectors have
the same bits whoever asks for what beside them, by whatever server.

The model is causal: the last row of each beginning of a text is a row of the text. So the
mean is known from what `last` gives, by arithmetic in binary64 and one rounding.
"""

import base64
import json
import math
import struct
import sys
import threading

from client import call, expect, post

TEXTS = ["To be, or not to be, that is the question", "What light through yonder window breaks?", "a", "To be, or not to be, " * 30]


def refused(body, status, field, text):
    found, answer = post("/v1/embeddings", body)
    error = answer["error"]
    assert found == status and error["param"] == field and text in error["message"], (found, answer)


def embed(input, **more):
    status, answer = post("/v1/embeddings", {"input": input, "model": "bard", **more})
    assert status == 200, answer
    expect([entry["index"] for entry in answer["data"]], list(range(len(answer["data"]))))
    return [entry["embedding"] for entry in answer["data"]]


def rounded(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


mode, path = sys.argv[1:]
found = {pooling: embed(TEXTS, pooling=pooling) for pooling in ("mean", "last")}
if mode == "record":
    json.dump(found, open(path, "w"))
else:
    expect(found, json.load(open(path)))
for pooling, vectors in found.items():
    expect([len(vector) for vector in vectors], [192] * len(TEXTS))
    for vector in vectors:
        assert abs(sum(x * x for x in vector) - 1) < 1e-6
    # One by one, as tokens, in base64, and while texts are generated.
    for text, vector in zip(TEXTS, vectors):
        expect(embed(text, pooling=pooling), [vector])
        tokens = post("/tokenize", {"content": text})[1]["tokens"]
        expect(embed([tokens], pooling=pooling), [vector])
        raw = base64.b64decode(embed(tokens, pooling=pooling, encoding_format="base64")[0])
        expect(list(struct.unpack("<192f", raw)), vector)
expect(embed(TEXTS), found["mean"])
talkers = [threading.Thread(target=post, args=("/v1/completions", {"prompt": "To be", "max_tokens": 200, "ignore_eos": True, "seed": seed})) for seed in range(4)]
for talker in talkers:
    talker.start()
for _ in range(3):
    expect(embed(list(reversed(TEXTS)), pooling="mean"), list(reversed(found["mean"])))
for talker in talkers:
    talker.join()

# The mean of the rows, and its length.
tokens = post("/tokenize", {"content": TEXTS[0]})[1]["tokens"]
rows = embed([tokens[: i + 1] for i in range(len(tokens))], pooling="last", normalize=False)
sums = [0.0] * 192
for row in rows:
    sums = [a + b for a, b in zip(sums, row)]
expect(embed(TEXTS[0], pooling="mean", normalize=False), [[rounded(value / len(rows)) for value in sums]])
squares = 0.0
for value in sums:
    squares += value * value
expect(found["mean"][0], [rounded(value / math.sqrt(squares)) for value in sums])

status, answer = post("/v1/embeddings", {"input": [tokens, tokens[:2]], "dimensions": 192, "user": "x"})
expect(answer["usage"], {"prompt_tokens": len(tokens) + 2, "total_tokens": len(tokens) + 2})
expect((answer["object"], answer["model"], answer["data"][1]["object"]), ("list", "bard", "embedding"))

refused({}, 400, "input", "a text, tokens")
refused({"input": []}, 400, "input", "a text, tokens")
refused({"input": [""]}, 400, "input", "1 to 512 tokens")
refused({"input": "x " * 2000}, 400, "input", "1 to 512 tokens")
refused({"input": [99999]}, 400, "input", "99999")
refused({"input": [[1], 2]}, 400, "input", "a text or tokens")
refused({"input": ["x"] * 2049}, 400, "input", "at most 2048")
refused({"input": "x", "encoding_format": "hex"}, 400, "encoding_format", "float or base64")
refused({"input": "x", "pooling": "max"}, 400, "pooling", "mean or last")
refused({"input": "x", "dimensions": 7}, 400, "dimensions", "192")
refused({"input": "x", "truncate": True}, 400, "truncate", "not supported")
