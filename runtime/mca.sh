#!/usr/bin/env bash
# Models the inner loops of the AArch64 kernels with llvm-mca: for each file and
# CPU, the loop with the most byte products per load (that of the largest tile),
# its cycles a pass, and from them the multiply-adds per cycle. Ports and
# latencies are modelled, caches are not.
set -euo pipefail
cd "$(dirname "$0")"
llvm=${LLVM_BIN:-/usr/lib/llvm-22/bin}

# file, its flags, its multiplying instruction, multiply-adds of one, CPUs
model() {
  local file=$1 flags=$2 instruction=$3 each=$4
  shift 4
  local loop
  # A basic block ends where the next label stands.
  loop=$("$llvm/clang++" --target=aarch64-linux-gnu $flags -std=c++20 -O3 \
    -ffp-contract=off -Iinclude -S -o - "lib/$file" |
    awk -v pattern="^[ \t]+$instruction[ \t]" '
      function close_block() {
        if (count >= 16 && count / loads > most) { most = count / loads; best = block }
        block = ""; count = 0; loads = 1
      }
      /^\.LBB/ { close_block(); next }
      /^[ \t]+[a-z]/ { block = block $0 "\n"; if ($0 ~ pattern) ++count }
      /^[ \t]+ld/ { ++loads }
      END { close_block(); printf "%s", best }')
  local products
  products=$(grep -cP "^\s+$instruction\s" <<<"$loop")
  for cpu in "$@"; do
    local cycles
    cycles=$("$llvm/llvm-mca" -mtriple=aarch64 -mcpu="$cpu" -iterations=1000 <<<"$loop" 2>/dev/null |
      awk '/^Total Cycles/ { print $3 }')
    awk -v f="$file" -v cpu="$cpu" -v n="$products" -v each="$each" -v cycles="$cycles" 'BEGIN {
      printf "%-24s %-12s %4d products %7.1f cycles %6.1f MAC/cycle\n", f, cpu, n, cycles / 1000, n * each * 1000 / cycles }'
  done
}

model KernelsNEON.cpp -march=armv8-a '(smull2?|smlal2?)' 8 cortex-a72 neoverse-n1 neoverse-v1 neoverse-v2
model KernelsNEONDotprod.cpp -march=armv8.2-a+dotprod sdot 16 neoverse-n1 neoverse-v1 neoverse-v2
model KernelsNEONI8mm.cpp -march=armv8.2-a+dotprod+i8mm smmla 32 neoverse-v1 neoverse-v2
