"""Whether a conversation whose oldest messages were left out has the keys and
values, and goes on with the tokens, of the shortened text fed anew:
shifted-talk.py MODEL TALK FRESH, of a greedy run's --prompt-cache TALK that
ended in three tokens or more of an answer; FRESH is written."""

import struct
import subprocess
import sys

model, talk, fresh = sys.argv[1:]


def load(path):
    """The tokens of a saved text, and its keys and values."""
    data = open(path, "rb").read()
    computed, pending, note = struct.unpack_from("<3q", data, 32)
    end = 96 + 4 * (computed + pending)
    return struct.unpack_from(f"<{computed + pending}i", data, 96), data[end + note : -8]


tokens, pages = load(talk)
ids = ",".join(map(str, tokens[:-3]))
subprocess.run(
    ["ignis-run", "-m", model, "--ids", ids, "-n", "3", "-c", "64", "--temp", "0", "--ignore-eos", "-q",
     "--prompt-cache", fresh],
    stdout=subprocess.DEVNULL, check=True,
)
if load(fresh) != (tokens, pages) or not pages:
    sys.exit(f"expected the tokens {tokens}, keys and values of the talk, found {load(fresh)[0]}")
