# serve.sh OPTION... -- COMMAND...: runs a command while a server with these options
# runs, whose address is in SERVER, and its process in SERVER_PID. IGNIS_SERVER is
# another command in place of ignis-server. The server has to end well when it is
# told to. The command may take 400 seconds, or SERVE_SECONDS.
options=()
while [ "$1" != -- ]; do
  options+=("$1")
  shift
done
shift
out=$(mktemp) err=$(mktemp)
timeout --foreground $((${SERVE_SECONDS:-400} + 100)) ${IGNIS_SERVER:-ignis-server} --port 0 "${options[@]}" >"$out" 2>"$err" &
server=$!
trap 'kill -KILL $server 2>/dev/null; rm -f "$out" "$err"' EXIT
for ((i = 0; i != 600; ++i)); do
  SERVER=$(head -1 "$out")
  [ -n "$SERVER" ] && break
  kill -0 $server 2>/dev/null || break
  sleep 0.1
done
[ -n "$SERVER" ] || { cat "$err"; exit 1; }
export SERVER SERVER_PID=$server
timeout "${SERVE_SECONDS:-400}" "$@"
code=$?
# A second signal would end what the first one lets it finish.
[ -n "${COMMAND_ENDS_SERVER:-}" ] || kill -TERM $server
wait $server
found=$?
trap - EXIT
[ $found = 0 ] || { cat "$err"; echo "expected the server to end with 0, found $found"; exit 1; }
rm -f "$out" "$err"
exit $code
