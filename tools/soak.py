#!/usr/bin/env python3
"""Runs all programs with random options, over and over, and holds what they give
against what they gave first.

    tools/soak.py [--bin DIR] [--seconds N | --runs N] [--seed N]

What must not matter is drawn anew each time: threads, kernels, whether the object
cache holds something, how much of a prompt is computed at once, which stage the
passes stop after. Exit code, stdout and every file written have to be as in the
first such run, memory may not grow, and nothing may be left over.
"""

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

MODEL = "model.gguf"
TEXTS = ("To be, or not to be", "", "KING HENRY:\nWhat, is", "\u00e9\u4e2d 12'll\n\n x")
TYPES = ("f16", "q8_0", "q4_0", "q4_k_m", "q6_k", "iq4_nl")
STAGES = ("ignis", "fused", "bufferized", "phases", "planned", "scheduled")


def draw_sampling(draw):
    options = ["-n", str(draw.randrange(1, 24)), "-s", str(draw.randrange(4))]
    options += ["--temp", draw.choice(("0", "0.7", "1.3"))]
    for name, values in (
        ("--top-k", ("0", "5")),
        ("--top-p", ("0.5", "1")),
        ("--min-p", ("0", "0.2")),
        ("--repeat-penalty", ("1.2",)),
        ("--choice", ("yes", "no")),
        ("--regex", ("[a-z ]{3,9}[.!]",)),
        ("-r", ("e",)),
    ):
        if draw.random() < 0.2:
            options += [name, draw.choice(values)]
    return options


def draw_run(draw):
    """A text, its logits and nothing else that may change."""
    command = ["ignis-run", "-p", draw.choice(TEXTS[0::2]), *draw_sampling(draw)]
    command += ["--cache-type", draw.choice(("f16", "f32"))]
    if draw.random() < 0.5:
        command += ["--dump-logits", "logits"]
    return command


def draw_mistake(draw):
    return draw.choice(
        (
            ["ignis-run", "-m", "none.gguf", "-p", "x"],
            ["ignis-run", "-m", "text", "-p", "x"],
            ["ignis-run", "--ids", "99999", "-n", "1"],
            ["ignis-run", "-n", "x"],
            ["ignis-run", "-p", "x", "--grammar", "root ::= ("],
            ["ignis-run", "-p", "x", "-n", "1", "--dump-logits", "none/x"],
            ["ignis-gguf", "quantize", MODEL, "none/x"],
            ["ignis-compile", "-m", "text", "-o", "out"],
            ["ignis-opt", "text"],
            ["ignis-plan", "text"],
        )
    )


def draw_gguf(draw):
    return draw.choice(
        (
            ["ignis-gguf", "info", MODEL],
            ["ignis-gguf", "check", MODEL],
            ["ignis-gguf", "quantize", MODEL, "out.gguf", draw.choice(TYPES)],
            ["ignis-gguf", "split", MODEL, "part", "--split-max-tensors", "9"],
            ["ignis-gguf", "synth", "--shape", "random", "--type", draw.choice(TYPES)]
            + ["--seed", str(draw.randrange(9)), "-o", "out.gguf"],
        )
    )


def draw_tokenize(draw):
    special = ["--special"] if draw.random() < 0.5 else []
    return ["ignis-tokenize", "-m", "bard.gguf", *special]


def draw_module(draw):
    command = ["ignis-translate", "--gguf-to-ignis", MODEL, "-o", "out.mlir"]
    passes = [["--ignis-fuse-rms-norm", "--ignis-fuse-swiglu"], ["--ignis-bufferize"]]
    return draw.choice(
        (
            command + draw.choice(([], ["--tokens", "3"], ["--logits", "argmax"])),
            ["ignis-opt", "graph.mlir", "-o", "out.mlir", *draw.choice(passes)],
            ["ignis-run", "-m", MODEL, "--emit", draw.choice(STAGES)],
            ["ignis-plan", "table.csv", "-o", "plan.csv", "--certificate", "why.json"],
        )
    )


def draw_compile(draw):
    name = draw.choice(("out", "lib.a", "lib.so"))
    command = ["ignis-compile", "-m", MODEL, "-o", name]
    return command + (["--embed"] if draw.random() < 0.5 else [])


KINDS = (draw_run,) * 6 + (draw_gguf, draw_gguf, draw_tokenize, draw_module)
KINDS += (draw_mistake, draw_compile)


def vary(command, draw, isas):
    """The same command in circumstances that change no result."""
    environment = {}
    name, *rest = command
    if name == "ignis-run" and "-n" in command and "--emit" not in command:
        environment["IGNIS_ISA"] = draw.choice(isas)
        rest += ["-t", str(draw.randrange(1, 5))]
        rest += ["-b", str(draw.choice((1, 2, 7, 512)))]
        rest += ["--pack", draw.choice(("auto", "never", "always"))]
        if draw.random() < 0.3:
            rest += ["--stop-after", draw.choice(STAGES)]
        if draw.random() < 0.3:
            rest += ["--lookup"]
    return [name, *rest], environment


