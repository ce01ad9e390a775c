"""scripted-model.py OUT TEMPLATE PIECE ...: a model in GGUF, of Qwen3's family, that
has one answer by heart, and Qwen3's tokens of thinking.

Its tokens are the bytes, Qwen3's special tokens, and the pieces, which differ. What
follows a line's end is the first piece, and what follows a piece is the next one; the
last one is followed by <|im_end|>. To that end the embedding of each token is a
direction of its own, the layer adds nothing, and the head looks for the direction of
the token before."""

import struct
import sys

out, template, *pieces = sys.argv[1:]
CONTROL, USER_DEFINED, NORMAL = 3, 4, 1
SPECIAL = {
    "<|endoftext|>": CONTROL,
    "<|im_start|>": CONTROL,
    "<|im_end|>": CONTROL,
    "<think>": USER_DEFINED,
    "</think>": USER_DEFINED,
    "<tool_call>": USER_DEFINED,
    "</tool_call>": USER_DEFINED,
}

# How byte-level vocabularies write the bytes.
seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
LETTERS = {byte: chr(byte) for byte in seen}
for byte in range(256):
    LETTERS.setdefault(byte, chr(256 + len(LETTERS) - len(seen)))


def spell(text):
    return "".join(LETTERS[byte] for byte in text.encode())


tokens = [LETTERS[byte] for byte in range(256)] + [
    spell(piece) for piece in pieces if piece not in SPECIAL and len(piece.encode()) > 1
]
types = [NORMAL] * len(tokens) + list(SPECIAL.values())
tokens += SPECIAL
assert len({"\n", *pieces}) == len(pieces) + 1, "the pieces have to differ, and none is a line's end"
chain = [tokens.index(piece if piece in SPECIAL else spell(piece)) for piece in ["\n", *pieces, "<|im_end|>"]]

HEAD = 64
WIDTH = (len(tokens) + 31) // 32 * 32


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def strings(texts):
    return struct.pack("<IQ", 8, len(texts)) + b"".join(map(string, texts))


KEYS = {
    "general.architecture": (8, string("qwen3")),
    "general.name": (8, string("scripted")),
    "qwen3.block_count": (4, struct.pack("<I", 1)),
    "qwen3.context_length": (4, struct.pack("<I", 1024)),
    "qwen3.embedding_length": (4, struct.pack("<I", WIDTH)),
    "qwen3.feed_forward_length": (4, struct.pack("<I", 32)),
    "qwen3.attention.head_count": (4, struct.pack("<I", 1)),
    "qwen3.attention.head_count_kv": (4, struct.pack("<I", 1)),
    "qwen3.attention.key_length": (4, struct.pack("<I", HEAD)),
    "qwen3.attention.value_length": (4, struct.pack("<I", HEAD)),
    "qwen3.rope.freq_base": (6, struct.pack("<f", 1e6)),
    "qwen3.attention.layer_norm_rms_epsilon": (6, struct.pack("<f", 1e-6)),
    "tokenizer.ggml.model": (8, string("gpt2")),
    "tokenizer.ggml.pre": (8, string("qwen2")),
    "tokenizer.ggml.tokens": (9, strings(tokens)),
    "tokenizer.ggml.token_type": (9, struct.pack("<IQ", 5, len(types)) + struct.pack(f"<{len(types)}i", *types)),
    "tokenizer.ggml.merges": (9, strings([])),
    "tokenizer.ggml.eos_token_id": (4, struct.pack("<I", tokens.index("<|im_end|>"))),
    "tokenizer.chat_template": (8, string(template)),
}


def matrix(rows, columns, ones=()):
    values = [0.0] * (rows * columns)
    for row, column in ones:
        values[row * columns + column] = 1.0
    return (columns, rows), values


def norm(size):
    return (size,), [1.0] * size


TENSORS = {
    "token_embd.weight": matrix(len(tokens), WIDTH, [(i, i) for i in range(len(tokens))]),
    "output_norm.weight": norm(WIDTH),
    "output.weight": matrix(len(tokens), WIDTH, [(after, before) for before, after in zip(chain, chain[1:])]),
    "blk.0.attn_norm.weight": norm(WIDTH),
    "blk.0.attn_q.weight": matrix(HEAD, WIDTH),
    "blk.0.attn_k.weight": matrix(HEAD, WIDTH),
    "blk.0.attn_v.weight": matrix(HEAD, WIDTH),
    "blk.0.attn_q_norm.weight": norm(HEAD),
    "blk.0.attn_k_norm.weight": norm(HEAD),
    "blk.0.attn_output.weight": matrix(WIDTH, HEAD),
    "blk.0.ffn_norm.weight": norm(WIDTH),
    "blk.0.ffn_gate.weight": matrix(32, WIDTH),
    "blk.0.ffn_up.weight": matrix(32, WIDTH),
    "blk.0.ffn_down.weight": matrix(WIDTH, 32),
}

head = struct.pack("<4sIQQ", b"GGUF", 3, len(TENSORS), len(KEYS))
for key, (kind, value) in KEYS.items():
    head += string(key) + struct.pack("<I", kind) + value
data = b""
for name, (shape, values) in TENSORS.items():
    head += string(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
    head += struct.pack("<IQ", 0, len(data))
    data += struct.pack(f"<{len(values)}f", *values)
    data += b"\0" * (-len(data) % 32)
open(out, "wb").write(head + b"\0" * (-len(head) % 32) + data)
