"""Holds what folders include against the table of overview.md.

usage: include-graph.py PROJECT

A folder is one of lib and of include/ignis, both together, or runtime. Prints a
line for each include that the table does not allow, and for each folder that it
does not have; exits with 1 if there is one.
"""

import os
import re
import sys


def read_table(page):
    """{folder: set of folders} of the table below "What may include what"."""
    section = page.split("## What may include what", 1)[1].split("\n## ", 1)[0]
    allowed = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("| `") or len(cells) != 2:
            continue
        for folder in re.findall("`([^`]+)`", cells[0]):
            allowed[folder] = set(re.findall("`([^`]+)`", cells[1])) | {folder}
    return allowed


def list_files(project):
    """(folder, path) of each source file."""
    for base in ("include/ignis", "lib", "runtime"):
        top = os.path.join(project, base)
        for path, _, names in os.walk(top):
            parts = os.path.relpath(path, top).split(os.sep)
            folder = "runtime" if base == "runtime" else parts[0]
            for name in names:
                # ignis.h is of CAPI, and alone above the folders.
                if name.endswith((".cpp", ".h", ".td", ".c", ".def")):
                    yield "CAPI" if folder == "." else folder, os.path.join(path, name)


def list_includes(path):
    with open(path, encoding="utf-8") as file:
        for name in re.findall(r'^\s*#?include "ignis/([^"]+)"', file.read(), re.M):
            yield name, name.split("/")[0] if "/" in name else "CAPI"


def main():
    project = sys.argv[1]
    with open(os.path.join(project, "python-free-docs/overview.md"), encoding="utf-8") as page:
        allowed = read_table(page.read())
    mistakes = set()
    for folder, path in list_files(project):
        if folder not in allowed:
            mistakes.add(f"{folder}: expects a line of overview.md's table")
            continue
        for name, included in list_includes(path):
            included = "runtime" if included == "Runtime" else included
            if included not in allowed[folder]:
                mistakes.add(f"{os.path.relpath(path, project)}: {folder} may not include ignis/{name}")
    for mistake in sorted(mistakes):
        print(mistake)
    return 1 if mistakes or not allowed else 0


sys.exit(main())
