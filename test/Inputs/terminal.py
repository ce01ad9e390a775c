"""A terminal (tmux, with a server and a socket of its own) in which a test types
and looks at the screen. All of it ends with the test."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time


class Terminal:
    def __init__(self, command, columns=80, rows=24, env=None):
        self.folder = tempfile.mkdtemp(prefix="ignis-terminal-")
        self.socket = os.path.join(self.folder, "socket")
        self.status = os.path.join(self.folder, "status")
        self.log = os.path.join(self.folder, "log")
        environment = dict(os.environ)
        environment.pop("TMUX", None)
        environment.pop("NO_COLOR", None)
        # What the program sees; tmux itself wants UTF-8.
        inside = {"TERM": "screen-256color", "LC_ALL": "C.UTF-8", **(env or {})}
        sets = " ".join(f"{k}={shlex.quote(v)}" for k, v in inside.items())
        script = f"until [ -e {self.log} ]; do sleep 0.02; done; env {sets} bash -c {shlex.quote(command)}; echo $? > {self.status}; sleep 30"
        environment.update(LC_ALL="C.UTF-8", TERM="xterm-256color")
        # What a fast answer writes while a slow machine looks elsewhere is still there.
        settings = os.path.join(self.folder, "settings")
        with open(settings, "w") as file:
            file.write("set-option -g history-limit 200000\n")
        subprocess.run(
            ["tmux", "-u", "-f", settings, "-S", self.socket, "new-session", "-d", "-x", str(columns), "-y",
             str(rows), script],
            check=True, env=environment,
        )
        # Nothing is written before someone listens.
        self.tmux("pipe-pane", f"cat > {self.log}")

    def tmux(self, *arguments, **options):
        return subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True, text=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")
        shutil.rmtree(self.folder, ignore_errors=True)

    def screen(self, escapes=False):
        """All lines since the beginning; those that were wrapped as one."""
        arguments = ["capture-pane", "-p", "-J", "-S", "-"] + (["-e"] if escapes else [])
        return self.tmux(*arguments).stdout.rstrip()

    def written(self):
        """Every byte that came, as it came."""
        return open(self.log, "rb").read()

    def type(self, text):
        self.tmux("send-keys", "-l", "--", text)

    def key(self, *names):
        self.tmux("send-keys", *names)

    def paste(self, text):
        """As a terminal does it, with marks around it if the program asked for."""
        path = os.path.join(self.folder, "paste")
        with open(path, "w") as file:
            file.write(text)
        self.tmux("load-buffer", path)
        self.tmux("paste-buffer", "-p", "-r")

    def resize(self, columns, rows=24):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def wait(self, pattern, times=1, seconds=40):
        """Until the screen has the pattern so often."""
        end = time.time() + seconds
        while time.time() < end:
            if len(re.findall(pattern, self.screen(), re.MULTILINE)) >= times:
                return
            time.sleep(0.05)
        sys.exit(f"expected {pattern!r} {times} times, found:\n{self.screen()}")

    def prompt(self):
        """Until there is the prompt of an empty line at the end."""
        end = time.time() + 40
        while time.time() < end:
            if re.search(r"^> ?$", self.screen().split("\n")[-1]):
                return
            time.sleep(0.05)
        sys.exit(f"expected a prompt at the end, found:\n{self.screen()}")

    def code(self, seconds=40):
        """The exit code, once the program has ended."""
        end = time.time() + seconds
        while time.time() < end:
            if os.path.exists(self.status) and open(self.status).read():
                return int(open(self.status).read())
            time.sleep(0.05)
        sys.exit(f"expected the program to end, found:\n{self.screen()}")
