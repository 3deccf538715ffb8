#!/bin/sh
# Tools of the agent: programs, requests to a fake shop, statements on a real PostgreSQL; from the shell and in calls.
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
shop=$T/tools/shop.json

# one NAME [JSON]: its answer on one line
one() { agent --tool="$shop" "$@" | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin), sort_keys=True))'; }
# gives ANSWER NAME [JSON]
gives() {
	want=$1 && shift
	got=$(one "$@") || return 1
	[ "$got" = "$want" ] || { echo "got $got" && false; }
}
# fails CODE WORDS NAME [JSON]: exits so, and says so on stderr
fails() {
	exits=$1 words=$2 && shift 2
	must_fail "$exits" agent --tool="$shop" "$@" >"$T/out" 2>"$T/err" || { cat "$T/out" "$T/err" && return 1; }
	[ ! -s "$T/out" ] || { cat "$T/out" && return 1; }
	grep -qF "$words" "$T/err" || { cat "$T/err" && return 1; }
}
# last N PYTHON: an expression about a, the last N requests
last() {
	tail -n"$1" "$T/asked" | python3 -c 'import json, sys
a = [json.loads(line) for line in sys.stdin]
h = [r["headers"] for r in a]
sys.exit(0 if eval(sys.argv[1]) else str(a))' "$2"
}
both() { "$@" >"$T/both" 2>&1; }

ok 'a file of tools is checked by itself' agent --check "$shop"

# ---- the command line ----
ok 'a program' gives '{"q": "a\nb"}' cat '{"q": "a\nb"}'
ok 'arguments that are no JSON' fails 65 'the arguments are no JSON object' cat '{"q"'
ok 'nor an object' fails 65 'the arguments have to be an object' cat '["q"]'
ok 'ones that do not fit' fails 65 "the argument 'q' is missing" cat
ok 'ones that are not known' fails 65 "no argument is called 'x'" cat '{"q": "", "x": 1}'
ok 'in an array' fails 65 "the argument 'tags[1]' has to be of the type string" echo '{"q": "", "tags": ["a", []]}'
ok 'too many in it' fails 65 "the argument 'tags' has too many items" echo '{"q": "", "tags": ["", "", "", "", "", ""]}'
ok 'in an object' fails 65 "the argument 'who.name' is missing" echo '{"q": "", "who": {"age": 3}}'
ok 'unknown there' fails 65 "in the argument 'who' nothing is called 'admin'" echo '{"q": "", "who": {"name": "", "admin": 1}}'
ok 'no such tool' fails 64 "no tool is called 'nothing'" nothing
ok 'no name' must_fail 64 agent --tool="$shop"
ok 'a file with mistakes' must_fail 78 agent --tool=tests/data/scenario-broken/tools-http-scheme.json t
ok 'a file that is not there' must_fail 78 agent --tool="$T/nowhere.json" t
ok 'a tool of a scenario' agent --tool=pipelines/support/support.json technician

# ---- requests ----
ok 'a request' gives '{"order": 1001, "state": "sent", "total": 12.5}' order '{"number": "1001"}'
ok 'that reads has no key of its call' last 1 'a[0]["method"] == "GET" and "idempotency-key" not in h[0] and h[0]["accept"] == "application/json"'
ok 'a status is a failure, with what the service says' fails 69 'HTTP 404: no order has the number 7' order '{"number": "7"}'
ok 'arguments go where they are declared' both one echo '{"q": "x y", "n": "5", "tags": ["a", "b"], "who": {"name": "m", "age": 3}}'
ok 'with their types' last 1 'a[0]["method"] == "PUT" and a[0]["path"] == "/echo/a%20b?fixed=1&q=x%20y&tag=a&tag=b&n=5&k=7&text=%3Cx%20y%3E" and json.loads(a[0]["body"]) == {"text": "say x y!", "n": 5, "tags": ["a", "b"], "who": {"name": "m", "age": 3}, "fixed": [1, True, None]}'
ok 'and headers' last 1 'h[0]["content-type"] == "application/json" and h[0]["accept-language"] == "fr" and h[0]["x-request-id"] == h[0]["idempotency-key"] + ".1"'
ok 'all arguments' both one all '{"q": "x"}'
ok 'are the body' last 1 'a[0]["method"] == "PATCH" and a[0]["body"] == "{\"q\":\"x\"}"'
ok 'a form' both one form '{"n": 1.5}'
ok 'is one' last 1 'a[0]["method"] == "POST" and a[0]["body"] == "n=1.5&s=phone" and h[0]["content-type"] == "application/x-www-form-urlencoded"'
for code in '400 69' '401 78' '403 78' '409 69' '422 69' '500 75' '502 75'; do
	ok "status ${code% *} exits ${code#* }" fails "${code#* }" "HTTP ${code% *}: status ${code% *}" status "{\"code\": ${code% *}}"
	check 'and is asked once' '[ "$(grep -c "/status/${code% *}\"" $T/asked)" = 1 ]'
