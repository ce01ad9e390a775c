#!/usr/bin/env bash
# Ranks give the bits of one process at the sizes that people run, which the test suite has no time for:
#
#   tools/distribution-equality.sh [SHAPE:TYPE...]
#
# For each model, made of random weights, one process writes the logits of every row and a text: a prompt computed in
# pieces, several texts at once, drafts. Groups of 1, 2, 3, 4 and 7 ranks on this machine have to write the same bytes.
# The programs are expected in build/bin, or in PATH; the models take up to 4 GB of TMPDIR, one after the other.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$root/build/bin:$PATH
if [ $# = 0 ]; then
  set -- {0.5b,1.5b,qwen3-0.6b}:{q8_0,q4_k_m,f16}
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

for i in 1 2 3; do
  echo '{"prompt": ['$((i * 7)),$((i * 11 + 5)),$((i + 100))'], "max_tokens": '$((i + 2))', "seed": '$i'}'
done > requests.jsonl
# A text that repeats itself, so that drafts are made.
ids=$(for i in 1 2 3 4; do printf '%s' '11,507,1024,96,8,300,'; done)17
declare -A ways=(
  [prompt]="--ids $ids -n 3 --temp 0"
  [pieces]="--ids $ids -n 3 --temp 0 -b 7"
  [drafts]="--ids $ids -n 8 --temp 0 --lookup"
  [texts]="--batch requests.jsonl"
)

# Writes what one way gives, of a group of $1 ranks, or of one process.
give() {
  local ranks=$1 way=$2 start=()
  [ "$ranks" = alone ] || start=(timeout -k 5 600 mpirun --oversubscribe -n "$ranks")
  local logits=()
  [ "$way" = texts ] || logits=(--dump-logits "$ranks.$way.logits")
  local code=0
  "${start[@]}" ignis-run -m model.gguf -c 128 -t 1 -q --pack never "${logits[@]}" ${ways[$way]} \
    > "$ranks.$way.text" || code=$?
  # mpirun 4.1.4 hangs once in a while when all is done (124); what was written decides.
  [ $code = 0 ] || [ $code = 124 ]
}

for model in "$@"; do
  ignis-gguf synth --shape "${model%:*}" --type "${model##*:}" --seed 3 -o model.gguf > log 2>&1 || { cat log >&2; exit 1; }
  for way in "${!ways[@]}"; do
    give alone "$way"
  done
  cmp alone.prompt.logits alone.pieces.logits
  for ranks in 1 2 3 4 7; do
    for way in "${!ways[@]}"; do
      give "$ranks" "$way"
      for kind in logits text; do
        [ ! -e "alone.$way.$kind" ] || cmp "alone.$way.$kind" "$ranks.$way.$kind"
      done
    done
  done
  echo "$model: 1, 2, 3, 4 and 7 ranks give the bits of one process (${!ways[*]})"
  rm -f ./*.logits ./*.text model.gguf
done
