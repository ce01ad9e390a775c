#!/usr/bin/env bash
# Installs what building and testing ignis needs and this machine lacks: Debian
# packages by name. Sourced or called by demo.sh and test.sh.
set -euo pipefail

packages=(
  # the compiler's libraries and tools, and the compiler that builds them
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22
  libclang-rt-22-dev libzstd-dev zlib1g-dev
  cmake ninja-build python3
  # libraries
  libcli11-dev libedit-dev libexpected-dev libfmt-dev libutf8proc-dev nlohmann-json3-dev
  # the page of ignis-server
  node-marked node-dompurify
)
test_packages=(googletest libgtest-dev python3-psutil qemu-user dpkg-dev pkgconf
  curl nodejs chromium haproxy tmux iproute2
  # several processes, on one machine or more
  libopenmpi-dev openmpi-bin)
# NodeSource's nodejs has npm in it and conflicts with the distribution's.
command -v npm > /dev/null || test_packages+=(npm)
# Programs for AArch64, made and run on x86-64.
if [ "$(dpkg --print-architecture)" = amd64 ]; then
  test_packages+=(g++-aarch64-linux-gnu libutf8proc-dev:arm64)
fi

if [ "${1:-}" = --tests ]; then
  packages+=("${test_packages[@]}")
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  # One status for each architecture that it is installed for.
  [[ "$status" = *"install ok installed"* ]] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}" >&2
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if [[ " ${missing[*]}" = *:arm64* ]]; then
    "${as_root[@]}" dpkg --add-architecture arm64
  fi
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi
