"""drive.py LIBRARY FILE: uses the C interface by ctypes."""

import ctypes as c
import os
import sys
import threading

library, saved = sys.argv[1:]
ignis = c.CDLL(library)


class Error(c.Structure):
    _fields_ = [("message", c.c_char * 512)]


class Options(c.Structure):
    _fields_ = [
        ("context", c.c_int64),
        ("positions", c.c_int64),
        ("batch", c.c_int64),
        ("threads", c.c_int),
    ]


class Sampling(c.Structure):
    _fields_ = [
        ("seed", c.c_uint64),
        ("temperature", c.c_float),
        ("top_k", c.c_int64),
        ("top_p", c.c_float),
        ("min_p", c.c_float),
        ("repeat_penalty", c.c_float),
        ("repeat_last_n", c.c_int64),
        ("lookup", c.c_bool),
        ("log_probabilities", c.c_bool),
    ]


ignis.ignis_default_sampling.restype = Sampling
ignis.ignis_model_vocab.restype = c.c_int64
ignis.ignis_sequence_length.restype = c.c_int64
ignis.ignis_sequence_logits.restype = c.POINTER(c.c_float)
ignis.ignis_sequence_chosen.restype = c.POINTER(c.c_int32)
package = c.byref(c.c_char.in_dll(ignis, "ignis_package_bard"))


def call(function, *arguments):
    error = Error()
    status = function(*arguments, c.byref(error))
    if status:
        raise RuntimeError(f"{status}: {error.message.decode()}")


def create(function, *arguments):
    handle = c.c_void_p()
    call(function, *arguments, c.byref(handle))
    return handle


def executor(threads=2):
    options = Options(512, 8192, 0, threads)
    return create(ignis.ignis_executor_create, model, c.byref(options))


def sampling(**changes):
    result = ignis.ignis_default_sampling()
    for name, value in changes.items():
        setattr(result, name, value)
    return result


def begin(worker, tokens, options=None):
    options = options or sampling()
    text = create(ignis.ignis_sequence_create, worker, c.byref(options))
    array = (c.c_int32 * len(tokens))(*tokens)
    call(ignis.ignis_sequence_append, text, array, c.c_size_t(len(tokens)))
    return text


def step(*texts):
    """Returns what each text was given, and the bits of its logits."""
    handles = (c.c_void_p * len(texts))(*[text.value for text in texts])
    call(ignis.ignis_step, handles, c.c_size_t(len(texts)))
    results = []
    for text in texts:
        count = c.c_size_t()
        chosen = ignis.ignis_sequence_chosen(text, c.byref(count))
        logits = ignis.ignis_sequence_logits(text)
        results.append((chosen[: count.value], c.string_at(logits, 4 * vocab)))
    return results


def generate(text, steps=10):
    return [step(text)[0] for _ in range(steps)]


model = create(ignis.ignis_model_load, package, None)
vocab = ignis.ignis_model_vocab(model)
worker = executor()
prompts = [[5, 9, 700], [33], list(range(100, 170))]
options = [sampling(seed=i) for i in range(3)]
alone = [generate(begin(worker, p, o)) for p, o in zip(prompts, options)]

together = [begin(worker, p, o) for p, o in zip(prompts, options)]
steps = [step(*together) for _ in range(10)]
assert [list(column) for column in zip(*steps)] == alone
print("alone and together: same bits")

text = begin(worker, prompts[2], options[2])
first = generate(text, 4)
fork = create(ignis.ignis_sequence_fork, text)
assert first + generate(fork, 6) == alone[2] == first + generate(text, 6)
print("fork: same bits")

text = begin(worker, prompts[2], sampling(temperature=0))
expected = generate(text)
text = begin(worker, prompts[2], sampling(temperature=0))
first = generate(text, 1)
call(ignis.ignis_sequence_save, text, saved.encode())
greedy = sampling(temperature=0)
loaded = create(
    ignis.ignis_sequence_load, executor(1), saved.encode(), c.byref(greedy)
)
assert first + generate(loaded, 9) == expected
print("saved: same bits")


def text_of(steps):
    return [token for chosen, _ in steps for token in chosen]


repeated = [1, 2, 3, 4] * 8
plain = text_of(generate(begin(worker, repeated, greedy), 60))
drafted = text_of(
    generate(begin(worker, repeated, sampling(temperature=0, lookup=True)), 60)
)
assert drafted[:60] == plain
print("drafts: same text")

# A model that is packed for one set of kernels is used by another, and another
# model is loaded and packed beside it.
generate(begin(worker, [1], greedy), 60)
os.environ["IGNIS_ISA"] = "scalar"
scalar = executor(1)
other = create(ignis.ignis_model_load, package, None)
beside = create(
    ignis.ignis_executor_create, other, c.byref(Options(512, 8192, 0, 1))
)
assert generate(begin(beside, prompts[0], options[0])) == alone[0]
del os.environ["IGNIS_ISA"]
assert generate(begin(scalar, prompts[0], options[0])) == alone[0]
assert generate(begin(worker, prompts[0], options[0])) == alone[0]
print("other kernels: same bits")

results = {}


def work(index):
    results[index] = generate(begin(worker, prompts[index], options[index]))


threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert [results[i] for i in range(3)] == alone
print("threads: same bits")



def resident():
    """Bytes of this process's memory that are there."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# Weights are there once, for all executors; pages for what is written.
count, length, position_bytes = 100, 1000, 6 * 2 * 64 * 2
before = resident()
crowd = create(ignis.ignis_executor_create, model, c.byref(Options(1024, count * 1024, 0, 2)))
texts = [begin(crowd, [(i * j + j) % vocab for j in range(length)], greedy) for i in range(count)]
for text in texts:
    while not step(text)[0][0]:
        pass
pages = count * ((length + 63) // 64 * 64) * position_bytes
taken = resident() - before
assert pages * 0.9 < taken < pages + (64 << 20), (pages, taken)
print("a hundred texts: their pages and no more")

try:
    begin(worker, [vocab])
except RuntimeError as error:
    assert str(error).startswith(f"2: token {vocab}: expected an id"), error
    print("errors are values")
