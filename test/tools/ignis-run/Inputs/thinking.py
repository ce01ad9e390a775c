"""thinking.py MODEL: a conversation at a terminal with a model that thinks."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "Inputs"))
from terminal import Terminal

DIMMED = "\33\\[2m<think>\\s+Let me see\\.\\s+</think>\33\\[0m\\s+Yes, it is"


def talk(options, environment, expected):
    command = f"ignis-run -m {sys.argv[1]} -cnv -q --temp 0 {options}"
    with Terminal(command, env=environment) as t:
        for turn in range(2):
            t.prompt()
            t.type("Is it?")
            t.key("Enter")
            t.wait("Yes, it is", turn + 1)
        t.prompt()
        t.key("C-d")
        if t.code() != 0:
            sys.exit(t.screen())
        written = t.written().decode()
        for pattern, count in expected.items():
            found = len(re.findall(pattern, written))
            if found != count:
                sys.exit(f"{options} {environment}: expected {pattern!r} {count} times, found {written!r}")


talk("", {}, {DIMMED: 2, "Let me": 2})
talk("--hide-thinking", {}, {"think>": 0, "Let me": 0, "Yes, it is": 2})
talk("", {"NO_COLOR": "1"}, {DIMMED: 0, "Let me": 2})
talk("", {"TERM": "dumb"}, {"\33": 0, "Let me": 2})
