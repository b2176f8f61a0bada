#!/usr/bin/env bash
# Tries the REST API of a release binary with requests made from its own description, valid and invalid ones, and fails
# when an answer breaks what is described. PHAROS is the binary, SCHEMATHESIS the program of that name.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

export PHAROS_DATABASE="sqlite://$work/pharos.db"
"$PHAROS" demo --resources 1500 >"$work/demo.log"
token=$("$PHAROS" token create --name schemathesis --scope read --scope write | grep -o 'pharos_[0-9A-Za-z]*' | head -n 1)
"$PHAROS" serve --addr 127.0.0.1:0 >"$work/serve.log" 2>"$work/serve.err" &
server=$!
address=
for _ in $(seq 100); do
    address=$(grep -o 'http://[0-9.:]*' "$work/serve.log" || true)
    [ -n "$address" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$work/serve.err" >&2; exit 1; }
    sleep 0.1
done
[ -n "$address" ] || { echo "the server did not start within 10 seconds" >&2; exit 1; }

cd "$work"
export SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
timeout 180 "$SCHEMATHESIS" --config-file "$here/schemathesis.toml" run "$address/api/openapi.json" \
    --header "Authorization: Bearer $token" \
    --phases examples,coverage,fuzzing --max-examples "${EXAMPLES:-100}" --workers 1 \
    --continue-on-failure --warnings off --max-response-time 15
