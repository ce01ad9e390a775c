"""Runs a command that may make the system calls of a list, and no others.

usage: confined.py PAGE COMMAND...

PAGE is a page of the documentation with the list, in blocks that are marked
`syscalls`. Another call, and a page that is to be writable and executable at once,
kill the command (SIGSYS).
"""

import ctypes
import os
import re
import struct
import subprocess
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, AND, JUMP_IF_EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
NUMBER, THIRD_ARGUMENT = 0, 32
WRITABLE_AND_EXECUTABLE = 6


def find_numbers():
    """Of this machine's system calls, by name."""
    macros = subprocess.run(
        ["clang", "-E", "-dM", "-include", "sys/syscall.h", "-xc", os.devnull],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {n: int(v) for n, v in re.findall(r"__NR_(\w+) (\d+)\n", macros)}


def make_filter(names):
    numbers = find_numbers()
    protecting = [numbers["mmap"], numbers["mprotect"]]
    others = sorted({numbers[name] for name in names} - set(protecting))
    # What follows the comparisons, from the end: allow, kill, and the look at
    # the protection, which takes three.
    program = [(LOAD, 0, 0, NUMBER)]
    count = len(protecting) + len(others)
    for at, number in enumerate(protecting):
        program.append((JUMP_IF_EQUAL, count - at, 0, number))
    for at, number in enumerate(others, len(protecting)):
        program.append((JUMP_IF_EQUAL, count - at + 4, 0, number))
    program += [
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, THIRD_ARGUMENT),
        (AND, 0, 0, WRITABLE_AND_EXECUTABLE),
        (JUMP_IF_EQUAL, 0, 1, WRITABLE_AND_EXECUTABLE),
        (RETURN, 0, 0, KILL),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in program)


def main():
    with open(sys.argv[1], encoding="utf-8") as page:
        names = " ".join(re.findall(r"```syscalls\n(.*?)```", page.read(), re.S)).split()
    bytes_ = ctypes.create_string_buffer(make_filter(names))
    length = len(bytes_.raw) // 8
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", length, ctypes.addressof(bytes_))
    )
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        sys.exit("no_new_privs: " + os.strerror(ctypes.get_errno()))
    path = next(
        path
        for folder in os.environ["PATH"].split(":")
        if os.access(path := os.path.join(folder, sys.argv[2]), os.X_OK)
    )
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) != 0:
        sys.exit("seccomp: " + os.strerror(ctypes.get_errno()))
    os.execv(path, sys.argv[2:])


main()
