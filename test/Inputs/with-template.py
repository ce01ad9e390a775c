"""with-template.py IN OUT TEMPLATE: a copy of a GGUF file that has a chat template."""

import struct
import sys

source, target, template = sys.argv[1:]
data = open(source, "rb").read()
_, version, tensors, keys = struct.unpack_from("<4sIQQ", data)
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def string(at):
    return at + 8 + struct.unpack_from("<Q", data, at)[0]


def value(kind, at):
    """Where a value ends."""
    if kind == 8:
        return string(at)
    if kind != 9:
        return at + SIZES[kind]
    element, count = struct.unpack_from("<IQ", data, at)
    at += 12
    if element in SIZES:
        return at + count * SIZES[element]
    for _ in range(count):
        at = value(element, at)
    return at


at, alignment = 24, 32
for _ in range(keys):
    end = string(at)
    kind = struct.unpack_from("<I", data, end)[0]
    if data[at + 8 : end] == b"general.alignment":
        alignment = struct.unpack_from("<I", data, end + 4)[0]
    at = value(kind, end + 4)
for _ in range(tensors):
    at = string(at)
    at += 4 + 8 * struct.unpack_from("<I", data, at)[0] + 4 + 8


def pad(size):
    return -size % alignment


key, text = b"tokenizer.chat_template", template.encode()
added = struct.pack("<Q", len(key)) + key + struct.pack("<IQ", 8, len(text)) + text
head = struct.pack("<4sIQQ", b"GGUF", version, tensors, keys + 1) + added + data[24:at]
open(target, "wb").write(head + b"\0" * pad(len(head)) + data[at + pad(at) :])
