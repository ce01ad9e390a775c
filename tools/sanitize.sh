#!/usr/bin/env bash
# Builds everything with sanitizers, the compiler and ignis-compile included, and
# runs the tests:
#
#   tools/sanitize.sh address [LIT OPTION...]    address and undefined behaviour: all tests
#   tools/sanitize.sh thread  [LIT OPTION...]    races: runtime, engine, team and server
#
# LLVM's own libraries are the distribution's, without sanitizers: see
# cmake/SanitizerOptions.c for what is switched off for that. A test that a
# sanitizer cannot run (a limit on addresses, a program that loads our plugin)
# is reported as unsupported.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:?usage: tools/sanitize.sh address|thread [LIT OPTION...]}
shift
case $kind in
  address)
    preset=asan-ubsan
    targets=(all IgnisUnitTests)
    tests=(test test/Unit) ;;
  thread)
    preset=tsan
    targets=(RuntimeTests IgnisEngineTests IgnisCAPITests IgnisManyTextsTests
             IgnisServerTests ignis-run ignis-gguf)
    tests=(test/Engine test/Unit/Runtime test/Unit/Engine test/Unit/CAPI
           test/Unit/Compiler test/Unit/Server) ;;
  *)
    echo "expected address or thread, got $kind" >&2
    exit 2 ;;
esac

cmake --preset $preset -DIGNIS_INCLUDE_TESTS=ON -DIGNIS_ENABLE_WERROR=ON
cmake --build --preset $preset --target "${targets[@]}"
/usr/lib/llvm-22/bin/lit -sv --timeout 1800 "$@" "${tests[@]/#/build-$preset/}"
