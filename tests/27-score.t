#!/bin/sh
# score and summarize: marks and sentences from a journal alone, the judge and what it may not do.
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh

mkdir "$T/day"
cp -r tests/data/call "$T/day/a"
rec() { # SEQ T TYPE DATA
	printf '{"seq":%d,"t":%d,"type":"%s","data":%s}\n' "$1" "$2" "$3" "$4"
}
# Nobody agreed to an order, the bot was slow and spoke on, and the pipeline failed.
mkdir "$T/day/b"
{
	rec 1 20 synthesize '{"utterance":"u1","turn":0,"text":"Good day."}'
	rec 2 2000 playing '{"utterance":"u1","timestamp":2000}'
	rec 3 9000 voice-started '{"timestamp":3000,"turn":1}'
	rec 4 9000 voice-stopped '{"timestamp":5000,"turn":1,"cause":"silence"}'
	rec 5 9000 transcript '{"turn":1,"text":"no \"never\" \u00e9"}'
	rec 6 9000 heard '{"turn":1,"state":"identification","by":"voice","match":"no_match","sentiment":"negative","confidence":0.9}'
	rec 7 9000 tool-call '{"id":"t1","name":"order","arguments":{},"effect":true}'
	rec 8 9100 tool-result '{"id":"t1","status":"failed","error":"no stock","ms":100}'
	rec 9 9200 turn '{"turn":1,"speech_end":5000,"endpoint_ms":700,"audible_ms":4200}'
	rec 10 9200 played '{"utterance":"u1","timestamp":6000,"status":"failed","heard_ms":4000}'
	rec 11 9300 fallback '{"file":"x"}'
	rec 12 9300 verdict '{"verdict":"error"}'
} >"$T/day/b/events.jsonl"
one() { jq -c "$1" "$T/day/$2"; }

check 'every call is scored' 'score "$T/day" >"$T/out" && [ "$(wc -l <"$T/out")" = 2 ]'
check 'a good call: nothing failed' '[ "$(one "[.checks[].pass] | index(false)" a/score.json)" = null ]'
check 'a transfer settles nothing' '[ "$(one .criteria.resolved.score a/score.json)" = 0 ]'
check_same 'a bad one: what failed' 'one "[.checks | to_entries[] | select(.value.pass == false) | .key]" b/score.json' \
	'echo "[\"greeted\",\"identified\",\"confirmed\",\"tools\",\"talk_over\",\"latency\"]"'
check_same 'and why it should be heard' 'one .review b/score.json' 'echo "[\"overall\",\"unconfirmed\",\"failed\"]"'
check 'what is proven is a mark' '[ "$(one "[.criteria.confirmed.score, .criteria.satisfied.score]" b/score.json)" = "[0,0]" ]'
check 'overall is the mean of those there are' \
	'one "[([.criteria[].score | numbers] | add / length), .overall] | (.[0] - .[1] | fabs) < 0.001" b/score.json | grep -x true'
check 'the queue is of those alone' '[ "$(score -q "$T/day" | jq -r .call)" = b ]'
cp "$T/day/a/score.json" "$T/a.json"
check 'twice is once' 'score "$T/day" 2>&1 >/dev/null | grep "0 done, 2 skipped" && cmp "$T/a.json" "$T/day/a/score.json"'
check 'a journal that has grown is scored anew' 'touch "$T/day/a/events.jsonl" && score "$T/day" 2>&1 >/dev/null | grep "1 done, 1 skipped"'

cat >"$T/judge" <<'EOF'
#!/usr/bin/python3
import json, sys
q = json.load(sys.stdin)
assert set(q) == {"rubric_version", "rubric", "checks", "measured", "call"} and q["call"]["conversation"], q
json.dump({"model": "m\u00e9", "criteria": {n: {"score": 0.25, "comment": "x" * 500} for n in q["rubric"]}}, sys.stdout)
EOF
chmod +x "$T/judge"
check 'a judge is asked for what is wanted' 'score --judge "$T/judge" --budget 1 "$T/day" | jq -r "select(.judge).call" | grep -x a'
check 'and for the rest in the next run' 'score --judge "$T/judge" "$T/day" | jq -s "[.[].judge] == [\"mé\", \"mé\"]" | grep true'
check 'its marks are taken, but not against the journal' \
	'[ "$(one "[.criteria.accurate.score, .criteria.confirmed.score, .criteria.confirmed.by]" b/score.json)" = "[0.25,0,\"call\"]" ]'
check 'a comment is cut' '[ "$(one ".criteria.accurate.comment | length" b/score.json)" = 400 ]'
bad() { # TEXT COMMAND MESSAGE
	check "$1: said, and the measured marks are kept" \
		"must_fail 75 score --force --timeout 1000 --judge \"$2\" '$T/day/a' 2>'$T/err' >'$T/out' && grep -q \"$3\" '$T/err' &&
		jq -e '.judge == null and .overall > 0' '$T/day/a/score.json'"
}
bad 'a judge that fails' "sh -c 'echo sorry >&2; exit 3'" 'exit 3: sorry'
bad 'one that is not there' nonesuch 'No such file'
bad 'one that hangs' 'sleep 60' 'no answer after 1000 ms'
bad 'one that says nothing' true 'no JSON'
bad 'one that says too little' 'echo {}' 'the 8 names'
check 'none of a hundred' '[ "$(score --judge "$T/judge" --sample 0 --force "$T/day" | jq -s "map(.judge) | unique")" = "$(printf "[\n  null\n]")" ]'

