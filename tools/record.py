"""record.py CAST STEPS COMMAND...: runs a command at a terminal of its own, types
what STEPS says, and writes an asciicast (version 2) of all that was to be seen.

A step is a line of STEPS: `wait TEXT` until the terminal has shown TEXT since the
last step, `type TEXT` as people do, `key NAME` (Enter, Up, C-c, C-d), `rest SECONDS`.
Nothing of what is shown is made up."""

import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
import fcntl

COLUMNS, ROWS = 88, 24
KEYS = {"Enter": b"\r", "Up": b"\x1b[A", "C-c": b"\x03", "C-d": b"\x04"}


class Recording:
    def __init__(self, path, command):
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
            environment.pop("NO_COLOR", None)
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.file = open(path, "w")
        header = {"version": 2, "width": COLUMNS, "height": ROWS, "env": {"TERM": "xterm-256color"}}
        print(json.dumps(header), file=self.file)
        self.begin = time.monotonic()
        self.since = ""
        self.open = True

    def watch(self, seconds, text=None):
        """Records for so long, or until `text` was shown; whether it was."""
        end = time.monotonic() + seconds
        while self.open and time.monotonic() < end:
            if text is not None and text in self.since:
                return True
            if not select.select([self.terminal], [], [], 0.02)[0]:
                continue
            try:
                shown = os.read(self.terminal, 65536)
            except OSError:  # the program has ended
                shown = b""
            if not shown:
                self.open = False
                break
            shown = shown.decode(errors="replace")
            self.since += shown
            print(json.dumps([round(time.monotonic() - self.begin, 3), "o", shown]), file=self.file)
        return text is None or text in self.since

    def step(self, kind, argument):
        if kind == "wait":
            if not self.watch(60, argument):
                sys.exit(f"expected {argument!r}, found {self.since!r}")
            return
        self.since = ""
        if kind == "rest":
            self.watch(float(argument))
        elif kind == "key":
            os.write(self.terminal, KEYS[argument])
        elif kind == "type":
            for character in argument:
                os.write(self.terminal, character.encode())
                self.watch(0.06)
        else:
            sys.exit(f"expected wait, type, key or rest, found {kind}")


recording = Recording(sys.argv[1], sys.argv[3:])
signal.alarm(300)
for line in open(sys.argv[2]):
    kind, _, argument = line.rstrip("\n").partition(" ")
    if kind and not kind.startswith("#"):
        recording.step(kind, argument)
recording.watch(1)
os.kill(recording.child, signal.SIGKILL)
os.waitpid(recording.child, 0)
