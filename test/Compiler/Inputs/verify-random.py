"""verify-random.py FIRST LAST MODEL: runs `ignis-run --verify-passes` on a random
model and prompt for each seed from FIRST to LAST; MODEL is the file to write."""

import random
import re
import subprocess
import sys


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


first, last, model = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
types = ["q8_0", "f16", "q4_k_m", "f32", "q2_k", "q5_1", "bf16", "iq4_xs"]
for seed in range(first, last + 1):
    choose = random.Random(seed)
    run("ignis-gguf", "synth", "--shape", "random", "--seed", str(seed),
        "--type", types[seed % len(types)], "-o", model)
    shape = run("ignis-gguf", "info", model)
    vocab = int(re.search(r"vocabulary (\d+)", shape).group(1))
    length = choose.choice([1, 2, 3, 9, 18])
    ids = ",".join(str(choose.randrange(vocab)) for _ in range(length))
    text = run("ignis-run", "-m", model, "--verify-passes", "--ids", ids,
               "-b", str(choose.choice([1, 2, 7, 512])),
               "-t", str(choose.randrange(1, 4)),
               "--cache-type", choose.choice(["f16", "f32"]))
    print(re.search("model: .*", shape).group())
    if not text.splitlines()[1].endswith(f"{2 * length} rows") \
            or text.count("same bits") != 16:
        sys.exit(text)
