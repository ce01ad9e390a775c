#!/usr/bin/env bash
# What drafts from the text itself (--lookup) are worth: the same text is
# generated with and without them, in turns, and has to be the same.
#
#   tools/lookup-payoff.sh MODEL.gguf ROUNDS [OPTIONS OF ignis-run, such as -f FILE -n 200]
#
# "" is the bundled model. The programs are expected in build/bin, or in PATH.
set -euo pipefail
model=${1?usage: tools/lookup-payoff.sh MODEL.gguf ROUNDS [OPTIONS OF ignis-run]}
rounds=${2:?expected a number of rounds}
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$root/build/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for ((round = 0; round < rounds; ++round)); do
  for drafts in "" --lookup; do
    ignis-run ${model:+-m "$model"} --pack always -s 1 "$@" $drafts \
      --stats "$work/$round$drafts.json" > "$work/text$drafts" 2> "$work/log" ||
      { cat "$work/log" >&2; exit 1; }
  done
  cmp "$work/text" "$work/text--lookup"
done

python3 - "$work" "$rounds" <<'PROGRAM'
import json, statistics, sys

work, rounds = sys.argv[1], int(sys.argv[2])
ratios = []
for turn in range(rounds):
    plain, drafted = (json.load(open(f"{work}/{turn}{drafts}.json"))
                      for drafts in ("", "--lookup"))
    ratios.append(drafted["decode_tokens_per_second"] / plain["decode_tokens_per_second"])
print(f"{statistics.median(ratios):.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f}): "
      f"{drafted['generated_tokens']} tokens in {drafted['decode_steps']} calls, "
      f"{drafted['accepted_drafts']} of {drafted['drafted_tokens']} drafted tokens kept")
PROGRAM
