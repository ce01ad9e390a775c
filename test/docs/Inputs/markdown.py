"""Blocks of the documentation, and whether commands give what it says."""

import re
import subprocess

FENCE = re.compile(r"^```([\w+]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command, text=None):
    """What a command says, and whether it succeeds."""
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", command],
        input=text, capture_output=True, text=True,
    )
    return done.stdout + done.stderr, done.returncode == 0


def lines(text):
    return [line.strip() for line in text.splitlines()]


def holds(expected, found):
    """Whether the runs of lines between two `...` occur in `found`, in order."""
    at, exact = 0, True
    for part in re.split(r"^\.\.\.\n", "".join(f"{l}\n" for l in expected), flags=re.M):
        part = part.splitlines()
        places = [at] if exact else range(at, len(found) - len(part) + 1)
        at = next((p for p in places if found[p : p + len(part)] == part), None)
        if at is None:
            return False
        at, exact = at + len(part), False
    return expected[-1:] == ["..."] or at == len(found)


def difference(expected, found):
    """None if the lines are as expected; both, if they are not."""
    if set(expected) <= {"..."}:
        return "expects more of the result than that it is left out"
    if holds(expected, found):
        return None
    return "\n  ".join(["expected", *expected]) + "\n  ".join(["\ngot", *found])
