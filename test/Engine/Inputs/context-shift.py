"""Whether a text that was shifted goes on as its shortened text, fed anew:
context-shift.py LINES PROMPT CONTEXT KEPT, of a greedy run's --logprobs 0."""

import json
import subprocess
import sys

lines, prompt, context, kept = sys.argv[1:]
context, kept = int(context), int(kept)
lines = [json.loads(line) for line in open(lines)]
text, shifts = [int(t) for t in prompt.split(",")], 0
for at, line in enumerate(lines):
    # Full once a token has the last position, and one more is chosen.
    if len(text) == context + 1:
        dropped = (len(text) - kept) // 2
        text = text[:kept] + text[kept + dropped :]
        shifts += 1
        rest = min(3, len(lines) - at)
        anew = subprocess.run(
            ["ignis-run", "--ids", ",".join(map(str, text)), "-n", str(rest), "--temp", "0", "--ignore-eos",
             "--logprobs", "0", "-c", str(context)],
            capture_output=True, text=True, check=True,
        ).stdout
        anew = [json.loads(each) for each in anew.splitlines()]
        if anew != lines[at : at + rest]:
            sys.exit(f"token {at}: expected {anew}, found {lines[at:at + rest]}")
    text.append(line["id"])
if len(lines) != 40 or shifts < 2:
    sys.exit(f"expected 40 tokens and two shifts, found {len(lines)} and {shifts}")
