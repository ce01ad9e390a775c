"""batch-texts.py ANSWERS TEXT...: the first answers have these texts."""

import json
import sys

answers, *texts = sys.argv[1:]
with open(answers, encoding="utf-8") as lines:
    for line, path in zip(lines, texts):
        with open(path, encoding="utf-8", newline="") as file:
            expected = file.read()
        found = json.loads(line)["text"]
        # A run ends its last line.
        assert found.rstrip("\n") == expected.rstrip("\n"), (found, expected)
