#!/bin/sh
# agent in whole calls by keys: what it decides, that a replay decides the same, and a call that is gone on with.
# quiet: those 100 ms
# shellcheck disable=SC2034 # variables are used in the text that check evaluates
. tests/lib.sh

export CALLPIPE_SPOOL="$T/spool" CALLPIPE_FROM_DIR="$T/from" CALLPIPE_SERVICE=rules
unset ORDERS ORDER_DO LOOK_DO
mkdir "$T/spool" "$T/from"
cat >"$T/call" <<'END'
#!/bin/sh
cd "$1" && as-listen | vad | stt -e none | agent -s rules.json | tts | as-speak
END
chmod +x "$T/call"
serve as-answer "$T/call" "$PWD/tests/data/agent"
n_calls=0
# call FROM COMMANDS: a call from this number; $dir is its directory.
call() {
	n_calls=$((n_calls + 1))
	uuid=$(printf '00000000-0000-4000-8000-%012d' $n_calls)
	[ -z "$1" ] || echo "from=$1" >"$T/from/$uuid"
	as-dial -u "$uuid" -e "$2" "127.0.0.1:$port" >"$T/report" || cat "$T/report"
	dir=$(echo "$T"/spool/calls/*/*/*/"$uuid")
	wait_for 10 grep -q '"verdict"' "$dir/events.jsonl"
}
told() { jq -r "select(.type == \"$1\") | .data.$2" "$dir/events.jsonl" | tr '\n' ' '; }
decisions='select(.type | IN("listen", "synthesize", "flush", "resume", "state", "result", "session", "tool-call", "tool-result", "hangup", "transfer")) | [.type, .data]'
# The events of a stream that are decisions of the agent.
decided() {
	PYTHONPATH=tests/fake python3 -c 'import json, sys
from stream import *
for t, d, p, raw in read(sys.stdin.buffer): print(json.dumps({"type": t, "data": d}))' | jq -c "$decisions"
}
replay() {
	(cd tests/data/agent && as-listen --replay="$1" | vad | stt -e none | agent -s rules.json --replay="$1")
}

ok 'a call by keys' call 33612345678 'wait 3; dtmf 3; wait; dtmf 1234; wait; dtmf 15#; wait; dtmf 0; expect end within 10'
check 'comes to these states' '[ "$(told state to)" = "hello menu look menu order sure people " ]'
check 'is handed over' '[ "$(cat "$dir/verdict")" = "transfer people" ]'
check 'the tool was run, and its result recorded' '[ "$(told tool-result status)" = "ok " ] && [ "$(told result name)" = "Ada " ]'
check 'its farewell is whole' 'jq -se "[.[] | select(.type == \"played\") | .data] | last | .status == \"played\" and .heard_ms == .total_ms" "$dir/events.jsonl"'
check 'the answer to a key is there within 100 ms' 'jq -se "[.[] | select(.type == \"turn\" and .data.speech_end > 0) | .data.text_ms] | max < 100 * $SLACK" "$dir/events.jsonl"'
check 'session.json tells it' 'jq -e ".finished and .state == \"people\" and .variables.amount == \"5\" and .result.name == \"Ada\"" "$dir/session.json"'
check_same 'the same call once more: the same decisions' 'jq -c "$decisions" "$dir/events.jsonl"' 'replay "$dir" | decided'

ok 'a call that is cut off' call 33612345678 'dtmf 112#; wait; hangup'
check 'is unfinished' 'jq -e "(.finished | not) and .state == \"sure\"" "$dir/session.json"'
check 'what it was about is known to its state' '[ "$(told result hung_up_in)" = "sure " ]'
ok 'the same number calls again' call 33612345678 'wait; hangup'
check 'and is asked' '[ "$(told state to)" = "again " ]'
check 'nothing is told before' '! told synthesize text | grep -q 12'
check 'what it was asked for is in the journal' '[ "$(told session state)" = "sure " ]'
check_same 'and a replay knows of it' 'jq -c "$decisions" "$dir/events.jsonl"' 'replay "$dir" | decided'
ok 'who has gone on' call 33612345678 'wait; hangup'
check 'is asked again, for a replay takes nothing from anyone' '[ "$(told state to)" = "again " ]'
ok 'a withheld number calls' call anonymous 'wait; hangup'
check 'and is not' '[ "$(told state to)" = "hello menu " ]'
ok 'nobody was in the way' test ! -s "$T/serve.err"
plan
