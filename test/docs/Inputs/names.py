"""Whether a pass is found by its name: its file, its test, its pages; and whether
what the pages point to is there."""

import os
import re
import sys

root = sys.argv[1]
wrong = []


def read(*path):
    path = os.path.join(root, *path)
    return open(path).read() if os.path.exists(path) else ""


examples = read("python-free-docs/passes-by-example.md")
overview = read("python-free-docs/overview.md")
sections = re.findall(r"^## (.*)$", examples, re.MULTILINE)
passes = []
for folder, page in [("Transforms", "passes.md"), ("Conversion", "conversion-passes.md")]:
    declared = read("include/ignis", folder, "Passes.td")
    for name, argument in re.findall(r'def (\w+) : Pass<"([\w-]+)"', declared):
        passes.append(argument)
        base = argument.removeprefix("ignis-")
        if argument == base:
            wrong.append(f"{argument}: expects a name that begins with ignis-")
        if name.lower() != base.replace("-", ""):
            wrong.append(f"{argument}: expects a class of that name, got {name}")
        if f"GEN_PASS_DEF_{name.upper()}\n" not in read("lib", folder, name + ".cpp"):
            wrong.append(f"{argument}: expects to live in lib/{folder}/{name}.cpp")
        if f"--{argument}" not in read("test", folder, base + ".mlir"):
            wrong.append(f"{argument}: expects test/{folder}/{base}.mlir to run it")
        if f"### `-{argument}`" not in read("python-free-docs/reference", page):
            wrong.append(f"{argument}: expects a section of reference/{page}")
        if argument not in sections:
            wrong.append(f"{argument}: expects a section of passes-by-example.md")

wrong += [f"{s}: is no pass" for s in sections if s not in passes]
pages = os.listdir(os.path.join(root, "python-free-docs"))
wrong += [
    f"{page}: expects to be in the overview's index"
    for page in pages
    if page.endswith(".md") and page != "overview.md" and f"]({page})" not in overview
]


def anchors(text):
    """Of a page's headings, as a forge makes them."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", h).lower().replace(" ", "-") for h in headings]


for page in ["README.md"] + [f"python-free-docs/{p}" for p in pages if p.endswith(".md")]:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", read(page), flags=re.DOTALL)
    for target in re.findall(r'\]\(([^)\s]+)\)|src="([^"]+)"', text):
        path, _, anchor = "".join(target).partition("#")
        if ":" in path:
            continue
        path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if not os.path.exists(os.path.join(root, path)):
            wrong.append(f"{page}: points to {path}, which is not there")
        elif anchor and anchor not in anchors(read(path)):
            wrong.append(f"{page}: points to {path}#{anchor}, which is not there")

print("\n".join(wrong) or f"{len(passes)} passes")
sys.exit(bool(wrong))
