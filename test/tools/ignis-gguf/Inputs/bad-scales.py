"""bad-scales.py SCRATCH: makes a model in each type, then puts an infinity into
each binary16 number of the head's last block, and prints what check says of it."""

import subprocess
import sys

# Type, and where its numbers stand, from the file's end.
PLACES = {
    "f32": [4], "f16": [2], "bf16": [2],
    "q4_0": [18], "q4_1": [20, 18], "q5_0": [22], "q5_1": [24, 22],
    "q8_0": [34], "iq4_nl": [18], "iq4_xs": [136],
    "q2_k": [4, 2], "q3_k_s": [2], "q4_k_s": [144, 142], "q5_k_s": [176, 174],
    "q6_k": [2],
}  # fmt: skip
INFINITY = {"f32": b"\0\0\x80\x7f", "bf16": b"\x80\x7f"}

scratch = sys.argv[1]
for name, places in PLACES.items():
    good = f"{scratch}.{name}.gguf"
    subprocess.run(
        ["ignis-gguf", "synth", "--shape", "1,256,256,4,2,64,0", "--pure"]
        + ["--type", name, "-o", good],
        check=True,
    )
    content = open(good, "rb").read()
    for place in places:
        value = INFINITY.get(name, b"\x00\x7c")
        at = len(content) - place
        bad = f"{scratch}.{name}.bad.gguf"
        with open(bad, "wb") as file:
            file.write(content[:at] + value + content[at + len(value) :])
        found = subprocess.run(
            ["ignis-gguf", "check", bad], capture_output=True, text=True
        )
        last = found.stderr.strip().splitlines()[-1]
        print(found.returncode, f"at {at}", last)
        assert f"data at offset {at}:" in last