done
ok '429 is asked again' fails 75 'HTTP 429: status 429' status '{"code": 429}'
check 'once, as declared' '[ "$(grep -c /status/429 $T/asked)" = 2 ]'
ok 'so is 503' gives '{"attempts": 3}' busy '{"times": 2}'
ok 'with one name for the effect, and one for each request' last 3 'len({x["idempotency-key"] for x in h}) == 1 and [x["x-request-id"] for x in h] == [h[0]["idempotency-key"] + "." + str(i) for i in (1, 2, 3)]'
ok 'no more than twice' fails 75 'HTTP 503: later' busy '{"times": 3}'
ok 'what is no JSON' fails 69 'its answer is no JSON' get '{"where": "text"}'
ok 'what is too long' fails 69 'its answer is longer than 32768 bytes' get '{"where": "long"}'
ok 'what is too deep' fails 69 'too deep' get '{"where": "deep"}'
ok 'nothing is null' gives null get '{"where": "empty"}'
ok 'half an answer' fails 75 'transfer closed with 95 bytes remaining' get '{"where": "cut"}'
ok 'another place is not gone to' fails 69 'HTTP 302' get '{"where": "moved"}'
ok 'a slow one' fails 75 'it took too long' slow
ok 'a slow one with an effect is waited for' gives true slow_effect
rm -rf "$T/spool" && mkdir "$T/spool"
for time in 1 2 3 4 5; do
	ok "nobody there, $time" fails 75 'Failed to connect to 127.0.0.1 port 1' --spool="$T/spool" nobody
done
ok 'then it is not asked any more, by another process either' fails 75 'it has failed too often' --spool="$T/spool" nobody

# ---- secrets ----
ok 'keys are sent' both one key '{"where": "empty"}'
ok 'in headers' last 1 'h[0]["authorization"] == "Bearer k-1234567890" and h[0]["x-api-key"] == "o-0987654321"'
ok 'one in an answer is not passed on' fails 69 'its answer has a secret in it' key '{"where": "leak"}'
ok 'nor in a message' fails 69 'your key is Bearer ************' leak
check 'not at all' '! grep -r 1234567890 $T/err $T/out'
ok 'nor where a long message is cut' fails 69 'your key is Bearer *' leak_cut
check 'not even a part' '! grep -r k-12345 $T/err $T/out'
ok 'one that is not there' env -u SHOP_KEY agent --check "$shop"
none() { (unset SHOP_KEY SHOP_DSN && fails "$@"); }
ok 'is missed in the call' none 78 "there is no secret 'SHOP_KEY'" leak
ok 'and in another' none 78 "there is no secret 'SHOP_DSN'" stock

calls() { agent -s "$T/tools/scenario.json" </dev/null >/dev/null 2>"$T/err"; grep -c 'there is no secret' "$T/err"; }
printf '{"name": "s", "start": "a", "tools": "shop.json", "states": {"a": {"hangup": true}}}' >"$T/tools/scenario.json"
check_same 'a call says at once which are not there' '(unset SHOP_DSN OTHER_KEY && calls)' 'echo 2'
check_same 'and nothing, if all are there' calls 'echo 0'

cat >"$T/tools/secret.json" <<-'end'
	{"look": {"command": ["sh", "-c", "cat >/dev/null; printf '\"%s\"' \"${SHOP_PASS-none}\""]},
	 "use": {"http": {"url": "http://127.0.0.1:1/", "headers": {"X-Pass": {"secret": "SHOP_PASS"}}}}}
