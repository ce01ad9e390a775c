"""damage.py RECORDING SCRATCH: cut off anywhere, or with other numbers in it, a
recording is refused or compared, and nothing else happens."""

import random
import subprocess
import sys

good = open(sys.argv[1], "rb").read()
random.seed(1)


def run(data):
    open(sys.argv[2], "wb").write(data)
    result = subprocess.run(
        ["ignis-diff", sys.argv[1], sys.argv[2]], capture_output=True, timeout=60
    )
    if result.returncode not in (0, 1) or len(result.stderr.splitlines()) > 1:
        sys.exit(f"exit code {result.returncode}: {result.stderr}")
    return result.returncode


for length in [0, 7, 8, 100, 5000, len(good) // 2, len(good) - 1]:
    if run(good[:length]) != 1:
        sys.exit(f"taken with {length} of {len(good)} bytes")
for _ in range(60):
    data = bytearray(good)
    # The description of the values is at the beginning.
    at = random.randrange(8, 12000) // 8 * 8
    data[at : at + 8] = random.choice(
        [b"\xff" * 8, b"\0" * 8, (1 << 62).to_bytes(8, "little"), random.randbytes(8)]
    )
    run(bytes(data))
