#!/bin/bash
# refuses.sh MESSAGE COMMAND...: COMMAND has to fail with MESSAGE and, at most, for each function the
# line of its input that is meant and a mark below it.
message=$1
shift
"$@" > printed && exit 1
found=$("$@" 2>&1 > printed)
echo "$found"
[ ! -s printed ] && [ "$(wc -l <<< "$found")" -le 8 ] && grep -qF -- "$message" <<< "$found"
