#!/bin/bash
# The tables of python-free-docs/distribution.md: tokens per second on N machines, computed from what
# ignis-run says a token exchanges.
#
#   tools/distribution-table.sh [SHAPE...]
#
# The programs are expected in build/bin, or in PATH.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$root/build/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
memory=40e9 # bytes a second

echo "| model | gathers | bytes a token | machines | GB of each | 1 Gbit/s | 10 Gbit/s | 100 Gbit/s | NUMA |"
echo "|---|---|---|---|---|---|---|---|---|"
for shape in "${@:-7b 32b 72b}"; do
  for name in $shape; do
    ignis-gguf synth --shape "$name" --type q4_k_m --header-only -o "$work/model.gguf"
    truncate -s 80G "$work/model.gguf" # of which nothing is written, and little read
    for ranks in 1 2 4 8; do
      ignis-run -m "$work/model.gguf" --ids 1 -c 4096 --dry-run --ranks $ranks 2> /dev/null > "$work/need"
      awk -v name="$name" -v ranks=$ranks -v memory=$memory '
        /^[0-9]/ { if ($2 > weights) weights = $2; if ($7 > most) most = $7 }
        /^gathers/ { gathers = $2 }
        /^gathered/ { bytes = $2 }
        function speed(gigabits, latency) {
          hops = log(ranks) / log(2)
          exchanged = (ranks - 1) / ranks * bytes * 8 / (gigabits * 1e9)
          return 1 / (weights / memory + gathers * latency * hops + exchanged)
        }
        END {
          printf "| %s | %d | %d | %d | %.1f | %.1f | %.1f | %.1f | %.1f |\n", toupper(name), gathers, bytes,
                 ranks, most / 1e9, speed(1, 50e-6), speed(10, 20e-6), speed(100, 5e-6), speed(400, 1e-6)
        }' "$work/need"
    done
  done
done
