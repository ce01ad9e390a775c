#!/bin/bash
# What each fusion is worth in time, barriers and memory: the model with all of them, without
# each, and with none. Variants take turns; rates are relative to all fusions.
#
#   tools/fusion-payoff.sh MODEL.gguf [ROUNDS] [OPTIONS OF ignis-bench, such as -n 2 -p 32 -r 30]
#
# The programs are expected in build/bin, or in PATH.
set -eu
model=${1:?usage: tools/fusion-payoff.sh MODEL.gguf [ROUNDS] [OPTION OF ignis-bench...]}
rounds=${2:-5}
shift $(($# < 2 ? $# : 2))
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$root/build/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fusions=(fuse-rms-norm fuse-swiglu share-quantization fuse-quantize group-qkv
  fuse-rope-append fuse-gate-up fuse-residual)
variants=(all "${fusions[@]}" none)

ignis-translate --gguf-to-ignis "$model" -o "$work/graph.mlir"
for variant in "${variants[@]}"; do
  passes=()
  for fusion in "${fusions[@]}"; do
    [ "$variant" = none ] || [ "$variant" = "$fusion" ] ||
      passes+=("--ignis-$fusion")
  done
  ignis-opt "$work/graph.mlir" "${passes[@]}" --ignis-specialize-decode \
    -o "$work/$variant.mlir"
  ignis-opt "$work/$variant.mlir" --pass-pipeline="builtin.module(
    ignis-bufferize,func.func(ignis-form-phases),
    ignis-plan-memory{report=$work/$variant.json},
    func.func(ignis-schedule))" -o "$work/$variant.scheduled"
done

for ((round = 0; round < rounds; ++round)); do
  for variant in "${variants[@]}"; do
    ignis-bench -m "$model" --program "$work/$variant.mlir" -o json "$@" \
      > "$work/$variant.$round.bench"
  done
done

# Tokens per second of test $2, the best of all samples: whatever else the machine
# does only makes a sample slower, so many short ones find the undisturbed rate.
best() {
  cat "$work/$1".*.bench | awk -v test="$2" '
    /"n_gen"/ { is_decode = $2 + 0 > 0 }
    /"samples_ts"/ { inside = is_decode == (test == "decode") }
    inside && $1 + 0 > most { most = $1 + 0 }
    /\]/ { inside = 0 }
    END { print most }'
}
ratio() { awk -v a="$(best "$1" "$2")" -v b="$(best all "$2")" 'BEGIN { print a / b }'; }
# Bytes of function $2 at $3 tokens.
arena() {
  awk -F'[:,]' -v wanted="\"$2\"" -v tokens="$3" '
    /"name"/ && /"(forward|decode)"/ { inside = index($0, wanted) }
    inside && /"tokens"/ { at = $2 + 0 }
    inside && at == tokens && /"peak"/ { print $2 + 0; exit }' "$work/$1.json"
}
operations() { awk '/func.func @decode/ { exit } / = ignis\./ && !/ignis.(weight|embedding) /' "$work/$1.mlir" | wc -l; }
barriers() { awk '/func.func @decode/ { inside = 1 } inside && /ignis.barrier/' "$work/$1.scheduled" | wc -l; }

echo "| without | operations | barriers, 1 token | bytes, 1 token | bytes, 512 | decode | prompt |"
echo "|---|---|---|---|---|---|---|"
for variant in "${variants[@]}"; do
  printf '| %s | %d | %d | %d | %d | %.3f | %.3f |\n' \
    "$(case $variant in all) echo nothing ;; none) echo all ;; *) echo "$variant" ;; esac)" \
    "$(operations "$variant")" "$(barriers "$variant")" \
    "$(arena "$variant" decode 1)" "$(arena "$variant" forward 512)" \
    "$(ratio "$variant" decode)" "$(ratio "$variant" prompt)"
done
printf '\nAll fusions: %.1f tokens/s decoded, %.0f of a prompt.\n' \
  "$(best all decode)" "$(best all prompt)"
