"""Compares the peak memory of runs with what it is allowed to be."""
import json
import os
import sys

model, *runs = sys.argv[1:]
weights = os.path.getsize(model)
for run in runs:
    with open(run) as file:
        stats = json.load(file)
    allowed = (weights + stats["cache_bytes"] + (64 << 20)
               + stats["compile_memory_bytes"])
    peak = stats["peak_memory_bytes"]
    verdict = "within bounds" if peak <= allowed else f"{peak} > {allowed}"
    name = os.path.splitext(os.path.basename(run))[0]
    share = stats["packed_bytes"] / weights
    print(f"{name}: {verdict}, packed {share:.2f} of the file")
