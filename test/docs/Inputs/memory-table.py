"""Whether each row of the table of python-free-docs/memory.md, `| number | step |
three sizes |`, is what the passes of that number give, in the block below it."""

import json
import re
import subprocess
import sys

page, model = sys.argv[1:]
text = open(page).read()
rows = re.findall(r"^\| (\d) \| (.*?) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", text, re.M)
passes = dict(re.findall(r"^(\d)  (--.*)$", text, re.M))


def measure(options, graph, tokens):
    """The arena's bytes, and whether they are the lower bound."""
    options = re.sub(r"--ignis-plan-memory(='?([^']*)'?)?$",
                     r"--ignis-plan-memory='\2 report=plan.json'", options)
    subprocess.run(
        f"ignis-translate --gguf-to-ignis {model} {graph}"
        f" | ignis-opt {options} --ignis-verify-memory-plan -o /dev/null",
        shell=True, check=True,
    )
    (function,) = json.load(open("plan.json"))["functions"]
    (size,) = [s for s in function["sizes"] if s["tokens"] == tokens]
    return size["peak"], size["lower_bound"]


wrong = len(rows) != 9 or len(passes) != 9
for number, step, *documented in rows:
    found = [
        measure(passes[number], graph, tokens)
        for graph, tokens in [("--tokens=1", 1), ("", 512), ("--tokens=1 --logits=local", 1)]
    ]
    print(f"{number}: {step}: {found}")
    if [f"{peak:,}" for peak, _ in found] != documented:
        print(f"  expected {documented}")
        wrong = True
    if "lower bound" in step and any(peak != bound for peak, bound in found):
        print("  is not the lower bound")
        wrong = True
sys.exit(wrong)
