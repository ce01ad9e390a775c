"""Goes through a page as a reader would, in an empty folder.

A block under a name in bold is kept as that file; commands are run; a block that
follows on commands is what they say.
"""

import os
import re
import sys

from markdown import FENCE, difference, lines, run

page = open(sys.argv[1]).read()
said = None
for block in FENCE.finditer(page):
    kind, text = block.groups()
    before = page[: block.start()].rstrip().rsplit("\n", 1)[-1]
    name = re.match(r"\*\*(\S+)\*\*", before)
    if name:
        path, said = name.group(1), None
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    elif kind == "sh":
        said, succeeds = run(text)
        print(f"$ {text}{said}", flush=True)
        if not succeeds:
            sys.exit("which fails")
    elif said is not None:
        wrong = difference(lines(text), lines(said))
        if wrong:
            sys.exit(wrong)
        said = None
