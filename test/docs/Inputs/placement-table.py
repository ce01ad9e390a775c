"""Whether the rows that planner-tables.sh prints, `| shape | stage | T | staged | together |
proven |`, say what the table of python-free-docs/placement.md says of their shape, in bytes a
token: `| shape | unfused | two fusions | all fusions | difference |`."""

import re
import sys

page, printed = (open(path).read() for path in sys.argv[1:])
documented = {
    shape.lower().replace(" ", "-"): [int(size.replace(",", "")) for size in sizes]
    for shape, *sizes in re.findall(
        r"^\| ((?:Qwen3 )?[\d.]+B) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", page, re.M
    )
}
rows = re.findall(r"^\| (\S+) \| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\w+) \|$", printed, re.M)

wrong = len(documented) != 13 or len(rows) != 2 * 9
for shape, stage, *numbers, proven in rows:
    tokens, staged, together = map(int, numbers)
    size = documented[shape][["unfused", "two", "fused"].index(stage)] * tokens
    if [staged, staged - together, proven] != [size, documented[shape][3], "yes"]:
        print(f"{shape}, {stage}, {tokens} tokens: {staged}, {together}, {proven}; the page says {size}")
        wrong = True
sys.exit(wrong)
