#!/usr/bin/env python3
"""Holds the logits of made-up models against digests that were kept.

    golden-digests.py [--renew] FILE DIRECTORY [MODELS]

Twenty models of random shapes, of both families, each in two of the formats of
weights, each on every ISA that this CPU runs; DIRECTORY is for the models. A
digest is the SHA-256 of the logits of a prompt and of the tokens that follow
it, which are the same bits on every machine: FILE has one line for a model and
a format. --renew writes it, after a change that was meant to change results.
With MODELS, only so many of them are tried.
"""

import hashlib
import os
import subprocess
import sys

MODELS = 20
TYPES = (
    "f32 f16 bf16 q4_0 q4_1 q5_0 q5_1 q8_0 q2_k q3_k_s q3_k_m q3_k_l q4_k_s "
    "q4_k_m q5_k_s q5_k_m q6_k iq4_nl iq4_xs"
).split()
ISAS = {
    "scalar": "fma",
    "avx2": "avx2",
    "avxvnni": "avx_vnni",
    "avx512vnni_256": "avx512_vnni",
    "avx512vnni": "avx512_vnni",
    "neon": "asimd",
    "neon_dotprod": "asimddp",
    "neon_i8mm": "i8mm",
}
IDS = "1,2,3,0,4,5,6,7,8,1,2"


def find_isas():
    with open("/proc/cpuinfo") as info:
        flags = set(info.read().split())
    # Arm's CPUs have no flag for what all of them do without a library.
    names = [name for name, flag in ISAS.items() if flag in flags]
    return names or ["scalar"]


def get_digest(model, isa):
    run = ["ignis-run", "-m", model, "--ids", IDS, "-n", "3", "--temp", "0"]
    run += ["--no-display-prompt", "-t", "2", "--ignore-eos", "--dump-logits", model + ".logits"]
    subprocess.run(
        run,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "IGNIS_ISA": isa},
    )
    with open(model + ".logits", "rb") as logits:
        return hashlib.sha256(logits.read()).hexdigest()


def find_digests(directory, models):
    """Yields a line for each model and format; an ISA that differs is an error."""
    isas = find_isas()
    for seed in range(models):
        for kind in (TYPES[seed % len(TYPES)], TYPES[(seed + 8) % len(TYPES)]):
            model = os.path.join(directory, "model.gguf")
            synth = ["ignis-gguf", "synth", "--shape", "random", "--type", kind]
            subprocess.run(synth + ["--seed", str(seed), "-o", model], check=True)
            digests = {isa: get_digest(model, isa) for isa in isas}
            if len(set(digests.values())) != 1:
                sys.exit(f"model {seed}, {kind}: ISAs differ: {digests}")
            yield f"{seed} {kind} {digests[isas[0]]}"


def main():
    renew = sys.argv[1] == "--renew"
    file, directory, *models = sys.argv[1 + renew :]
    found = list(find_digests(directory, int(models[0]) if models else MODELS))
    if renew:
        with open(file, "w") as out:
            out.write("\n".join(found) + "\n")
        return
    with open(file) as kept:
        expected = kept.read().splitlines()[: len(found)]
    for line, kept in zip(found, expected, strict=True):
        if line != kept:
            sys.exit(f"expected {kept}, found {line}")
    print(f"{len(found)} digests on {len(find_isas())} ISAs")


main()
