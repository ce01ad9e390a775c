"""Whether what conversation.md says of llama-cli's lines is so: what stands on
the right runs; what stands on the left, with our program, runs as well or says
in one line what to write instead.

llama-cli.py PAGE, in a folder with model.gguf and what the lines name."""

import re
import subprocess
import sys

rows = re.findall(r"^\| `(llama-.*?)` \| `(ignis-run .*?)` \|$", open(sys.argv[1]).read(), re.MULTILINE)
if len(rows) < 20:
    sys.exit(f"expected 20 lines or more, found {len(rows)}")
for theirs, ours in rows:
    result = subprocess.run(["bash", "-c", ours], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{ours}: {result.stderr}")
    _, _, arguments = theirs.partition(" ")
    if theirs.startswith("llama-cli"):
        mine = subprocess.run(
            ["bash", "-c", "ignis-run " + arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        hint = re.fullmatch(r"ignis-run: error: -[\w-]+: .*\(see --help\)\n", mine.stderr)
        if mine.returncode and not (mine.returncode == 2 and hint and not mine.stdout):
            sys.exit(f"{theirs}: expected it to run, or a line that says what to write, found: {mine.stderr}")
        if not mine.returncode and arguments.split() != ours.split()[1:] and "prompt-cache" not in ours:
            sys.exit(f"{theirs}: runs as it is, but the page has {ours}")
print(len(rows), "lines")
