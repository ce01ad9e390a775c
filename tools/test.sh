#!/usr/bin/env bash
# From a fresh Debian machine to a verdict: installs what is missing, builds
# with warnings as errors, and runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh --tests
cmake --preset release -DIGNIS_INCLUDE_TESTS=ON -DIGNIS_ENABLE_WERROR=ON
cmake --build --preset release

status=0
/usr/lib/llvm-22/bin/lit -sv --timeout 900 --xunit-xml-output build/test/results.xml "$@" \
  build/test build/test/Unit || status=$?

# lit's counts once more, in one plain line at the very end.
python3 test/Inputs/summary.py build/test/results.xml
exit "$status"
