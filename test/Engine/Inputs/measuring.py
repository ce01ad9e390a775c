"""Whether a perplexity and its error are those of the logits that were written:
measuring.py BASE PRINTED TEXT MODEL."""

import math
import re
import struct
import subprocess
import sys

base, printed, text, model = sys.argv[1:]
content = open(base, "rb").read()
magic, version, vocab, window, rows, _ = struct.unpack_from("<8sQqqqQ", content)
assert magic == b"igniskld" and version == 1, magic
assert len(content) == 48 + 4 * rows * vocab
value = open(text, "rb").read().removesuffix(b"\n")
tokens = subprocess.run(["ignis-tokenize", "-m", model], input=value, capture_output=True, check=True).stdout.split()
tokens = [int(t) for t in tokens]
surprises = []
for start in range(0, len(tokens) // window * window, window):
    for k in range(window // 2 + 1, window):
        logits = struct.unpack_from(f"<{vocab}f", content, 48 + 4 * vocab * len(surprises))
        best = max(logits)
        total = math.log(sum(math.exp(l - best) for l in logits))
        surprises.append(total - (logits[tokens[start + k]] - best))
assert len(surprises) == rows
mean = sum(surprises) / rows
error = math.sqrt(sum((s - mean) ** 2 for s in surprises) / (rows - 1) / rows)
found = re.match(r"perplexity = ([\d.]+) ± ([\d.]+) over (\d+) tokens", open(printed).read())
assert int(found[3]) == rows
for name, expected, got in [("mean", math.exp(mean), found[1]), ("error", math.exp(mean) * error, found[2])]:
    if abs(expected - float(got)) > 6e-5:
        sys.exit(f"{name}: expected {expected:.4f}, found {got}")
