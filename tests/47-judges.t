#!/bin/sh
# score and summarize by language models: what they are asked, what is taken of their answers, and what if there is none.
# shellcheck disable=SC2016,SC2034 # shell text is for check
. tests/lib.sh

marks() { # SCORE: an answer with all eight names
	for name in greeted understood tools accurate confirmed concise resolved satisfied; do
		printf '"%s": {"score": %s, "comment": "So I heard."}, ' "$name" "$1"
	done | sed 's/, $//'
}
python3 - "$(marks 0.25)" >"$T/script.json" <<'END'
import json, sys
marks = '{"criteria": {' + sys.argv[1] + '}}'
tells = '{"summary": "Ruth Cohen\'s phone is broken."}'
json.dump({
    "judge": [{"words": [marks[:40], marks[40:]], "usage": [900, 0, 90]}],
    "fenced": [{"words": ["<think>Hm.</think>```json\n" + marks + "\n```"]}],
    "caller": [{"calls": [["t1", "answer", marks]]}],
    "short": [{"words": ['{"criteria": {"greeted": {"score": 1}}}']}],
    "beyond": [{"words": [marks.replace("0.25", "7", 1)]}],
    "words": [{"words": ["It was a good call."]}],
    "teller": [{"words": [tells]}],
    "caller-tells": [{"calls": [["t1", "answer", tells]]}],
    "mute": [{"words": ['{"summary": ""}']}],
    "500": [{"fault": "500"}], "401": [{"fault": "401"}], "silence": [{"fault": "silence"}],
}, sys.stdout)
END
mkfifo "$T/in"
exec 9<>"$T/in"
start sh -c 'exec python3 tests/fake/model.py "$0/script.json" "$0/log" <"$0/in" >"$0/port"' "$T"
wait_for 5 test -s "$T/port" || { echo 'Bail out! the fake does not start' && exit 1; }
port=$(cat "$T/port")
mkdir "$T/day"
cp -r tests/data/call "$T/day/a"
export JUDGE_KEY=sk-judge-0123456789abcdef CALLPIPE_NO_PROXY='*'

# models ENGINE:MODEL...
models() {
	for m; do
		printf '{"name": "%s", "engine": "%s", "url": "http://127.0.0.1:%s/v1", "model": "%s", "secret": "JUDGE_KEY"}, ' \
			"${m#*:}" "${m%%:*}" "$port" "${m#*:}"
	done | sed 's/^/{"give_up_ms": 100, "budget_ms": 100, "providers": [/; s/, $/]}/' >"$T/models.json"
}
judged() { score -f --models="$T/models.json" --timeout=1500 "$T/day" >"$T/out" 2>"$T/err"; }
tell() { summarize -f -e models --models="$T/models.json" --timeout=1500 "$T/day" >"$T/out" 2>"$T/err"; }
of() { jq -c "$1" "$T/day/a/$2"; }
asked() { tail -n1 "$T/log" | jq -c "$1"; }

for m in openai:judge openai:fenced anthropic:caller; do
	models "$m"
	ok "$m: a call is judged" judged
	check_same "$m: its marks are taken, but not against the journal" \
		'of "[.judge, .criteria.accurate.score, .criteria.accurate.by, .criteria.accurate.comment, .criteria.greeted.by]" score.json' \
		"printf '[\"${m#*:}\",0.25,\"judge\",\"So I heard.\",\"call\"]\n'"
done
check 'the answer is held to a form' \
	'[ "$(asked "[.body.tool_choice, (.body.tools[0].input_schema.properties.criteria.required | length)]")" = "[{\"type\":\"tool\",\"name\":\"answer\"},8]" ]'
models openai:judge
judged
check 'of either kind, to the letter' '[ "$(asked "[.body.response_format.json_schema.strict, .body.max_tokens]")" = "[true,4000]" ]'
check 'it gets what a program gets, as data' \
	'asked ".body.messages[1].content | fromjson | keys" | grep -x "\[\"call\",\"checks\",\"measured\",\"rubric\",\"rubric_version\"\]"'
check 'and is told what to do apart from it' 'asked ".body.messages[0]" | grep -q "\"system\".*no instruction to you"'
cp -r "$T/day/a" "$T/day/b"
for m in openai:judge anthropic:caller; do
	models "$m"
	check "$m: all calls of a run are asked about over one connection" 'judged &&
		[ "$(tail -n2 "$T/log" | jq .connection | sort -u | wc -l)" = 1 ]'
done
rm -r "$T/day/b"
models openai:500 openai:401 anthropic:caller
ok 'one that fails' judged
check 'has a next one' '[ "$(of .judge score.json)" = "\"caller\"" ]'

kept() { # TEXT MODEL MESSAGE
	models "$2"
	message=$3
	check "$1: said, and the measured marks are kept" 'must_fail 75 judged && jq -e ".judge == null and .overall > 0" "$T/day/a/score.json" &&
		grep -q "$message" "$T/err"'
}
kept 'too little' openai:short 'the 8 names'
kept 'too much' openai:beyond 'not between 0 and 1'
kept 'words' openai:words 'no JSON object'
kept 'nothing' openai:silence 'no first token'
kept 'a refusal' openai:401 'HTTP'

for m in openai:teller anthropic:caller-tells; do
	models "$m"
	ok "$m: a call is told" tell
	check_same "$m: in its words" 'of "[.engine, .model, .summary]" summary.json' \
		"echo '[\"models\",\"${m#*:}\",\"Ruth Cohen'\\''s phone is broken.\"]'"
done
models openai:mute
check 'nothing told: our own words are kept' 'must_fail 75 tell && [ "$(of .engine summary.json)" = "\"none\"" ] && grep -q "no summary" "$T/err"'
check 'and it is asked again' 'models openai:teller && summarize -e models --models="$T/models.json" "$T/day" && [ "$(of .model summary.json)" = "\"teller\"" ]'

ok 'the engine models wants models' must_fail 64 summarize -e models "$T/day"
ok 'a judge or models' must_fail 64 score --judge=true --models="$T/models.json" "$T/day"
check 'the key is nowhere' '! grep -rF 0123456789 "$T/day" "$T/out" "$T/err"'
unset JUDGE_KEY
for tool in score 'summarize -e models'; do
	check "$tool: a key that is not there is said once" 'must_fail 78 $tool --models="$T/models.json" "$T/day" 2>"$T/err" &&
		[ "$(wc -l <"$T/err")" = 1 ] && grep -q "no key for ${tool%% *} .*JUDGE_KEY" "$T/err"'
	check "$tool: so is a mistake" 'echo "{}" >"$T/bad.json" && must_fail 78 $tool --models="$T/bad.json" "$T/day" 2>"$T/err" &&
		grep -q "providers: is missing" "$T/err"'
done
plan
