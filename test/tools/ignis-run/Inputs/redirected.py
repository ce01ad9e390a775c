"""Talks where one end or both are no terminal.

redirected.py FOLDER TEMPLATE, FOLDER being empty."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "Inputs"))
from terminal import Terminal

folder, template = sys.argv[1:]
MESSAGES = ["Who art thou?", " ", "And I? 漢字"]
FILES = {"in": "\n".join(MESSAGES) + "\n", "in-command": "/help\n", "in-nothing": "", "in-no-end": "Who art thou?"}
for name, text in FILES.items():
    open(os.path.join(folder, name), "w").write(text)


def command(options="", redirections=""):
    return f"cd {folder}; ignis-run -cnv --chat-template {template} --temp 0 -t 2 -n 8 {options} {redirections}"


def read(name):
    return open(os.path.join(folder, name), "rb").read()


def expect(found, expected, terminal=None):
    if found != expected:
        sys.exit(f"expected {expected!r}, found {found!r}" + (f":\n{terminal.screen()}" if terminal else ""))


def run(text, environment):
    """What it writes where nothing is a terminal."""
    result = subprocess.run(["bash", "-c", command()], input=text.encode(), capture_output=True, env={**os.environ, **environment})
    expect((result.returncode, b"\33" in result.stdout + result.stderr), (0, False))
    return result.stdout


def answers(text):
    return [line for line in text.split(b"\n") if line.strip()]


def talk(terminal, messages, is_answered):
    """Types also while it answers."""
    terminal.prompt()
    for message in messages:
        terminal.type(message)
        terminal.key("Enter")
    end = time.time() + 40
    while not is_answered() and time.time() < end:
        time.sleep(0.05)
    terminal.prompt()
    terminal.key("C-d")
    expect(terminal.code(), 0, terminal)


for term in "screen-256color", "dumb":
    for locale in "C.UTF-8", "C":
        environment = {"TERM": term, "LC_ALL": locale, "HOME": folder}
        plain = run(FILES["in"], environment)
        expect(len(answers(plain)) >= len(MESSAGES), True)
        expect(run(FILES["in-no-end"], environment), run("Who art thou?\n", environment))
        expect(run("", environment), b"")
        # No command, but a message that is answered.
        expect(b"Print" in run(FILES["in-command"], environment), False)

        with Terminal(command("", "< in"), env=environment) as t:
            expect(t.code(), 0, t)
            written = t.written().replace(b"\r\n", b"\n")
            expect((b"\33[3" in written, b"> " in written, plain in written), (False, False, True), t)
        with Terminal(command("", "< in 2> err"), env=environment) as t:
            expect(t.code(), 0, t)
            expect(t.written().replace(b"\r\n", b"\n"), plain, t)
            expect(b"\33" in read("err"), False)
        with Terminal(command("-v", "> out"), env=environment) as t:
            talk(t, MESSAGES, lambda: len(read("out")) >= len(plain))
            expect(read("out"), plain, t)
        with Terminal(command("-q", "> out 2> err"), env=environment) as t:
            talk(t, MESSAGES, lambda: len(read("out")) >= len(plain))
            expect((read("out"), read("err")), (plain, b""), t)

# Colours where they are wanted, and not where they are not.
for options, environment, expected in (
    ("", {}, True),
    ("--color off", {}, False),
    ("", {"NO_COLOR": "1"}, False),
    ("--color on", {"NO_COLOR": "1"}, True),
    ("--color on", {"TERM": "dumb"}, True),
    ("", {"TERM": ""}, False),
):
    with Terminal(command("-v " + options), env={"HOME": folder, **environment}) as t:
        talk(t, ["Who?"], lambda: "[8 tokens" in t.screen())
        expect(b"\33[32m" in t.written(), expected, t)