class Soak:
    def __init__(self, binaries, folder, seed):
        self.binaries = binaries
        self.folder = folder
        self.draw = random.Random(seed)
        self.known = {}  # by command: digest and memory of its first run
        self.prepare()
        self.pool = [self.draw.choice(KINDS)(self.draw) for _ in range(200)]
        self.isas = self.find_isas()

    def prepare(self):
        for name in ("given", "tmp", "work", "cache"):
            os.mkdir(self.path(name))
        given = self.path("given")
        bundled = os.path.dirname(os.path.abspath(__file__)) + "/../lib/Model/Bundled"
        shutil.copy(bundled + "/ignis-bard-q8_0.gguf", given + "/bard.gguf")
        shape = ["--shape", "2,64,96,2,1,60,0", "-o", given + "/" + MODEL]
        self.call(["ignis-gguf", "synth", *shape], given)
        graph = ["--gguf-to-ignis", MODEL, "-o", "graph.mlir"]
        self.call(["ignis-translate", *graph], given)
        with open(given + "/text", "w", encoding="utf-8") as text:
            text.write(TEXTS[3])
        with open(given + "/table.csv", "w", encoding="utf-8") as table:
            table.write("id,lower,upper,size\n")
            for i in range(12):
                table.write(f"{i},{i % 5},{i % 5 + i % 3 + 2},{i * 37 % 11 + 1}\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, command, folder, **environment):
        """The exit code, stdout, stderr, and the largest memory in KiB."""
        environment = dict(os.environ, TMPDIR=self.path("tmp"), **environment)
        environment.setdefault("XDG_CACHE_HOME", self.path("cache"))
        text = os.path.join(folder, "text")
        with (
            open(text if os.path.exists(text) else os.devnull, "rb") as given,
            open(self.path("stderr"), "wb") as errors,
        ):
            process = subprocess.Popen(
                [os.path.join(self.binaries, command[0]), *command[1:]],
                cwd=folder,
                env=environment,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, output, usage.ru_maxrss

    def find_isas(self):
        names = ("scalar", "avx2", "avxvnni", "avx512vnni", "neon", "neon_dotprod")
        tried = ["ignis-run", "--ids", "1", "-n", "0"]
        return [
            name
            for name in names
            if self.call(tried, self.path("work"), IGNIS_ISA=name)[0] == 0
        ]

    def step(self):
        command = self.draw.choice(self.pool)
        varied, environment = vary(command, self.draw, self.isas)
        if self.draw.random() < 0.1:
            shutil.rmtree(self.path("cache") + "/ignis", ignore_errors=True)
        work = self.path("work")
        shutil.rmtree(work)
        shutil.copytree(self.path("given"), work)
        code, output, memory = self.call(varied, work, **environment)

        digest = hashlib.sha256(b"%d %d " % (code, len(output)) + output)
        for name in sorted(os.listdir(work)):
            # In pieces: what this program holds counts as its children's.
            digest.update(name.encode() + b"\0")
            with open(os.path.join(work, name), "rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
        self.check(varied, environment, code, digest.hexdigest(), memory, command)
        left = os.listdir(self.path("tmp"))
        left += [n for n in os.listdir(work) if n.endswith(".part")]
        cache = self.path("cache") + "/ignis"
        if os.path.isdir(cache):
            left += [n for n in os.listdir(cache) if not n.startswith("llvmcache")]
        if left:
            self.fail(varied, environment, f"left {left}")

    def check(self, varied, environment, code, digest, memory, command):
        if code not in (0, 1, 2, 3):
            self.fail(varied, environment, f"exit code {code}")
        first = self.known.setdefault(tuple(command), (digest, memory))
        if digest != first[0]:
            self.fail(varied, environment, "another result than its first run's")
        # Threads and kernels take some; what grows with each run takes more.
        if memory > 2 * first[1] + 65536:
            self.fail(varied, environment, f"{memory} KiB, first {first[1]}")

    def fail(self, command, environment, what):
        with open(self.path("stderr"), encoding="utf-8", errors="replace") as file:
            sys.exit(f"{environment} {command}: {what}\n{file.read()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--bin", default=root + "/build/bin")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ignis-soak-") as folder:
        soak = Soak(options.bin, folder, options.seed)
        end = time.monotonic() + options.seconds
        runs = 0
        while runs != options.runs if options.runs else time.monotonic() < end:
            soak.step()
            runs += 1
    print(f"{runs} runs of {len(soak.known)} commands: every output as its first")


main()
