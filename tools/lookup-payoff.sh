#!/usr/bin/env bash
# What drafts from the text itself (--lookup) are worth: the same text is
# generated with and without them, in turns, and has to be the same.
#
#   tools/lookup-payoff.sh MODEL.gguf ROUNDS [OPTIONS OF ignis-run, such as -f FILE -n 200]
#   tools/lookup-payoff.sh --recite SHAPE ROUNDS [OPTIONS OF ignis-run]
#
# "" is the bundled model. --recite makes a model of a shape of ignis-gguf synth,
# with a vocabulary of 50,000 at least and a head of its own, that knows its text
# by heart (reciting-model.py): a passage comes again, is edited, or only seems
# to. The programs are expected in build/bin, or in PATH.
set -euo pipefail
usage='usage: tools/lookup-payoff.sh MODEL.gguf|--recite SHAPE ROUNDS [OPTIONS OF ignis-run]'
model=${1?$usage}
shift
if [[ $model = --recite ]]; then
  shape=${1:?$usage}
  shift
fi
rounds=${1:?expected a number of rounds}
shift
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$root/build/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The same text in turns, with the options given, and what drafts saved of it.
compare() {
  local round drafts
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
}

if [[ $model != --recite ]]; then
  compare "$@"
  exit
fi
model=$work/model.gguf
ignis-gguf synth --shape "$shape" --context 1024 -o "$model" 2> "$work/log" ||
  { cat "$work/log" >&2; exit 1; }
python3 "$root/tools/reciting-model.py" "$model" > "$work/prompts"
for text in "passage again" "passage edited" "only seems again"; do
  read -r prompt
  printf '%s: ' "$text"
  compare --ids "$prompt" -n 140 -c 512 --temp 0 --ignore-eos "$@"
done < "$work/prompts"
