#!/bin/bash
# while-read.sh CHANGE CODE MESSAGE COMMAND...: COMMAND writes to ./pipe. Once its
# first bytes are there, the shell does CHANGE. Fails unless COMMAND then ends with
# CODE, and MESSAGE is in the one line on stderr.
change=$1 code=$2 message=$3
shift 3
rm -f pipe && mkfifo pipe
"$@" 2> errors &
{ head -c 1000; eval "$change"; cat; } < pipe > what-came
wait $!
found=$?
cat errors
[ $found = "$code" ] && [ "$(wc -l < errors)" = 1 ] && grep -qF -- "$message" errors
