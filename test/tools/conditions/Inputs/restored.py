"""Ends a conversation at a terminal by each signal, at its prompt and while it
answers, and looks whether the terminal is as it was.

usage: restored.py COMMAND...
"""

import os
import pty
import signal
import subprocess
import sys
import termios
import time


def read_until(terminal, mark, process):
    text = b""
    while mark not in text:
        try:
            text += os.read(terminal, 4096)
        except OSError:
            sys.exit(f"expected {mark!r}, found {text!r}, exit code {process.wait()}")
    return text


def converse(command, sent, answering, times):
    terminal, inside = pty.openpty()
    before = termios.tcgetattr(terminal)
    process = subprocess.Popen(
        command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
        env=dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8"),
        # A test may itself run where a signal is ignored, which programs respect.
        preexec_fn=lambda: signal.signal(sent, signal.SIG_DFL),
    )
    os.close(inside)
    read_until(terminal, b"> ", process)
    if answering:
        os.write(terminal, b"Who art thou?\r")
        read_until(terminal, b"\n", process)
        time.sleep(0.05)
    else:
        end = time.monotonic() + 20
        while termios.tcgetattr(terminal) == before:
            if time.monotonic() > end:
                sys.exit("expected a prompt to edit its line, found a terminal left alone")
            time.sleep(0.01)
    for _ in range(times):
        process.send_signal(sent)
        time.sleep(0.2)
    os.set_blocking(terminal, False)
    end = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        try:
            os.read(terminal, 4096)
        except (BlockingIOError, OSError):
            time.sleep(0.01)
    code = process.poll()
    after = termios.tcgetattr(terminal)
    if code is None:
        process.kill()
    os.close(terminal)
    where = f"{sent.name}, {times} times, {'answering' if answering else 'at the prompt'}"
    if code not in (0, 128 + sent):
        sys.exit(f"{where}: exit code {code}")
    if after != before:
        sys.exit(f"{where}: the terminal is left as {after}, it was {before}")


for answering in (False, True):
    for sent in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        converse(sys.argv[1:], sent, answering, 1)
    converse(sys.argv[1:], signal.SIGINT, answering, 2)
