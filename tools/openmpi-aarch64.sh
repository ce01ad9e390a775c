#!/usr/bin/env bash
# Unpacks the distribution's Open MPI for AArch64, and what it needs, into a
# folder, for programs that run under qemu-user beside those of this machine. It
# cannot be installed: one of its libraries (libmunge2) does not go together with
# the same of this machine. 120 MB.
#
#   tools/openmpi-aarch64.sh build/openmpi-aarch64
set -euo pipefail
folder=${1:?a folder}
[ ! -e "$folder/usr/lib/aarch64-linux-gnu/openmpi/include/mpi.h" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archives/partial"
: > "$work/status" # as if nothing were installed
apt-get install -y -qq --download-only --no-install-recommends \
  -o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/archives" \
  -o Debug::NoLocking=1 -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
  libopenmpi3 >&2
(cd "$work/archives" && apt-get download -qq libopenmpi-dev:arm64) >&2 2> /dev/null
mkdir -p "$work/root"
for package in "$work"/archives/*.deb; do
  dpkg -x "$package" "$work/root"
done
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$work/root" "$folder"
