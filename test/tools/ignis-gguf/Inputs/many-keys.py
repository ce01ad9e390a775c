"""Writes a GGUF file of many keys and nothing else to stdout.

usage: many-keys.py COUNT
"""

import struct
import sys


def main():
    count = int(sys.argv[1])
    out = sys.stdout.buffer
    out.write(b"GGUF" + struct.pack("<IQQ", 3, 0, count))
    for i in range(count):
        name = b"k%d" % i
        out.write(struct.pack("<Q", len(name)) + name + struct.pack("<II", 4, i))


main()
