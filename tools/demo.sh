#!/usr/bin/env bash
# From a fresh Debian machine to generated text: installs what is missing,
# builds, and runs the bundled model.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh
# With test.sh's flags, so that either goes on from what the other built.
cmake --preset release -DIGNIS_INCLUDE_TESTS=OFF -DIGNIS_ENABLE_WERROR=ON >&2
cmake --build --preset release --target ignis-run >&2
build/bin/ignis-run -p "To be, or not to be" -n 64 --temp 0 "$@"
