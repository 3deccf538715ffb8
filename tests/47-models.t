#!/bin/sh
# agent --probe: models of both dialects, their faults, and keys, which nobody sees. What agent makes of answers, and of
# every fault in a call: tests/unit/model-ask.c.
. tests/lib.sh

mkfifo "$T/in"
exec 9<>"$T/in"
start sh -c 'exec python3 tests/fake/model.py tests/data/model/script.json "$0/log" <"$0/in" >"$0/port"' "$T"
wait_for 5 test -s "$T/port" || { echo 'Bail out! the fake does not start' && exit 1; }
port=$(cat "$T/port")
unset OPENAI_API_KEY ANTHROPIC_API_KEY GROQ_API_KEY
export KEY_ONE=sk-one-0123456789abcdef KEY_TWO=sk-two-0123456789abcdef

# models ENGINE MODEL [SECRET [PORT]]
models() {
	printf '{"providers": [{"name": "one", "engine": "%s", "url": "http://127.0.0.1:%s/v1", "model": "%s"%s}]}' \
		"$1" "${4:-$port}" "$2" "${3:+, \"secret\": \"$3\"}" >"$T/models.json"
}
probe() { agent --models="$T/models.json" --no-proxy='*' --probe >"$T/out" 2>"$T/err"; }
# probed CODE LINE...: exits so, and says so
probed() {
	must_fail "$1" probe || { cat "$T/out" "$T/err" && return 1; }
	shift
	for line; do
		grep -q "$line" "$T/out" "$T/err" || { echo "no '$line'" && cat "$T/out" "$T/err" && return 1; }
	done
	! grep -F 0123456789 "$T/out" "$T/err"
}
last() { tail -n1 "$T/log" | python3 -c 'import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

for engine in openai anthropic; do
	models $engine fine KEY_ONE
	ok "$engine: an answer" probed 0 '^provider: one$' "^engine: $engine\$" '^model: fine$' '^status: 200' \
		'^request id: req_200$' '^first byte: [0-9.]* ms$' '^first token: [0-9.]* ms$' '^answer: One. Two three.$' \
		'^end of the answer: whole$' '^tokens: 4 in, 16 cached, 5 out$' '^header: x-request-id: req_200$'
	models $engine 401 KEY_TWO
	ok "$engine: a key that is not accepted" probed 69 '^status: 401$' '^failed: .*(invalid_api_key)$'
	models $engine 404
	ok "$engine: a model that is not there" probed 69 '^status: 404$'
	models $engine 429
	ok "$engine: too many requests" probed 75 '^status: 429$' '^header: retry-after: 1$'
	models $engine quota
	ok "$engine: nothing left on the account" probed 69 'insufficient_quota'
	models $engine 500
	ok "$engine: broken" probed 75 '^status: 500$'
	models $engine reset
	ok "$engine: no reply" probed 75 '^failed: '
	models $engine cut-late
	ok "$engine: an answer that breaks off" probed 75 '^end of the answer: it broke off$'
	models $engine error-late
	ok "$engine: an error in the answer" probed 75 '^end of the answer: Overloaded, try again$'
	models $engine will-not
	ok "$engine: one that will not" probed 75 '^end of the answer: it was refused$'
	models $engine fine '' 1
	ok "$engine: nobody there" probed 75 '^failed: '
	models $engine fine KEY_THREE
	ok "$engine: a key that is not there" probed 78 "no key for agent 'one': set KEY_THREE, or .._FILE"
done

ok 'a file of models is checked by itself' agent --check "$T/models.json"
sed 's/"engine"/"engin"/' "$T/models.json" >"$T/slip.json"
check 'its mistakes are told' 'must_fail 65 agent --check "$T/slip.json" 2>"$T/err" && grep -q "^agent: .*slip.json: providers\[0\].engin: unknown key" "$T/err" || { cat "$T/err" && false; }'
echo '{' >"$T/prices"
ok 'a table of prices with a mistake is refused' must_fail 64 agent --prices="$T/prices" -s tests/data/agent/rules.json </dev/null

models openai fine KEY_ONE
ok 'the key of one dialect' probed 0
check 'stands where it should' '[ "$(last key)" = "Bearer $KEY_ONE" ] && [ "$(last path)" = /v1/chat/completions ]'
models anthropic fine KEY_TWO
ok 'the key of the other' probed 0
check 'stands where it should, too' '[ "$(last key)" = "$KEY_TWO" ] && [ "$(last path)" = /v1/messages ]'
models openai fine
ok 'no key' probed 0
check 'is none' '[ "$(last key)" = None ]'

# Several: each is asked, and what is worst is the exit status.
cat >"$T/models.json" <<-END
	{"comment": "three", "providers": [
		{"name": "busy", "engine": "openai", "url": "http://127.0.0.1:$port/v1", "model": "429"},
		{"name": "bad", "engine": "anthropic", "url": "http://127.0.0.1:$port", "model": "401"},
		{"name": "good", "engine": "openai", "url": "http://127.0.0.1:$port/v1/", "model": "fine"}]}
END
ok 'each of a list is asked' probed 69 '^provider: busy$' '^provider: bad$' '^provider: good$' '^answer: One. Two three.$'
check 'one after the other' '[ "$(grep -c "^request id: req_" "$T/out")" = 3 ]'

# Mistakes.
echo '{"providers": [{"name": "one", "engine": "opanai", "modle": "x"}], "wait_ms": "soon"}' >"$T/models.json"
ok 'mistakes of a file' probed 78 "models.json: providers\[0\].engine: 'opanai' is none of: anthropic, openai" \
	"providers\[0\].modle: unknown key (did you mean 'model'?)" 'providers\[0\].model: is missing' \
	'wait_ms: has to be an integer from 100 to 60000'
check 'and nothing is asked' '! test -s "$T/out"'
rm "$T/models.json"
ok 'a file that is not there' probed 78 'cannot read it: No such file'
ok 'no file' must_fail 64 agent --probe
ok 'an operand' must_fail 64 agent --models="$T/models.json" --probe more
plan
