#!/usr/bin/env bash
# The modules of the tests of dialect, passes and lowering, one a file: what
# ignis-fuzz-module begins with.
set -euo pipefail
directory=$(realpath -m "${1:?usage: split-modules.sh DIRECTORY}")
cd "$(dirname "$0")/.."

rm -rf "$directory"
mkdir -p "$directory"
for file in IR/*.mlir Transforms/*.mlir Conversion/*.mlir; do
  awk -v prefix="$directory/$(echo "$file" | tr / -)" '
    BEGIN { part = 0 }
    /^\/\/ -----/ { ++part; next }
    /^ *\/\/ / { next }
    { print > (prefix "." part) }' "$file"
done
find "$directory" -type f -size +8k -delete
