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
