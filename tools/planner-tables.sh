#!/bin/bash
# The tables of python-free-docs/placement.md: what methods of placement need, how long
# MiniMalloc's instances take, and what planning order, in-place choice and offsets together saves.
#
#   tools/planner-tables.sh methods [FOLDER OF MINIMALLOC'S INSTANCES] [STEPS]
#   tools/planner-tables.sh times FOLDER OF MINIMALLOC'S INSTANCES
#   tools/planner-tables.sh joint [SHAPE...]
#
# The programs are expected in build/bin, or in PATH.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$root/build/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unfused=--ignis-bufferize
two="--ignis-fuse-rms-norm --ignis-fuse-swiglu --ignis-bufferize"
fused="--ignis-fuse --ignis-bufferize"
phased="$fused --ignis-form-phases"

graph() { # SHAPE TOKENS
  ignis-gguf synth --shape "$1" --header-only -o "$work/model.gguf"
  ignis-translate --gguf-to-ignis "$work/model.gguf" --tokens="$2" -o "$work/graph.mlir"
}

# What the passes leave to place, as a table: the places of one class are one buffer.
table() { # PASSES...
  ignis-opt "$work/graph.mlir" "$@" --ignis-plan-memory="report=$work/plan.json" -o /dev/null
  python3 - "$work/plan.json" > "$work/plan.csv" <<'PYTHON'
import json, sys
(function,) = json.load(open(sys.argv[1]))["functions"]
places = {}
for buffer in function["placement"]:
    first, last = buffer["first_phase"], buffer["last_phase"]
    place = places.setdefault(buffer["class"], [first, last, buffer["size"]])
    place[:2] = min(place[0], first), max(place[1], last)
print("id,lower,upper,size")
for name, (first, last, size) in places.items():
    print(f"{name},{first},{last + 1},{size}")
PYTHON
}

# One row: bytes of the bound, then percent of it for each method.
row() { # NAME FILE.csv STEPS
  ignis-plan --compare "$2" --steps "$3" | awk -v name="$1" '
    { bytes[NR] = $(NF - (/minimal/ ? 2 : 1)); share[NR] = $(NF - (/minimal/ ? 1 : 0)) }
    /minimal/ { proven = "" } /^search/ && !/minimal/ { proven = ", not proven" }
    END { printf "| %s | %d | %s | %s | %s | %s | %s%s |\n",
          name, bytes[7], share[2], share[3], share[4], share[5], share[6], proven }'
}

# Rectangles of known height, cut by lines across and into five around a middle one.
cut() { # SEED
  python3 - "$1" <<'PYTHON'
import random, sys
choose = random.Random(int(sys.argv[1]))
todo = [(0, 60, 0, 1 << 20)]
while len(todo) < 60:
    l, r, b, t = todo.pop(choose.randrange(len(todo)))
    x = sorted(choose.sample(range(l + 1, r), 2)) if r - l > 2 else None
    y = sorted(choose.sample(range(b + 1, t), 2)) if t - b > 2 else None
    if x and y and choose.random() < 0.3:
        todo += [(l, x[1], b, y[0]), (x[1], r, b, y[1]), (x[0], r, y[1], t),
                 (l, x[0], y[0], t), (x[0], x[1], y[0], y[1])]
    elif x and choose.random() < 0.5:
        todo += [(l, x[0], b, t), (x[0], r, b, t)]
    elif y:
        todo += [(l, r, b, y[0]), (l, r, y[0], t)]
    else:
        todo.append((l, r, b, t))
print("id,lower,upper,size")
for i, (l, r, b, t) in enumerate(todo):
    print(f"{i},{l},{r},{t - b}")
PYTHON
}

methods() {
  local instances=${1:-} steps=${2:-1000000}
  echo "| buffers | bound, bytes | colouring | first fit | best fit | largest first | search |"
  echo "|---|---|---|---|---|---|---|"
  for shape in 0.5b qwen3-0.6b; do
    for tokens in 1 512; do
      graph "$shape" "$tokens"
      for stage in unfused two fused phased; do
        table ${!stage}
        row "$shape, $stage, T = $tokens" "$work/plan.csv" "$steps"
      done
    done
  done
  for file in "${instances:+$instances/}"*.1048576.csv; do
    [ -e "$file" ] && row "MiniMalloc's $(basename "$file" .1048576.csv)" "$file" "$steps"
  done
  for seed in 1 2 3 4; do
    cut "$seed" > "$work/cut.csv"
    row "cut from a rectangle, $seed" "$work/cut.csv" "$steps"
  done
}

