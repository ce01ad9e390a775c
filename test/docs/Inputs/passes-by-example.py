"""Tries every section of python-free-docs/passes-by-example.md.

A section has a block that is kept as before.mlir, a command, and what comes out:
a module, compared after both went through ignis-opt, which makes the names of
values alike; or text. A line `...` stands for lines that are left out.
"""

import re
import subprocess
import sys

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command, text=None):
    """What a command says, and whether it succeeds."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        input=text, capture_output=True, text=True,
    )
    return done.stdout + done.stderr, done.returncode == 0


def normal(module):
    """The lines of a module as ignis-opt prints them."""
    out, _ = run("ignis-opt", module)
    return [line.strip() for line in out.splitlines()]


def holds(expected, found):
    """Whether the runs of lines between two `...` occur in `found`, in order."""
    at, exact = 0, True
    for part in re.split(r"^\s*\.\.\.\n", "".join(f"{l}\n" for l in expected), flags=re.M):
        lines = part.splitlines()
        places = [at] if exact else range(at, len(found) - len(lines) + 1)
        at = next((p for p in places if found[p : p + len(lines)] == lines), None)
        if at is None:
            return False
        at, exact = at + len(lines), False
    return not expected or expected[-1] == "..." or at == len(found)


def check(name, section):
    blocks = FENCE.findall(section)
    kinds = [kind for kind, _ in blocks]
    if kinds[:2] != ["mlir", "sh"] or len(blocks) != 3:
        return f"expects blocks mlir, sh and a result, got {kinds}"
    (_, before), (_, command), (kind, after) = blocks
    if f"--{name}" not in command:
        return f"the command does not run {name}"
    with open("before.mlir", "w") as file:
        file.write(before)
    found, succeeds = run(command)
    if succeeds != (kind == "mlir" or not name.startswith("ignis-verify-")):
        return "expects a verifier to fail, and nothing else, got\n" + found
    if set(after.split()) <= {"..."}:
        return "expects more of the result than that it is left out"
    if kind == "mlir" and not re.search(r"^\s*\.\.\.$", after, re.M):
        expected, found = normal(after), normal(found)
        if expected == normal(before):
            return "nothing changes"
    else:
        expected = [line.strip() for line in after.splitlines()]
        found = [line.strip() for line in found.splitlines()]
    if not holds(expected, found):
        return "expected\n  " + "\n  ".join(expected) + "\ngot\n  " + "\n  ".join(found)
    return None


sections = re.split(r"^## ", open(sys.argv[1]).read(), flags=re.MULTILINE)[1:]
only = sys.argv[2:]
failed = False
for section in sections:
    name = section.split("\n", 1)[0]
    if only and name not in only:
        continue
    error = check(name, section)
    failed |= error is not None
    print(f"{name}: {error or 'as written'}")
sys.exit(failed)
