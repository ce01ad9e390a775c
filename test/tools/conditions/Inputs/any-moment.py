"""Ends a command by signals, at moments from its beginning to its end.

usage: any-moment.py [--all-or-none] COMMAND...

Each run has a folder of its own below the current one, empty caches and its
temporary files there. Fails unless a run ends as the signal says or as it does
without one, with no file left but those it was told to write, each whole, or, if that is asked
for, all of them or none.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
MOMENTS = 16
MOMENTS_OF_SEVERAL = 160  # between any two files there is one that matters


def start(command):
    shutil.rmtree("run", ignore_errors=True)
    os.makedirs("run/tmp")
    folder = os.path.abspath("run")
    return subprocess.Popen(
        command,
        cwd=folder,
        env=dict(os.environ, XDG_CACHE_HOME=folder + "/cache", TMPDIR=folder + "/tmp"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: [signal.signal(s, signal.SIG_DFL) for s in SIGNALS],
    )


def list_files():
    """Of what the run left: those of the cache are objects, by name."""
    return {
        os.path.join(folder, name)
        for folder, _, names in os.walk("run")
        for name in names
        if not name.startswith("llvmcache")
    }


def main():
    command = sys.argv[1:]
    together = command[0] == "--all-or-none"
    command = command[together:]
    begin = time.monotonic()
    process = start(command)
    errors = process.communicate()[1]
    if process.returncode != 0:
        sys.exit(f"exit code {process.returncode}: {errors}")
    duration = time.monotonic() - begin
    expected = list_files()
    moments = MOMENTS_OF_SEVERAL if together else MOMENTS
    for moment in range(moments):
        sent = SIGNALS[moment % len(SIGNALS)]
        process = start(command)
        time.sleep(duration * moment / moments)
        process.send_signal(sent)
        errors = process.communicate()[1].decode()
        # Before main, a signal's own effect: what a shell shows as 128 and more.
        if process.returncode not in (0, 128 + sent, -sent):
            sys.exit(f"{sent.name}, {moment}: exit code {process.returncode}: {errors}")
        if "error" in errors and "interrupted" not in errors:
            sys.exit(f"{sent.name}, {moment}: {errors}")
        left = list_files()
        if not left <= expected or (together and left not in (set(), expected)):
            sys.exit(f"{sent.name}, {moment}: left {left} of {expected}")
    shutil.rmtree("run")


main()