# Least user seconds of three runs.
seconds() { # COMMAND...
  local TIMEFORMAT=%U
  for _ in 1 2 3; do
    { time "$@" > /dev/null 2>&1; } 2>&1
  done | sort -n | head -1
}

# 10^9 cycles of any processor that takes three for a product and one for a sum: what makes
# seconds of this machine comparable with those of another.
clock() {
  cat > "$work/cycles.c" <<'C'
int main(int argc, char **argv) {
  unsigned long x = argc;
  for (long i = 0; i < 250000000; ++i) {
    x = x * 6364136223846793005ul + 1442695040888963407ul;
    __asm__ volatile("" : "+r"(x)); /* each product waits for the sum before it */
  }
  return x == 0;
}
C
  "${CC:-clang-22}" -O2 "$work/cycles.c" -o "$work/cycles"
  seconds "$work/cycles" | awk '{ printf "%.2f", 1 / $1 }'
}

# Each instance at its capacity, beside the user seconds of MiniMalloc's own program on a machine
# of two cores whose clock is not known; then its least height found in 1,000,000 steps.
times() { # FOLDER
  local ghz
  ghz=$(clock)
  echo "| | MiniMalloc, s | ignis-plan, s | GHz of equal cycles | steps | least | |"
  echo "|---|---|---|---|---|---|---|"
  paste <(printf '%s\n' A B C D E F G H I J K) \
    <(printf '%s\n' 5.1 3.7 0.7 2.8 3.7 5.3 1.2 1.8 3.7 0.9 0.6) | while read -r name theirs; do
    file=$1/$name.1048576.csv
    ours=$(seconds ignis-plan "$file" --capacity 1048576)
    steps=$(ignis-plan "$file" --capacity 1048576 2>&1 > /dev/null | sed 's/.*after \(.*\) steps/\1/')
    least=$(ignis-plan "$file" --steps 1000000 2>&1 > "$work/plan.csv")
    ignis-plan --check "$work/plan.csv" > /dev/null
    awk -v OFS=" | " -v ours="$ours" -v theirs="$theirs" -v ghz="$ghz" -v least="$least" \
      -v name="| $name" -v steps="$steps" 'BEGIN { split(least, word, " ")
        print name, theirs, ours, sprintf("%.2f", ours * ghz / theirs), steps, word[1],
          (least ~ /not proven/ ? "not proven" : "proven") " |" }'
  done
  echo "This machine: $ghz GHz by a loop of dependent products and sums."
}

joint() {
  echo "| shape | stage | T | one after the other | together | proven |"
  echo "|---|---|---|---|---|---|"
  for shape in "$@"; do
    for tokens in 1 8 512; do
      graph "$shape" "$tokens"
      for stage in unfused two fused; do
        ignis-opt "$work/graph.mlir" ${!stage} --ignis-plan-memory="report=$work/plan.json" \
          -o /dev/null
        awk -F'[:,]' -v shape="$shape" -v stage="$stage" -v tokens="$tokens" '
          /"staged"/ { staged = $2 } /"together"/ { together = $2 } /"proven"/ { proven = $2 }
          END { printf "| %s | %s | %d | %d | %d | %s |\n", shape, stage, tokens, staged, together,
                (proven == together ? "yes" : "no") }' "$work/plan.json"
      done
    done
  done
}

command=${1:-}
shift $(($# < 1 ? $# : 1))
case $command in
methods) methods "$@" ;;
times) times "${1:?expects the folder of the instances}" ;;
joint)
  [ $# -gt 0 ] || set -- {0.5,1.5,3,7,14,32,72}b qwen3-{0.6b,1.7b,4b,8b,14b,32b}
  joint "$@"
  ;;
*)
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
  ;;
esac
