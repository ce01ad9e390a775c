"""Tries every section of python-free-docs/passes-by-example.md.

A section has a block that is kept as before.mlir, a command, and what comes out:
a module, compared after both went through ignis-opt, which makes the names of
values alike; or text. A line `...` stands for lines that are left out.
"""

import re
import sys

from markdown import FENCE, difference, lines, run


def normal(module):
    """The lines of a module as ignis-opt prints them."""
    out, _ = run("ignis-opt", module)
    return lines(out)


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
    if kind != "mlir" or "..." in lines(after):
        return difference(lines(after), lines(found))
    if normal(after) == normal(before):
        return "nothing changes"
    return difference(normal(after), normal(found))


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
