"""Runs a command over object caches in all kinds of states.

usage: object-cache.py [--owners] FOLDER COMMAND...

The command is an ignis-run that prints nothing; FOLDER is $XDG_CACHE_HOME. Fails
unless the logits are the same each time, an object is taken from the cache
exactly when it is the user's own and whole, and the next run finds one again.
--owners: entries and folders of another user, which only root can make.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
import time

owners = sys.argv[1] == "--owners"
base, command = sys.argv[1 + owners], sys.argv[2 + owners :]
folder = os.path.join(base, "ignis")
environment = dict(os.environ, XDG_CACHE_HOME=os.path.abspath(base))
expected = None


def run(what, cached, umask=0o022):
    """Runs the command, and checks where its object came from."""
    global expected
    before = os.umask(umask)
    result = subprocess.run(
        command + ["--stats", "-", "--dump-logits", "/dev/stderr"],
        env=environment,
        capture_output=True,
        timeout=60,
    )
    os.umask(before)
    if result.returncode != 0:
        sys.exit(f"{what}: exit code {result.returncode}, {result.stderr!r}")
    logits = result.stderr.split(b"\n", 1)[1]
    expected = expected or logits
    if logits != expected:
        sys.exit(f"{what}: other logits")
    if json.loads(result.stdout)["compile"]["cached"] != cached:
        sys.exit(f"{what}: expected cached to be {cached}")


def get_entry():
    names = [n for n in os.listdir(folder) if n.startswith("llvmcache-")]
    if len(names) != 1:
        sys.exit(f"expected one entry, found {names}")
    return os.path.join(folder, names[0])


def check_mode(path, mode):
    found = stat.S_IMODE(os.stat(path).st_mode)
    if found != mode:
        sys.exit(f"{path}: expected mode {mode:o}, found {found:o}")


def check_state(what, change, stays=False):
    """After `change` the object is made anew, and kept unless that stays."""
    change(get_entry())
    run(what, cached=False)
    run(what + ", again", cached=not stays)


def edit(offset, text):
    def change(entry):
        with open(entry, "r+b") as file:
            file.seek(offset, os.SEEK_SET if offset >= 0 else os.SEEK_END)
            file.write(text)

    return change


def replace(make):
    def change(entry):
        os.rename(entry, "kept")
        make("../../kept", entry)

    return change


for umask in (0o002, 0o777, 0):
    shutil.rmtree(folder, ignore_errors=True)
    run(f"umask {umask:o}", cached=False, umask=umask)
    check_mode(folder, 0o700)
    check_mode(get_entry(), 0o600)
    run("a second run", cached=True)

if owners:
    check_state("another's entry", lambda entry: os.chown(entry, 65534, 65534))
    os.chown(folder, 65534, 65534)
    run("another's folder", cached=False)
    run("another's folder, again", cached=False)
    sys.exit()

check_state("a byte changed", edit(-10, b"?"))
check_state("another version", edit(0, b"other"))
check_state("cut", lambda entry: os.truncate(entry, 1000))
check_state("empty", lambda entry: os.truncate(entry, 0))
check_state("others may write", lambda entry: os.chmod(entry, 0o620))
check_state("others may read", lambda entry: os.chmod(entry, 0o604))
check_state("a link", replace(os.symlink))
check_state("a second name", replace(lambda kept, entry: os.link("kept", entry)))
os.remove("kept")
check_state("a pipe", replace(lambda kept, entry: os.mkfifo(entry)))
os.remove("kept")

# A folder of ours that others may write is closed to them, a link not followed.
os.chmod(folder, 0o777)
run("an open folder", cached=True)
check_mode(folder, 0o700)
os.rename(folder, "elsewhere")
os.symlink("../elsewhere", folder)
run("a folder by a link", cached=False)
os.remove(folder)
open(folder, "w").close()
run("no folder", cached=False)
os.remove(folder)
os.rename("elsewhere", folder)

# What was not used for long goes, and so does what a kill left behind.
entry = get_entry()
for name in ("llvmcache-old", "llvmcache-young", ".ignis-0123456789abcdef.part"):
    shutil.copy(entry, os.path.join(folder, name))
month = time.time() - 40 * 24 * 3600
os.utime(os.path.join(folder, "llvmcache-old"), (month, month))
os.remove(os.path.join(folder, "llvmcache.timestamp"))
os.remove(entry)
run("pruning", cached=False)
names = sorted(os.listdir(folder))
if names != sorted([os.path.basename(entry), "llvmcache-young", "llvmcache.timestamp"]):
    sys.exit(f"after pruning: {names}")
