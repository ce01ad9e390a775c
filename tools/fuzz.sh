#!/usr/bin/env bash
# Runs fuzz targets under the address and undefined-behaviour sanitizers, each
# for so many seconds, one after the other:
#
#   tools/fuzz.sh SECONDS [TARGET...]       by default, all of test/Fuzz
#
# What is found out about inputs is kept in BUILD/fuzz/TARGET and built upon by
# the next run; an input that shows a fault is written there too, and the exit
# code is 1. IGNIS_FUZZ_BUILD names another build than build-asan-ubsan.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?usage: tools/fuzz.sh SECONDS [TARGET...]}
shift
build=${IGNIS_FUZZ_BUILD:-build-asan-ubsan}
if [ $# = 0 ]; then
  set -- $(sed -n 's/.*add_ignis_fuzzer(ignis-fuzz-\([a-z]*\).*/\1/p' test/Fuzz/CMakeLists.txt)
fi

status=0
for target in "$@"; do
  program=$build/test/Fuzz/ignis-fuzz-$target
  [ -x "$program" ] || cmake --build "$build" --target "ignis-fuzz-$target"
  work=$build/fuzz/$target
  mkdir -p "$work/corpus"
  seeds=test/Fuzz/Corpus/$target
  if [ "$target" = module ]; then
    seeds=$work/seeds # the modules of the dialect's own tests, one a file
    test/Fuzz/split-modules.sh "$seeds"
  fi
  options=(-max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096
           -artifact_prefix="$work/" -print_final_stats=1)
  if [ -f "test/Fuzz/$target.dict" ]; then
    options+=(-dict="test/Fuzz/$target.dict")
  fi
  found="no finding"
  if ! "$program" "${options[@]}" "$work/corpus" "$seeds" > "$work/log" 2>&1; then
    found="A FINDING, see $work/log"
    status=1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
  echo "$target: ${runs:-?} executions, $(ls "$work/corpus" | wc -l) inputs kept, $found"
done
exit $status
