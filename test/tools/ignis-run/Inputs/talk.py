"""Drives conversations at terminals: every key and command, at each of the
terminals of a table.

talk.py FOLDER TEMPLATE, FOLDER being empty."""

import concurrent.futures
import itertools
import json
import os
import re
import signal
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "Inputs"))
from terminal import Terminal

folder, template = sys.argv[1:]
run = f"ignis-run -cnv --chat-template {template} --temp 0 -t 2"

# What is typed (<...> is a key), and the message that it sends.
KEYS = [
    ("ac<Left>b", "abc"),
    ("ad<Left><Left><Right>bc", "abcd"),
    ("bc<Home>a<End>d", "abcd"),
    ("bc<C-a>a<C-e>d", "abcd"),
    ("abcd<Home><Right><Right><C-k>", "ab"),
    ("abcd<Left><C-u>", "d"),
    ("one two<C-w>three", "one three"),
    ("one two<C-w><C-y>", "one two"),
    ("abc<Home><DC>", "bc"),
    ("abc<C-a><C-d>", "bc"),
    ("abc<BSpace>d", "abd"),
    ("four five<C-Left>X<Home><C-Right>Y", "fourY Xfive"),
    ("six<C-l>seven", "sixseven"),
    ("<Up>!", "sixseven!"),
    ("<Up><Up><Down>?", "sixseven!?"),
    ("<Up><Down>new", "new"),
    ("<C-r>fourY<End>.", "fourY Xfive."),
    ("a漢字é🔥🔥b<BSpace><BSpace><Left>火", "a漢字é火🔥"),
    ("👩‍🚀 naïve", "👩‍🚀 naïve"),
    (" /help is no command here", " /help is no command here"),
    ("four\\<Enter>five", "four\nfive"),
    ('"""one<Enter><Enter>three"""', "one\n\nthree"),
    ('"""in one line"""', "in one line"),
    ('"""/stats"""', "/stats"),
]

# Commands, and what follows. Each begins where the one before ends, behind one
# question and its answer.
COMMANDS = [
    ("/system Be brief.", "the system message is changed"),
    ("/system", "^Be brief\\.$"),
    ("/set top-k 7", "^top_k 7$"),
    ("/set top_p 7", "^top_p: expected a number from 0 to 1, found 7$"),
    ("/set", "^top_k +7$"),
    ("/set samplers top_k;temperature", "^samplers top_k;temperature$"),
    ("/set seed 12", "^seed 12$"),
    ("/tokens", r"^\d+ of \d+ positions$"),
    ("/stats", "^peak memory"),
    ("/frobnicate", "/frobnicate: expected a command, see /help"),
    ("/tokens please", "/tokens: expected nothing behind it, found 'please'"),
    ("/save", "/save: expected a FILE behind it"),
    ("/load", "/load: expected a FILE behind it"),
    ("/reset", "what was said is forgotten"),
    ("/regen", "/regen: expected a message to answer, found none"),
    ("/undo", "/undo: expected a message to take back, found none"),
    ("/tokens", r"^0 of \d+ positions$"),
    ("/edit", "/edit: expected a message to change, found none"),
    (f"/load {template}", "expected a saved sequence"),
    ("/help", "^/tokens +Print"),
    ("/?", "^/tokens +Print"),
]


