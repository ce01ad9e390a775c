#!/usr/bin/env bash
# Records python-free-docs/images/talk.svg and compile.svg: real runs of build/bin with
# the bundled model, typed from tools/recordings. Needs the package termtosvg.
# usage: record.sh [BUILD FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD bin=$(realpath "${1:-build}/bin") folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp tools/recordings/play.jinja "$folder"
cp lib/Model/Bundled/*.gguf "$folder/bard.gguf"
for name in talk compile; do
  (cd "$folder" && env -i HOME="$folder" PATH="$bin:/usr/bin:/bin" \
    python3 "$root/tools/record.py" "$name.cast" "$root/tools/recordings/$name.steps" env PS1='$ ' bash --norc --noprofile)
  termtosvg render "$folder/$name.cast" "$folder/$name.svg" -t window_frame -M 1500 -D 3000
  cp "$folder/$name.svg" "python-free-docs/images/$name.svg"
done
