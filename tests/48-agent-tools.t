#!/bin/sh
# Tools of the agent: programs, requests to a fake shop, statements on a real PostgreSQL.
. tests/lib.sh

if [ "${1-}" != inside ]; then
	exec scripts/with-postgres --no-fsync "$0" inside
fi
cp -r tests/data/tools "$T/tools"
start python3 tests/fake/tools-http.py "$T/asked" >"$T/port"
wait_for 10 test -s "$T/port" || { echo 'Bail out! no shop' && exit 1; }
sed -i "s/PORT/$(cat "$T/port")/" "$T/tools/shop.json"
psql -qf tests/data/tools/shop.sql
SHOP_KEY=k-1234567890 OTHER_KEY=o-0987654321 SHOP_DSN="host=$PGHOST user=$PGUSER dbname=$PGDATABASE"
export SHOP_KEY OTHER_KEY SHOP_DSN

# tool NAME [JSON]: its answer, sorted, on one line
tool() { agent --tool="$T/tools/shop.json" "$@" | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin), sort_keys=True))'; }
# fails CODE WORDS NAME [JSON]: exits so, and says so on stderr
fails() {
	code=$1 words=$2 && shift 2
	must_fail "$code" agent --tool="$T/tools/shop.json" "$@" >"$T/out" 2>"$T/err" && [ ! -s "$T/out" ] &&
		grep -qF "$words" "$T/err" || { cat "$T/out" "$T/err"; false; }
}
# asked KEY...: of the last request that came
asked() { tail -n1 "$T/asked" | python3 -c 'import json, sys
v = json.load(sys.stdin)
for k in sys.argv[1:]: v = v.get(k) if isinstance(v, dict) else None
print(v)' "$@"; }

ok 'a file of tools is checked by itself' agent --check "$T/tools/shop.json"

check_same 'a request' 'tool order "{\"number\": \"1001\"}"' 'echo "{\"order\": 1001, \"state\": \"sent\", \"total\": 12.5}"'
ok 'a status is a failure, with what the service says' fails 69 'HTTP 404: no order has the number 7' order '{"number": "7"}'
check_same 'rows' 'tool stock "{\"min\": 9}"' 'echo "[{\"left_over\": 9, \"sku\": \"sku9\"}, {\"left_over\": 10, \"sku\": \"sku10\"}]"'
plan