class Talk:
    """A conversation with `options`, in a folder of its own."""

    def __init__(self, place, columns, locale, term, options):
        self.place = place
        self.columns = columns
        environment = {"LC_ALL": locale, "TERM": term, "HOME": place}
        self.process = os.path.join(place, "process")
        self.terminal = Terminal(f"echo $$ > {self.process}; exec {run} {options}", columns, env=environment)
        self.answers = 0

    def __enter__(self):
        self.terminal.wait("^> ?$")
        return self

    def __exit__(self, *_):
        self.terminal.__exit__()

    def type(self, keys):
        for text in re.split(r"(<[A-Z][\w-]*>)", keys):
            if re.fullmatch(r"<[A-Z][\w-]*>", text):
                self.terminal.key(text[1:-1])
            elif text:
                self.terminal.type(text)

    def send(self, keys):
        self.type(keys + "<Enter>")

    def expect(self, found, expected):
        if found != expected:
            sys.exit(f"expected {expected!r}, found {found!r}:\n{self.terminal.screen()}")

    def answered(self):
        """Waits for one answer more, whose rates -v prints."""
        self.answers += 1
        self.terminal.wait(r"\[\d+ tokens, [0-9.]+ tokens/s; \d+ of the prompt", self.answers)

    def says(self, pattern, before):
        self.terminal.wait(pattern, before + 1)

    def command(self, line, pattern):
        before = len(re.findall(pattern, self.terminal.screen(), re.MULTILINE))
        self.send(line)
        self.says(pattern, before)

    def save(self, name):
        """The messages of the conversation, saved."""
        self.command(f"/save ~/{name}", f"saved in \\S*{name}")
        return self.load(name)

    def load(self, name):
        content = open(os.path.join(self.place, name), "rb").read()
        start = content.index(b'{"messages"')
        value, _ = json.JSONDecoder().raw_decode(content[start:].decode("utf-8", "replace"))
        return [(m["role"], "".join(p["text"] for p in m["content"])) for m in value["messages"]]

    def wait_until(self, isSo):
        end = time.time() + 40
        while not isSo():
            if time.time() > end:
                sys.exit(f"nothing came:\n{self.terminal.screen()}")
            time.sleep(0.02)

    def ends(self, code):
        self.expect(self.terminal.code(), code)


def use_commands(talk):
    talk.send("Who art thou?")
    talk.answered()
    first = talk.save("one")
    talk.expect([role for role, _ in first], ["user", "assistant"])
    talk.expect(first[0][1], "Who art thou?")
    talk.send("And I?")
    talk.answered()
    talk.command("/undo", "taken back: And I\\?")
    talk.expect(talk.save("two"), first)
    talk.send("/regen")
    talk.answered()
    talk.expect(talk.save("three"), first)  # greedy
    talk.send("/edit")
    talk.terminal.wait("^> Who art thou\\? *$", 2)
    talk.type("<Home>Say: <End><BSpace>")
    talk.send("!")
    talk.answered()
    talk.expect(talk.save("four")[0][1], "Say: Who art thou!")
    # What is to be changed and is not stays as it is.
    talk.send("/edit")
    talk.terminal.wait("^> Say: Who art thou! *$", 2)
    talk.type("?<C-c>")
    talk.terminal.prompt()
    talk.expect(talk.save("unchanged"), talk.load("four"))
    for line, pattern in COMMANDS:
        talk.command(line, pattern)
    talk.expect(talk.save("five"), [("system", "Be brief.")])
    talk.command(f"/load {talk.place}/one", "^loaded .*: \\d+ tokens$")
    talk.expect(talk.save("six"), first)
    talk.command("/clear", "what was said is forgotten")
    talk.expect(talk.save("seven"), [])


def use_keys(talk, marks_pastes):
    for keys, _ in KEYS:
        talk.send(keys)
        talk.answered()
    # Where nothing marks a paste, its lines are sent one by one.
    pasted = "pasted\nlines\twith a tab\\\nand /no command\\" if marks_pastes else "pasted, no lines"
    command = "/stats\n" * 2 if marks_pastes else "no command"
    quotes = '"""\nquotes' if marks_pastes else "no quotes"
    long = "long " * 1200
    for text in pasted, command, quotes, long:
        talk.terminal.paste(text)
        talk.send("")
        talk.answered()
    # Another width while someone types.
    talk.type("wide")
    talk.terminal.resize(talk.columns + 7)
    talk.send("r")
    talk.answered()
    messages = [text for role, text in talk.save("eight") if role == "user"]
    talk.expect(messages, [message for _, message in KEYS] + [pasted, command, quotes, long, "wider"])
    # A line that is given up is none.
    talk.type("never mind")
    talk.terminal.wait("never mind *$")
    talk.type("<C-c>")
    talk.terminal.wait("^> ?$")
    give_up(talk)
    if marks_pastes:
        stop(talk)
    talk.command("/tokens", "^[1-9]\\d* of \\d+ positions$")


