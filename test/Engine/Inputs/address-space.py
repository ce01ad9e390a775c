"""Runs ignis-run within ever more addresses (ulimit -v), its cache empty.

usage: address-space.py EXPECTED FOUND

Fails unless each run gives the logits EXPECTED, in FOUND, or exit code 1 and one
line that says what is lacking, and unless both are seen.
"""

import os
import resource
import subprocess
import sys
import tempfile

expected, found = sys.argv[1:]
command = ["ignis-run", "--ids", "1,2,3", "-n", "2", "--temp", "0", "-t", "2"]
seen = set()
for mebibytes in range(200, 1400, 75):
    size = mebibytes << 20
    with tempfile.TemporaryDirectory() as cache:
        result = subprocess.run(
            command + ["--dump-logits", found],
            env=dict(os.environ, XDG_CACHE_HOME=cache),
            capture_output=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)),
        )
    errors = result.stderr.decode().splitlines()
    if result.returncode == 127 and "loading shared libraries" in errors[0]:
        continue  # the loader's own
    if result.returncode == 0:
        if open(found, "rb").read() != open(expected, "rb").read():
            sys.exit(f"{mebibytes} MiB: other logits")
        os.remove(found)
    elif (
        result.returncode != 1
        or result.stdout
        or not errors[-1].startswith("ignis-run: error: ")
        or len([line for line in errors if " kernels, " not in line]) != 1
    ):
        sys.exit(f"{mebibytes} MiB: exit code {result.returncode}, {result}")
    seen.add(result.returncode)
if seen != {0, 1}:
    sys.exit(f"expected both ends, saw {seen}")
