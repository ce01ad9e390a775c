#!/usr/bin/env python3
"""reciting-model.py MODEL.gguf: rewrites a model of random weights, made by
`ignis-gguf synth` with a head of its own, so that what it says is known. Every
matrix is multiplied as before; only the numbers in them differ.

The layers add nothing, and the head's row of a token is the embedding of the token
before it, so that token i is followed by i + 1, but for
  1149                        by 1000: a passage that comes again and again;
  3019, 3039, ... up to 3139  by two tokens that occur nowhere else, in place of the
                              two that the passage has there: an edit of it.
Prints, as ignis-run's --ids takes them, three prompts: the first passage and its
beginning once more, the same of the second, which is recited with the edits, and one
whose pairs of tokens come again and are followed by others each time."""

import json
import subprocess
import sys

model = sys.argv[1]
info = json.loads(subprocess.run(["ignis-gguf", "info", "--tensors", "--json", model], check=True, capture_output=True).stdout)
tensors = {tensor["name"]: tensor for tensor in info["tensors"]}
embedding, head = tensors["token_embd.weight"], tensors["output.weight"]
assert embedding["type"] == head["type"] and embedding["bytes"] == head["bytes"], "expected a head like the embedding"
vocabulary = embedding["shape"][0]
row = embedding["bytes"] // vocabulary

follows = {1149: 1000}
for end in range(3019, 3140, 20):
    follows |= {end: 5000 + end, 5000 + end: 5001 + end, 5001 + end: end + 3}

with open(model, "r+b") as file:
    for name, tensor in tensors.items():
        if name.endswith(("attn_output.weight", "ffn_down.weight")):
            file.seek(tensor["offset"])
            file.write(bytes(tensor["bytes"]))
    file.seek(embedding["offset"])
    rows = file.read(embedding["bytes"])
    # Row i + 1 is the embedding of i.
    recited = bytearray(rows[-row:] + rows[:-row])
    for before, token in follows.items():
        recited[token * row : (token + 1) * row] = rows[before * row : (before + 1) * row]
        if before + 1 not in follows.values():
            # Nobody is followed by this one, so it has the row of one that is never said.
            recited[(before + 1) * row : (before + 2) * row] = rows[:row]
    file.seek(head["offset"])
    file.write(recited)


def prompt(tokens):
    print(",".join(map(str, tokens)))


prompt([*range(1000, 1150), 1000])
prompt([*range(3000, 3150), 3000])
prompt([token for i in range(75) for token in (20001 + 2 * i, 20002 + 2 * i, 40000 + i)] + [20000])
