"""What logits of a model may be off by: relative error and KL.

usage: peer-bounds.py FIGURES MODEL

FIGURES is a table of a peer's: | model | relative error | KL |.
"""

import sys

# Whose activations the peer quantises in blocks of 256, ours in blocks of 32.
LARGE_BLOCKS = ("_k", "_k_m", "iq4_xs")


def main():
    path, model = sys.argv[1:]
    with open(path) as file:
        rows = [line.strip(" |\n").split(" | ") for line in file]
    error, divergence = (float(x) for row in rows if row[0] == model for x in row[1:])
    share = 0.8 if model.endswith(LARGE_BLOCKS) else 1.1
    print(share * error, share * share * divergence)


main()
