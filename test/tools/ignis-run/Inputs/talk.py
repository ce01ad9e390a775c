"""Drives a conversation at a terminal: every key and command.

talk.py FOLDER TEMPLATE COLUMNS LOCALE TERM, FOLDER being empty."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "Inputs"))
from terminal import Terminal

folder, template, columns, locale, term = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
is_dumb = term == "dumb"
environment = {"LC_ALL": locale, "TERM": term, "HOME": folder}
run = f"ignis-run -cnv --chat-template {template} --temp 0 -t 2"


def said(path):
    """The messages of a saved conversation."""
    content = open(path, "rb").read()
    start = content.index(b'{"messages"')
    value, _ = json.JSONDecoder().raw_decode(content[start:].decode("utf-8", "replace"))
    return [(m["role"], "".join(p["text"] for p in m["content"])) for m in value["messages"]]


def expect(found, expected, terminal):
    if found != expected:
        sys.exit(f"expected {expected!r}, found {found!r}:\n{terminal.screen()}")


def save(terminal, name, times=1):
    path = os.path.join(folder, name)
    terminal.type(f"/save {path}")
    terminal.key("Enter")
    terminal.wait(f"saved in \\S*{name[:3]}", times)
    return said(path)


def send(terminal, text):
    terminal.type(text)
    terminal.key("Enter")


with Terminal(f"{run} -n 8 -v", columns, env=environment) as t:
    t.wait("^> ?$")
    send(t, "Who art thou?")
    t.wait(r"\[8 tokens, [0-9.]+ tokens/s; \d+ of the prompt")
    first = save(t, "one")
    expect([role for role, _ in first], ["user", "assistant"], t)
    expect(first[0][1], "Who art thou?", t)
    answer = first[1][1]

    # The arrow brings the line back, without what was added to it.
    t.key("Up", "Up")
    t.wait("^> Who art thou\\? *$", 2)
    t.type("x")
    t.key("BSpace", "Enter")
    t.wait(r"\[8 tokens", 2)
    expect(save(t, "two")[2][1], "Who art thou?", t)

    send(t, "/undo")
    t.wait("taken back: Who art thou\\?")
    expect(save(t, "three"), first, t)
    send(t, "/regen")
    t.wait(r"\[8 tokens", 3)
    expect(save(t, "four"), first, t)  # greedy
    send(t, "/edit")
    t.wait("^> Who art thou\\? *$", 3)
    t.key("Home")
    t.type("Say: ")
    t.key("End", "BSpace")
    t.type("!")
    t.key("Enter")
    t.wait(r"\[8 tokens", 4)
    expect(save(t, "five")[0][1], "Say: Who art thou!", t)
    send(t, "/system Be brief.")
    t.wait("the system message is changed")
    send(t, "/system")
    t.wait("^Be brief\\.$")
    send(t, "/set top-k 7")
    t.wait("^top_k 7$")
    send(t, "/set top_p 7")
    t.wait("^top_p: expected a number from 0 to 1, found 7$")
    send(t, "/set")
    t.wait("^top_k +7$")
    send(t, "/tokens")
    t.wait(r"^\d+ of \d+ positions$")
    send(t, "/stats")
    t.wait("^peak memory")
    send(t, "/frobnicate")
    t.wait("/frobnicate: expected a command, see /help")
    send(t, "/save")
    t.wait("/save: expected a FILE behind it")
    send(t, "/clear")
    t.wait("what was said is forgotten")
    expect(save(t, "six"), [("system", "Be brief.")], t)
    send(t, "/regen")
    t.wait("/regen: expected a message to answer, found none")
    send(t, f"/load {folder}/one")
    t.wait("^loaded .*: \\d+ tokens$")
    expect(save(t, "seven"), first, t)
    send(t, f"/load {template}")
    t.wait("expected a saved sequence")
    send(t, "/help")
    t.wait("^/tokens +Print")
    send(t, "/bye")
    expect(t.code(), 0, t)

# Several lines, characters of several bytes and columns, what is longer than a
# terminal's own line, and another width.
with Terminal(f"{run} -n 4 -v -c 4096", columns, env=environment) as t:
    t.wait("^> ?$")
    send(t, '"""one')
    t.wait(r"^\.\.\. ?$")
    send(t, "")
    send(t, 'three"""')
    t.wait(r"\[4 tokens")
    send(t, "four\\")
    t.wait(r"^\.\.\. ?$")
    send(t, "five")
    t.wait(r"\[4 tokens", 2)
    # Where nothing marks a paste, its lines are sent one by one.
    pasted = "pasted, no lines" if is_dumb else "pasted\nlines\twith a tab\\\nand /no command"
    t.paste(pasted)
    t.key("Enter")
    t.wait(r"\[4 tokens", 3)
    t.type("a漢字é🔥🔥b")
    t.key("BSpace", "BSpace", "Left")
    t.type("火")
    t.resize(columns + 7)
    t.key("Enter")
    t.wait(r"\[4 tokens", 4)
    t.paste("long " * 1200)
    t.key("Enter")
    t.wait(r"\[4 tokens", 5)
    messages = [text for role, text in save(t, "eight") if role == "user"]
    expect(messages, ["one\n\nthree", "four\nfive", pasted, "a漢字é火🔥", "long " * 1200], t)
    # A line that is given up is none; an empty one ends it.
    t.type("never mind")
    t.wait("never mind *$")
    t.key("C-c")
    t.wait("^> ?$")
    send(t, "/tokens")
    t.wait("positions$")
    t.key("C-d")
    expect(t.code(), 0, t)

# An answer is stopped, and counts as far as it came; then Ctrl-C leaves.
with Terminal(f"{run} --ignore-eos --context-shift", columns, env=environment) as t:
    t.wait("^> ?$")
    send(t, "Speak!")
    t.wait("[a-z]+.*\n(.*\n)*.*[a-z]")
    t.key("C-c")
    t.wait("^> ?$")
    messages = save(t, "nine")
    expect([role for role, _ in messages], ["user", "assistant"], t)
    t.key("C-c")
    expect(t.code(), 130, t)
