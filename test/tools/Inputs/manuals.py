"""manuals.py SHARE TESTS PROGRAM ...: whether all options are everywhere."""

import os
import re
import subprocess
import sys

share, tests, *programs = sys.argv[1:]
written = []  # files
for folder, _, names in os.walk(tests):
    for name in names:
        # What is refused is not tried.
        if name.endswith((".test", ".mlir", ".cpp", ".py", ".sh")) and name != "exclusions.py":
            written.append(open(os.path.join(folder, name), errors="replace").read())
# Their commands are run by test/docs.
pages = os.path.join(os.path.dirname(tests), "python-free-docs")
for name in os.listdir(pages):
    if name.endswith(".md"):
        written.append(open(os.path.join(pages, name)).read())
wrong = []


def options(arguments):
    text = subprocess.run([*arguments, "--help"], capture_output=True, text=True, check=True).stdout
    lines = re.findall(r"^  (-.*?)(?:  |$)", text, re.MULTILINE)
    commands = re.findall(r"^  ([a-z]\w*)  ", text.partition("Subcommands:")[2], re.MULTILINE)
    return [re.findall(r"(?:^|, )(--?[\w-]+)", line) for line in lines], commands


def stands(name, text):
    return re.search(rf"(?<![\w-]){name}(?![\w-])", text)


for program in programs:
    rows, commands = options([program])
    for command in commands:
        rows += options([program, command])[0]
    man = open(os.path.join(share, "man/man1", program + ".1")).read().replace("\\-", "-")
    bash = open(os.path.join(share, "bash-completion/completions", program)).read()
    zsh = open(os.path.join(share, "zsh/site-functions", "_" + program)).read()
    fish = open(os.path.join(share, "fish/vendor_completions.d", program + ".fish")).read()
    for names in rows:
        for name in names:
            if f"\\fB{name}\\fR" not in man:
                wrong.append(f"{program}: {name}: expects an entry in the manual")
            if not stands(name, bash) or f"'*{name}[" not in zsh:
                wrong.append(f"{program}: {name}: expects completions in bash and zsh")
            flag = name.removeprefix("--") if name.startswith("--") else name[1:]
            if not re.search(rf"-[slo] {flag}(?![\w-])", fish):
                wrong.append(f"{program}: {name}: expects a completion in fish")
        # In a file that is about the program; serve.sh starts the server.
        about = [text for text in written if program in text or (program == "ignis-server" and "serve.sh" in text)]
        if not any(stands(name, text) for text in about for name in names):
            wrong.append(f"{program}: {names[-1]}: expects a test that gives it")
    if len(rows) < 5:
        wrong.append(f"{program}: expects options, found {rows}")
print("\n".join(wrong))
sys.exit(bool(wrong))