def give_up(talk):
    """A message of several lines that was begun, in any of its lines."""
    for begun in ('"""one', "one\\", '"""one<Enter>two', "one\\<Enter>two\\<Enter>three"):
        lines = begun.count("<Enter>")
        before = len(re.findall("^\\.\\.\\.", talk.terminal.screen(), re.MULTILINE))
        talk.type(begun)
        if lines == 0:
            talk.type("<Enter>")
        talk.terminal.wait("^\\.\\.\\.", before + max(lines, 1))
        talk.type("<C-c>")
        talk.terminal.prompt()
    before = talk.save("given-up")
    talk.send("another")
    talk.answered()
    talk.expect([text for role, text in talk.save("another") if role == "user"],
                [text for role, text in before if role == "user"] + ["another"])


def stop(talk):
    """The program is stopped while someone types, and goes on at a terminal that
    a shell has set meanwhile."""
    process = int(open(talk.process).read())
    talk.type("stp")
    talk.terminal.wait("^> stp *$")
    # The log of what was written may be behind the screen.
    talk.wait_until(lambda: b"stp" in talk.terminal.written().rpartition(b"\33[?2004h")[2])
    asked = talk.terminal.written().count(b"\33[?2004h")
    os.kill(process, signal.SIGSTOP)
    talk.wait_until(lambda: open(f"/proc/{process}/stat").read().rpartition(") ")[2][0] == "T")
    with open(talk.terminal.tmux("display-message", "-p", "#{pane_tty}").stdout.strip(), "rb+", buffering=0) as file:
        modes = termios.tcgetattr(file)
        modes[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(file, termios.TCSANOW, modes)
    os.kill(process, signal.SIGCONT)
    talk.wait_until(lambda: talk.terminal.written().count(b"\33[?2004h") > asked)
    talk.type("<Left>o")
    talk.terminal.wait("^> stop *$")
    talk.send("")
    talk.answered()
    talk.expect([text for role, text in talk.save("stopped") if role == "user"][-1], "stop")


def fill(talk):
    """Where nothing is left out, a full context says what makes room in it."""
    talk.send("Speak!")
    talk.terminal.wait("the context of 64 positions is full")
    talk.command("/tokens", r"^64 of 64 positions: the conversation has \d+ tokens, and the next message has no room")
    talk.command("And?", r"the message is left out \(-c sets them; --context-shift leaves out old messages; /undo and "
                 r"/clear make room\)")
    talk.command("/undo", "taken back: Speak!")
    talk.command("/tokens", "^0 of 64 positions$")


def interrupt(talk):
    """An answer is stopped, and counts as far as it came."""
    talk.send("Speak!")
    talk.terminal.wait("Speak!\\s+\\w")
    talk.terminal.resize(talk.columns - 5)
    talk.type("<C-c>")
    talk.terminal.wait("^> ?$")
    talk.expect([role for role, _ in talk.save("nine")], ["user", "assistant"])


def drive(columns, locale, term, leave):
    is_capable = term != "dumb"
    place = os.path.join(folder, f"{columns}-{locale}-{term}")
    os.mkdir(place)

    def talk(options):
        return Talk(place, columns, locale, term, options)

    with talk("-n 8 -v") as t:
        use_commands(t)
        t.send(leave)
        t.ends(0)
    with talk("-n 1 -v -c 8192 --context-shift") as t:
        use_keys(t, is_capable)
        t.type("<C-d>")
        t.ends(0)
        colours = re.findall("\33\\[[0-9;]*m", t.terminal.screen(escapes=True))
        t.expect(bool(colours), is_capable)
        t.expect(b"\33" in t.terminal.written(), is_capable)
    with talk("--ignore-eos --no-context-shift -c 64") as t:
        fill(t)
        t.type("<C-d>")
        t.ends(0)
    with talk("--ignore-eos --context-shift") as t:
        interrupt(t)
        t.type("<C-c>")
        t.ends(130)


TERMINALS = itertools.product((40, 200), ("C.UTF-8", "C"), ("screen-256color", "dumb"))
WAYS_OUT = itertools.cycle(("/bye", "/exit", "/quit"))
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for future in [pool.submit(drive, *terminal, leave) for terminal, leave in zip(TERMINALS, WAYS_OUT)]:
        future.result()
