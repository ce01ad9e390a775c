"""progress.py FOLDER: what runs show of their progress at a terminal."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "Inputs"))
from terminal import Terminal

folder = sys.argv[1]
text = os.path.join(folder, "text")
open(text, "w").write("What news, what news from the king? " * 40)
questions = os.path.join(folder, "questions")
with open(questions, "w") as file:
    for _ in range(3):
        print(json.dumps({"prompt": "To be, or", "choices": [" not to be", " king"], "answer": 0}), file=file)
# With an object cache of its own, so that there is something to compile.
environment = {"XDG_CACHE_HOME": folder}
READ = r"\d+ of \d+ tokens read"
WINDOWS = r"\d of \d+ windows, perplexity [0-9.]+ ± [0-9.]+"


def run(options, shown, hidden=(), columns=100, **more):
    with Terminal(f"ignis-run {options}", columns, env={**environment, **more}) as t:
        if t.code(120) != 0:
            sys.exit(t.screen())
        written = t.written().decode()
        for pattern in shown:
            if not re.search(pattern, written):
                sys.exit(f"{options}: expected {pattern!r} to be shown, found {written!r}")
        for pattern in [*shown, *hidden]:
            if re.search(pattern, t.screen()):
                sys.exit(f"{options}: expected {pattern!r} to be gone, found:\n{t.screen()}")
        for pattern in hidden:
            if re.search(pattern, written):
                sys.exit(f"{options}: expected no {pattern!r}, found {written!r}")


prompt = f"-f {text} -c 1024 -b 16 -n 3 --temp 0 --no-display-prompt"
run(prompt + " --pack always", ["loading", r"compiling, [0-9.]+ s", "packing weights", READ])
run(prompt, ["making room for keys and values", READ], ["packing weights"])
run(prompt + " -q", [], ["loading", READ])
run(prompt, [], ["loading", READ], TERM="dumb")
run(prompt + " 2> /dev/null", [], ["loading", READ])
run(f"--perplexity -f {text} -c 64", [WINDOWS])
run(f"--perplexity -f {text} -c 64", [r"\d of \d+ windows"], ["seed"], 40)
run(f"--multiple-choice {questions}", [r"\d questions, [0-9.]+ % right"])
