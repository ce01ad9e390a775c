"""Compares logits with a reference, both float32 little-endian, rows x vocab.

usage: compare-logits.py LOGITS REFERENCE VOCAB MAX_RELATIVE_ERROR MAX_KL

Prints the relative error, norm(logits - reference) / norm(reference) over the
whole matrix, and the mean over positions of KL(softmax(reference) ||
softmax(logits)) in nats; fails if one is above its bound.
"""

import array
import math
import sys


def read(path):
    values = array.array("f")
    with open(path, "rb") as file:
        values.frombytes(file.read())
    return values


def log_softmax(row):
    most = max(row)
    total = math.log(sum(math.exp(x - most) for x in row)) + most
    return [x - total for x in row]


def main():
    ours, reference = read(sys.argv[1]), read(sys.argv[2])
    vocab = int(sys.argv[3])
    if len(ours) < len(reference) or len(reference) % vocab != 0:
        sys.exit(f"expects {len(reference)} values or more, got {len(ours)}")
    error = sum((a - b) ** 2 for a, b in zip(ours, reference))
    relative = math.sqrt(error / sum(b * b for b in reference))
    rows = len(reference) // vocab
    divergence = 0.0
    for i in range(rows):
        p = log_softmax(reference[i * vocab : (i + 1) * vocab])
        q = log_softmax(ours[i * vocab : (i + 1) * vocab])
        divergence += sum(math.exp(a) * (a - b) for a, b in zip(p, q))
    divergence /= rows
    print(f"relative error {relative:.5f}, KL {divergence:.2e}")
    if not (relative <= float(sys.argv[4]) and divergence <= float(sys.argv[5])):
        sys.exit("above the bound")


main()
