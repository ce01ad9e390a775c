"""Whether models give the same bits by every way of computing them.

usage: same-bits.py IDS MODEL...

Each model is run once with every instruction set of this machine. Threads, rows a batch, packing
and the stage after which optimisation stops vary with it, in
other combinations for each model. Then every pass of its compilation is verified.
"""

import os
import subprocess
import sys
import tempfile

INSTRUCTION_SETS = {  # and the flag of /proc/cpuinfo of each
    "scalar": "fma", "avx2": "avx2", "avxvnni": "avx_vnni", "avx512vnni_256": "avx512_vnni",
    "avx512vnni": "avx512_vnni", "neon": "asimd", "neon_dotprod": "asimddp", "neon_i8mm": "i8mm",
}
STAGES = ["ignis", "fused", "bufferized", "phases", "planned", "scheduled",
          "llvm-dialect", "llvm", "asm", "obj"]
PASSES = 16  # that `--verify-passes` has a line for


def run(model, *options, isa=None):
    environment = dict(os.environ, **({"IGNIS_ISA": isa} if isa else {}))
    command = ["ignis-run", "-m", model, "--ids", ids, *options]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{isa} {' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


ids, *models = sys.argv[1:]
flags = set(open("/proc/cpuinfo").read().split())
available = [isa for isa, flag in INSTRUCTION_SETS.items() if flag in flags]
with tempfile.TemporaryDirectory() as folder:
    logits = os.path.join(folder, "logits")

    def compute(model, *options, isa=None):
        run(model, "-n", "2", "--temp", "0", "--dump-logits", logits, *options, isa=isa)
        with open(logits, "rb") as file:
            return file.read()

    for number, model in enumerate(models):
        expected = compute(model, "-t", "1", "-b", "512", "--pack", "never")
        for place, isa in enumerate(available):
            way = number + place
            options = ["-t", str(1 + way % 4), "-b", str([1, 3, 7, 512][(way + number // 4) % 4]),
                       "--pack", ["always", "never"][(way + number // 2) % 2],
                       "--stop-after", STAGES[(number * len(available) + place) % len(STAGES)]]
            if compute(model, *options, isa=isa) != expected:
                sys.exit(f"{model} {isa} {' '.join(options)}: other bits")
        text = run(model, "--verify-passes", "-t", "2")
        if text.count("same bits") != PASSES or "DIFFERENT" in text:
            sys.exit(text)
        print(f"{os.path.basename(model)}: same bits by {len(available) + 1} ways")
