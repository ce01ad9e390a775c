# Only who has a key is answered.
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
set -e
[ "$(code "$SERVER/health")" = 200 ]
[ "$(code "$SERVER/v1/models")" = 401 ]
[ "$(code -H 'Authorization: Bearer firs' "$SERVER/v1/models")" = 401 ]
[ "$(code -H 'Authorization: Bearer ' "$SERVER/v1/models")" = 401 ]
[ "$(code -H 'Authorization: Bearer first' "$SERVER/v1/models")" = 200 ]
[ "$(code -H 'Authorization: Bearer second' "$SERVER/v1/models")" = 200 ]
[ "$(code -H 'x-api-key: second' "$SERVER/metrics")" = 200 ]
curl -s "$SERVER/v1/models" | grep -q '"code":"invalid_api_key"'
# Without one a body is not waited for, and what is not served is no better.
refused() { printf "POST $1 HTTP/1.1\r\nContent-Length: 30000000\r\n\r\n" | timeout 20 "$PYTHON" -c '
import os, socket, sys, urllib.parse
address = urllib.parse.urlsplit(os.environ["SERVER"])
with socket.create_connection((address.hostname, address.port)) as connection:
    connection.sendall(sys.stdin.buffer.read())
    print(connection.recv(12).decode())'; }
[ "$(refused /v1/completions)" = "HTTP/1.1 401" ]
[ "$(refused /nowhere)" = "HTTP/1.1 404" ]