end
printf '{"name": "s", "start": "a", "problem": "b", "tools": "secret.json", "language": "en", "states": {"a": {"tool": "look", "save": "x", "say": "It is {{x}}.", "goto": "b"}, "b": {"hangup": true}}}' >"$T/tools/secret-talk.json"
look() { SHOP_PASS=hunter2x agent --text -s "$T/tools/secret-talk.json" | grep '^bot:'; }
check_same 'a program does not see that of a request, in a talk on the terminal' look 'echo "bot: It is none."'

# ---- statements ----
want='{"a": ["x"], "b": true, "big": "1234567890123456789012", "d": 2.5, "day": "2026-01-31", "dollar": ":t", "escaped": "'"':t"'", "i": 7, "j": {"x": [1, null]}, "money": 12.5, "nan": "NaN", "none": null, "quoted": ":t", "slice": "{2,3}", "t": "x", "tagged": " :t $$ ", "twice": "xx"}'
types() { # :t is the name of a column, too
	one types '{"t": "x", "i": "7", "b": true, "d": 2.5, "a": ["x"]}' | sed 's/":t": 1, //' >"$T/types" && echo "$want" | diff "$T/types" -
}
ok 'types are kept' types
ok 'what is not given is null' both one types '{}'
check 'of every type' 'grep -q "\"i\": null" $T/both && grep -q "\"t\": null" $T/both'
long() { fails 65 "the argument 't' is too long" types "{\"t\": \"$(head -c 66000 /dev/zero | tr '\0' x)\"}"; }
ok 'one that is too long is not given as null' long
ok 'rows' gives '[{"left_over": 9, "sku": "sku9"}, {"left_over": 10, "sku": "sku10"}]' stock '{"min": 9}'
ok 'no more than it may answer with' gives '[{"left_over": 1, "sku": "sku1"}, {"left_over": 2, "sku": "sku2"}, {"left_over": 3, "sku": "sku3"}]' stock
ok 'and that is said' sh -c "agent --tool=$shop stock 2>&1 >/dev/null | grep -q 'more rows'"
ok 'none of them' gives '[]' stock '{"min": 11}'
ok 'no first one' gives null first_stock '{"min": 11}'
ok 'an effect' gives '{"left_over": 6}' sell '{"sku": "sku8", "n": 2}'
check 'is done' '[ "$(psql -Atc "select left_over, n from stock join sale using (sku) where sku = '"'sku8'"'")" = "6|2" ]'
ok 'one that fails' fails 69 'violates check constraint' sell '{"sku": "sku8", "n": 7}'
ok 'or half of it' fails 69 'violates foreign key constraint' sell '{"sku": "none", "n": 7}'
check 'is not, not a part of it' '[ "$(psql -Atc "select count(*), min(left_over) from stock join sale using (sku)")" = "1|6" ]'
ok 'without an effect nothing can be written' fails 78 'in a read-only transaction' sell_reading '{"sku": "sku8", "n": 2}'
ok 'a value of another kind' fails 69 'integer' sell '{"sku": "sku8", "n": 3000000000}'
ok 'a statement that is wrong' fails 78 'does not exist' wrong
ok 'a slow one' fails 75 'it took too long' sleep
gone() { [ "$(psql -Atc "select count(*) from pg_stat_activity where query like '%pg_sleep(30)%' and pid <> pg_backend_pid()")" = 0 ]; }
ok 'is ended in the server, too' wait_for 5 gone
ok 'a slow one with an effect is waited for' gives '{"rows": 1}' sleep_effect

with_dsn() { (SHOP_DSN=$1 && shift && fails "$@"); }
ok 'no server' with_dsn 'host=127.0.0.1 port=1 password=topsecret' 75 'refused' stock
ok 'no host' with_dsn 'host=nowhere.invalid password=topsecret' 75 "cannot find the host 'nowhere.invalid'" stock
ok 'a host with a name' with_dsn 'host=localhost port=1 password=topsecret' 75 'refused' stock
ok 'no user' with_dsn "host=$PGHOST user=nobody password=topsecret" 78 'nobody' stock
ok 'no connection string' with_dsn 'topsecret' 78 'no connection string' stock
check 'and nobody is told the password' '! grep topsecret $T/err'