check 'every call is told' 'summarize "$T/day" >"$T/out" && [ "$(wc -l <"$T/out")" = 2 ]'
check_same 'a good call' 'one .summary a/summary.json' 'echo "\"2026-11-25 23:02 UTC, 25 s, service support. Went through \
welcome, identification, diagnostic, solution_mobile, verification, transfer. The caller said \\\"four seven one one\\\", \
\\\"mobile\\\", \\\"no\\\". Tools: find_client ok, technician ok. Result: disposition transferred, problem mobile. The call was \
transferred to technician (the remedy did not help).\""'
check 'a bad one' 'one .summary b/summary.json | grep "no .*never.* é.*order failed (no stock).*ended by a failure.*fallback"'
check 'twice is once' 'summarize "$T/day" 2>&1 >/dev/null | grep "0 done, 2 skipped"'
check 'a program of your own' "summarize -e command -c \"echo '{\\\"summary\\\":\\\"All is well.\\\"}'\" '$T/day/a' && [ \"\$(one .summary a/summary.json)\" = '\"All is well.\"' ]"
check 'one that fails leaves our own words' \
	"must_fail 75 summarize -f -e command -c false '$T/day/a' && one '[.engine, .summary]' a/summary.json | grep '^.\"none\",\"2026'"
check 'and is asked again' "summarize -e command -c \"echo '{\\\"summary\\\":\\\"Now.\\\",\\\"model\\\":\\\"m\\\"}'\" '$T/day/a' && [ \"\$(one .model a/summary.json)\" = '\"m\"' ]"
ok 'the engine command wants a command' must_fail 64 summarize -e command "$T/day/a"

# What would cost the square of its length, names that are no UTF-8, and more text than a summary has room for.
long() {
	python3 - "$T" <<-'EOF'
		import json, os, sys
		def call(name, records):
		  os.makedirs(os.path.join(os.fsencode(sys.argv[1]), b"long", name))
		  with open(os.path.join(os.fsencode(sys.argv[1]), b"long", name, b"events.jsonl"), "w") as f:
		    for i, (kind, data) in enumerate([*records, ("verdict", {"verdict": "hangup"})]):
		      f.write(json.dumps({"seq": i + 1, "t": 9, "type": kind, "data": data}) + "\n")
		n = 20000
		call(b"n", [*(("synthesize", {"utterance": f"u{i}", "text": "x", "language": f"l{i}"}) for i in range(n)),
		            *(("played", {"utterance": f"u{i}", "heard_ms": 9, "timestamp": 9}) for i in range(n)),
		            *(("transcript", {"turn": i, "text": "y", "start": n - i, "end": 2 * n}) for i in range(n)),
		            *(("voice-started", {"timestamp": i, "turn": i}) for i in range(n))])
		call(b"\xff", [("dtmf", {"digit": "\u00e9" * 40}), ("result", {"a": "\"\u0001" * 20000})])
	EOF
	timeout $((20 * SLACK)) score "$T/long" >"$T/out" && timeout $((20 * SLACK)) summarize "$T/long" >>"$T/out" &&
		[ "$(jq -s 'map(.call) | unique == ["n", "\ufffd"]' "$T/out")" = true ] &&
		summarize "$T/long" 2>&1 | grep '0 done, 2 skipped'
}
ok 'calls that are too long, and names that are none' long
cat >"$T/named" <<'EOF'
#!/usr/bin/python3
import json, sys
q = json.load(sys.stdin)
json.dump({"model": "\u00e9\u20ac" * 70, "summary": "x", "criteria": {n: {"score": 1} for n in q.get("rubric", ())}}, sys.stdout)
EOF
chmod +x "$T/named"
check 'the name of a model is cut between two characters' \
	'score -f --judge "$T/named" "$T/day/a" | jq -e ".judge | test(\"^(é€)+é?\$\")" && summarize -f -e command -c "$T/named" "$T/day/a" | jq -e ".model | startswith(\"é€\")"'

for tool in score summarize; do
	check "$tool: an empty list" "[ -z \"\$($tool </dev/null 2>&1)\" ]"
	check "$tool: what is no call is said, the others are done" "must_fail 65 $tool --force '$T' '$T/gone' '$T/day/a' >'$T/out' 2>'$T/err' &&
		grep -q \"^$tool: cannot open call '$T/gone': No such file\" '$T/err' && grep -q '\"call\":\"a\"' '$T/out'"
	mkdir "$T/c.$tool" && cp tests/data/call/call.json "$T/c.$tool" && touch -d '1 hour ago' "$T/c.$tool/call.json" "$T/c.$tool"
	check "$tool: no journal is said" "must_fail 65 $tool '$T/c.$tool' 2>&1 | grep 'events.jsonl.*No such file'"
	check "$tool: a call in progress is left alone" "touch '$T/c.$tool/call.json' && $tool '$T/c.$tool' 2>&1 | grep '1 skipped'"
	ok "$tool: output that is lost" must_fail 74 sh -c "$tool --force '$T/day/a' >/dev/full"
done
plan
