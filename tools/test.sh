#!/usr/bin/env bash
# From a fresh Debian machine to a verdict: installs what is missing, builds
# with warnings as errors, and runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh --tests
# Without it, or without a network, unlike CPUs in one group are not tested.
if [ "$(dpkg --print-architecture)" = amd64 ]; then
  tools/openmpi-aarch64.sh build/openmpi-aarch64 || true
fi
cmake --preset release -DIGNIS_INCLUDE_TESTS=ON -DIGNIS_ENABLE_WERROR=ON
cmake --build --preset release

# The official clients of OpenAI's interface and what drives a browser; without
# them, or without a network, their tests are unsupported.
mkdir -p build/test/npm
npm install --prefix build/test/npm --no-audit --no-fund --ignore-scripts --silent \
  openai@6 ai@6 @ai-sdk/openai-compatible@2 ajv@8 puppeteer-core@24 || true

status=0
/usr/lib/llvm-22/bin/lit -sv --timeout 900 --xunit-xml-output build/test/results.xml "$@" \
  build/test build/test/Unit || status=$?

# lit's counts once more, in one plain line at the very end.
python3 test/Inputs/summary.py build/test/results.xml
exit "$status"
