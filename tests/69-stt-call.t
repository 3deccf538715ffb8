#!/bin/sh
# A whole call whose words come from a server: what is decided, and that the call replayed decides the same, and asks nobody.
# quiet: a caller who waits for what is said to end
# shellcheck disable=SC2016,SC2034 # shell text and variables are for check and ok
. tests/lib.sh

export CALLPIPE_SPOOL="$T/spool" CALLPIPE_SERVICE=rules PYTHONPATH=tests/fake PYTHONDONTWRITEBYTECODE=1
unset ORDERS ORDER_DO LOOK_DO
mkdir "$T/spool"
mkfifo "$T/hold"
python3 tests/fake/transcriber.py "$T/log" <"$T/hold" >"$T/port" &
exec 9>"$T/hold" # it ends with this
wait_for 10 test -s "$T/port"
cat >"$T/call" <<'END'
#!/bin/sh
cd "$1" && as-listen | vad | stt -e openai -m gpt-transcribe --url "$2" | agent -s rules.json | tts | as-speak
END
chmod +x "$T/call"
serve as-answer "$T/call" "$PWD/tests/data/agent" "http://127.0.0.1:$(cat "$T/port")/talk/v1"
bye=/usr/share/asterisk/sounds/en_US_f_Allison/vm-goodbye.wav
say="silence 2; say $bye"
ok 'a call' as-dial -u 00000000-0000-4000-8000-000000000069 -e "$say; wait 8; say $bye; $say; wait 8; hangup" "127.0.0.1:$port"
dir=$(echo "$T"/spool/calls/*/*/*/*)
wait_for 10 grep -q '"verdict"' "$dir/events.jsonl"
told() { jq -r "select(.type == \"$1\") | .data.$2" "$dir/events.jsonl" | tr '\n' ' '; }
check 'comes to these states' '[ "$(told state to)" = "hello menu order sure order " ] || { told state to; told transcript text; false; }'
check 'words so far are there, too' '[ "$(jq -r "select(.type == \"transcript-partial\" and .data.turn == 1) | .data.text" "$dir/events.jsonl" | tail -n 1)" = "I want to order." ]'
check 'usage' '[ "$(told usage unit | tr " " "\n" | grep -c seconds)" -eq 3 ]'
check 'nothing went wrong' '[ -z "$(told error text)" ] && [ ! -s "$T/serve.err" ]'
asked=$(wc -l <"$T/log")
decisions='select(.type | IN("listen", "synthesize", "pause", "flush", "resume", "state", "result", "tool-call", "tool-result", "heard", "hangup", "transcript", "transcript-partial")) | [.type, .data]'
decided() {
	python3 -c 'import json, sys
from stream import *
for t, d, p, raw in read(sys.stdin.buffer): print(json.dumps({"type": t, "data": d}))' | jq -c "$decisions"
}
check_same 'once more: the same words at the same places, the same decisions' 'jq -c "$decisions" "$dir/events.jsonl"' \
	'cd tests/data/agent && as-listen --replay="$dir" | vad | stt --replay="$dir" | agent -s rules.json --replay="$dir" | (cd - >/dev/null && decided)'
check 'nobody was asked' '[ "$(wc -l <"$T/log")" = "$asked" ]'
exec 9>&-
plan