# ---- over a network ----
start python3 tests/fake/pg-relay.py >"$T/relay"
wait_for 10 test -s "$T/relay" || { echo 'Bail out! no relay' && exit 1; }
local="user=$PGUSER dbname=$PGDATABASE port=$(cat "$T/relay") application_name"
over() { SHOP_DSN="host=$1 $local=$2" && shift 2 && "$@"; }
ok 'by its address' over 127.0.0.1 pass gives '[{"left_over": 10, "sku": "sku10"}]' stock '{"min": 10}'
ok 'by its name' over localhost pass gives '[{"left_over": 10, "sku": "sku10"}]' stock '{"min": 10}'
ok 'the second, where the first is not there' over nowhere.invalid,localhost pass gives '[{"left_over": 10, "sku": "sku10"}]' stock '{"min": 10}'
ok 'as a URL' env SHOP_DSN="postgresql://$PGUSER@localhost:$(cat "$T/relay")/$PGDATABASE?application_name=pass" \
	agent --tool="$shop" stock '{"min": 10}'
ok 'one that never answers' over localhost silent fails 75 'it took too long' sleep
ok 'one that breaks' over localhost cut fails 75 'connection' stock '{"min": 10}'
ok 'one that breaks as it is done' over localhost commit fails 75 'it is not known whether it was done' sell '{"sku": "sku7", "n": 1}'
sold() { [ "$(psql -Atc "select left_over from stock where sku = 'sku7'")" = 6 ]; }
ok 'it was, and once' wait_for 5 sold
SHOP_DSN="host=$PGHOST user=$PGUSER dbname=$PGDATABASE"

# ---- the budget: 2 for all, and 8 who want to ----
mkdir "$T/two"
crowd() {
	for i in 1 2 3 4 5 6 7 8; do
		agent --spool="$T/two" --sql-connections=2 --tool="$shop" sleep_half >"$T/crowd.$i" 2>&1 &
		crowd="${crowd-} $!"
	done
	most=0
	while pgrep -P $$ -x agent >/dev/null; do
		now=$(psql -Atc "select count(*) from pg_stat_activity where application_name = 'callpipe'")
		[ "$now" -le "$most" ] || most=$now
	done
	# shellcheck disable=SC2086 # a list
	wait $crowd
	[ "$most" = 2 ] || { echo "$most connections" && false; }
}
ok 'no more connections than there may be' crowd
check 'all have their turn' '[ "$(grep -l "\"pg_sleep\": \"\"" $T/crowd.* | wc -l)" = 8 ]'
start agent --spool="$T/two" --sql-connections=1 --tool="$shop" sleep_long
holder=$!
held() { [ "$(psql -Atc "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()")" = 1 ]; }
ok 'one holds the only connection' wait_for 5 held
ok 'the others are told so' fails 75 'busy: all 1 connections to SHOP_DSN are in use' --spool="$T/two" --sql-connections=1 sleep
kill -9 $holder
ok 'who is killed holds none' gives '[{"pg_sleep": ""}]' --spool="$T/two" --sql-connections=1 sleep_half

# ---- arguments are values ----
python3 tests/fake/tools-inject.py "$shop" "$T/asked" >"$T/inject" 2>&1
ok 'whatever is in them' test $? = 0
diag "$T/inject"
check 'and the tables are there' '[ "$(psql -Atc "select count(*) from stock")" = 10 ]'

# ---- in calls ----
for name in $(python3 tests/fake/tools-calls.py --list); do
	ok "$name" python3 tests/fake/tools-calls.py "$shop" "$name"
done

# ---- what is not used is not loaded ----
loads() { LD_DEBUG=files agent --tool="$shop" "$@" 2>&1 | grep -q "calling init: .*/$lib"; }
for lib in libpq libcurl; do
	check "a program needs no $lib" '! loads cat "{\"q\": \"\"}"'
done
lib=libpq && ok 'a statement does' loads stock
lib=libcurl && check 'but no libcurl' '! loads stock'
plan
