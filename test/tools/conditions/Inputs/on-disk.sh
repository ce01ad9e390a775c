#!/bin/bash
# Runs a command with a file system of its own at ./disk, which goes with it:
#
#   unshare -m on-disk.sh MOUNT-OPTIONS COMMAND...
#
# and fails if the command does or leaves a file there.
set -eu
options=$1
shift
mkdir -p disk
mount -t tmpfs -o "$options" ignis-test disk
"$@"
if [ -n "$(ls -A disk)" ]; then
  echo "left over: $(ls -A disk)" >&2
  exit 1
fi
