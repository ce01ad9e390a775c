"""Runs ignis-run within more and more of something (setrlimit), its cache empty.

usage: within-limits.py LIMIT FIRST END STEP EXPECTED FOUND

LIMIT is AS, in MiB, or NOFILE. Fails unless each run gives the logits EXPECTED, in
FOUND, or exit code 1 or 3 and one line that says what is lacking, and unless both
are seen.
"""

import os
import resource
import subprocess
import sys
import tempfile

name, first, end, step = sys.argv[1], *map(int, sys.argv[2:5])
expected, found = sys.argv[5:]
limit = getattr(resource, "RLIMIT_" + name)
unit = 1 << 20 if name == "AS" else 1
command = ["ignis-run", "--ids", "1,2,3", "-n", "2", "--temp", "0", "-t", "2"]
seen = set()
for amount in range(first, end, step):
    size = amount * unit
    with tempfile.TemporaryDirectory() as cache:
        result = subprocess.run(
            command + ["--dump-logits", found],
            env=dict(os.environ, XDG_CACHE_HOME=cache),
            capture_output=True,
            preexec_fn=lambda: resource.setrlimit(limit, (size, size)),
        )
    errors = result.stderr.decode().splitlines()
    if result.returncode == 127 and "loading shared libraries" in errors[0]:
        continue  # the loader's own
    if result.returncode == 0:
        if open(found, "rb").read() != open(expected, "rb").read():
            sys.exit(f"{name} {amount}: other logits")
        os.remove(found)
    elif (
        result.returncode not in (1, 3)
        or (name == "AS" and result.stdout)
        or not errors[-1].startswith("ignis-run: error: ")
        or len([line for line in errors if " kernels, " not in line]) != 1
    ):
        sys.exit(f"{name} {amount}: exit code {result.returncode}, {result}")
    seen.add(result.returncode == 0)
if seen != {False, True}:
    sys.exit(f"expected both ends, saw {seen}")
