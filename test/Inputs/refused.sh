# refused.sh CODE COMMAND...: the command exits with CODE, prints nothing on
# stdout, and says why in one line on stderr, which is printed here.
code=$1
shift
err=$(mktemp)
out=$("$@" 2>"$err" | wc -c; exit "${PIPESTATUS[0]}")
found=$?
cat "$err"
lines=$(wc -l <"$err")
rm -f "$err"
[ "$found" = "$code" ] || { echo "expected exit code $code, found $found"; exit 1; }
[ "$out" = 0 ] || { echo "expected nothing on stdout, found $out bytes"; exit 1; }
[ "$lines" = 1 ] || { echo "expected one line on stderr, found $lines"; exit 1; }
