#!/usr/bin/env bash
# Whether one build is slower than another, on this machine:
#
#   tools/compare-builds.sh OLD NEW [MODEL.gguf] [ROUNDS]
#
# OLD and NEW are folders with bin/ignis-bench, such as build. Both take turns;
# what is compared is the share of the machine's limit, measured in the same
# moment, by its median over all rounds. Exit code 1 if a share of NEW is less
# than 0.95 of OLD's (IGNIS_LEAST_SHARE names another bound).
set -euo pipefail

old=${1:?usage: tools/compare-builds.sh OLD NEW [MODEL.gguf] [ROUNDS]}
new=${2:?expected two folders of builds}
model=${3:-}
rounds=${4:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for ((round = 0; round < rounds; ++round)); do
  for build in old new; do
    "${!build}/bin/ignis-bench" ${model:+-m "$model"} -p 128 -n 32 -r 3 \
      -o json > "$work/$build.$round.json"
  done
done

python3 - "$work" "${IGNIS_LEAST_SHARE:-0.95}" <<'PROGRAM'
import glob, json, statistics, sys

work, least = sys.argv[1], float(sys.argv[2])
shares = {}
for build in ("old", "new"):
    for name in sorted(glob.glob(f"{work}/{build}.*.json")):
        with open(name) as file:
            for test in json.load(file):
                share = test.get("share_of_peak") or test["share_of_read"]
                shares.setdefault(test["test"], {}).setdefault(build, []).append(share)
slower = False
for test, found in shares.items():
    old, new = (statistics.median(found[build]) for build in ("old", "new"))
    slower |= new < least * old
    print(f"{test}: {old:.3f} of the limit, now {new:.3f}: {new / old:.3f} of it")
sys.exit(slower)
PROGRAM
