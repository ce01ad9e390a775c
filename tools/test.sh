#!/usr/bin/env bash
# From a fresh Debian machine to a verdict: installs what is missing, builds
# with warnings as errors, and runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh --tests
cmake --preset release -DIGNIS_INCLUDE_TESTS=ON -DIGNIS_ENABLE_WERROR=ON
cmake --build --preset release

status=0
/usr/lib/llvm-22/bin/lit -sv --timeout 900 --output build/test/results.json "$@" \
  build/test build/test/Unit || status=$?

# lit's counts once more, in one plain line at the very end.
python3 - build/test/results.json <<'PYTHON'
import collections, json, sys
codes = collections.Counter(t["code"] for t in json.load(open(sys.argv[1]))["tests"])
passed = codes["PASS"] + codes["XFAIL"] + codes["FLAKYPASS"]
skipped = codes["UNSUPPORTED"] + codes["SKIPPED"] + codes["EXCLUDED"]
print(f"{passed} passed, {sum(codes.values()) - passed - skipped} failed, {skipped} skipped")
PYTHON
exit "$status"
