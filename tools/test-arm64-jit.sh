#!/usr/bin/env bash
# The compiler itself on AArch64: cross-builds ignis-run against the
# distribution's packages for arm64, runs it under qemu-user, where it compiles
# models in its own process, and compares logits with this machine's, bit by bit.
# Takes 1.5 GB of disk for the packages, unpacked in build-arm64 and installed
# nowhere. Expects a build of this machine's own in build/ (tools/test.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh --tests

build=$PWD/build-arm64
root=$build/root
llvm=$root/usr/lib/llvm-22
packages=(
  libmlir-22 libmlir-22-dev mlir-22-tools libllvm22 llvm-22 llvm-22-dev llvm-22-tools
  llvm-22-linker-tools
  # what those and the programs load
  libc6 libstdc++6 libgcc-s1 libedit2 libbsd0 libmd0 libtinfo6 libffi8 libxml2
  libicu72 liblzma5 libz3-4 libgmp10 libzstd1 libzstd-dev zlib1g zlib1g-dev
  libutf8proc2 libutf8proc-dev
)
if [ ! -e "$root/complete" ]; then
  rm -rf "$root"
  mkdir -p "$build/packages" "$root"
  (cd "$build/packages" && apt-get download "${packages[@]/%/:arm64}")
  for package in "$build"/packages/*.deb; do
    dpkg-deb -x "$package" "$root"
  done
  # LLVM's generator of C++ runs while building, on this machine.
  ln -sf /usr/lib/llvm-22/bin/mlir-tblgen "$llvm/bin/mlir-tblgen"
  rm -r "$build/packages"
  touch "$root/complete"
fi

libraries=$root/usr/lib/aarch64-linux-gnu
cmake -G Ninja -S . -B "$build/ignis" \
  -DCMAKE_BUILD_TYPE=Release -DIGNIS_INCLUDE_TESTS=OFF "$@" \
  -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
  -DCMAKE_C_COMPILER=clang-22 -DCMAKE_C_COMPILER_TARGET=aarch64-linux-gnu \
  -DCMAKE_CXX_COMPILER=clang++-22 -DCMAKE_CXX_COMPILER_TARGET=aarch64-linux-gnu \
  -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-22 -DCMAKE_MODULE_LINKER_FLAGS=-fuse-ld=lld-22 \
  -DMLIR_DIR="$llvm/lib/cmake/mlir" -DLLVM_DIR="$llvm/lib/cmake/llvm" \
  -DZLIB_LIBRARY="$libraries/libz.so" -Dzstd_LIBRARY="$libraries/libzstd.so" \
  -DUTF8PROC_LIBRARY="$libraries/libutf8proc.so" \
  -DIGNIS_UTF8PROC_ARCHIVE="$libraries/libutf8proc.a"
cmake --build "$build/ignis" --target ignis-run

arm64_run() { # CPU ARGUMENTS...
  qemu-aarch64 -cpu "$1" -L "$root" \
    -E LD_LIBRARY_PATH=/usr/lib/llvm-22/lib:/usr/lib/aarch64-linux-gnu \
    -E XDG_CACHE_HOME="$build/cache" "$build/ignis/bin/ignis-run" "${@:2}"
}

for shape in bundled 2,64,96,2,1,100,1 2,256,288,4,2,333,0; do
  run=(--ids 1,2,3,4,5,6,7,8,9,10,11 -n 4 --temp 0 -t 2)
  if [ "$shape" != bundled ]; then
    build/bin/ignis-gguf synth --shape "$shape" --type q8_0 --seed 3 -o "$build/$shape.gguf"
    run+=(-m "$build/$shape.gguf")
  fi
  build/bin/ignis-run "${run[@]}" --dump-logits "$build/here.f32" >/dev/null 2>&1
  for cpu in cortex-a72 neoverse-n1 max; do
    rm -rf "$build/cache" # or only the first would compile
    arm64_run "$cpu" "${run[@]}" --dump-logits "$build/arm64.f32" >/dev/null
    cmp "$build/here.f32" "$build/arm64.f32"
    echo "$shape on $cpu: same bits"
  done
done
