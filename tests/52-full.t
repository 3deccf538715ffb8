#!/bin/sh
# More calls than slots: a busy phrase for some, an immediate end for the others, never a refusal.
# quiet: of every frame
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
sox -n -r 8000 -b 16 -c 1 "$T/busy.wav" synth 1 sine 480 gain -12
export CALLPIPE_SPOOL="$T/spool" CALLPIPE_PROMPT="$sounds/demo-echotest.wav"
serve as-answer --max-calls 2 --busy-calls 2 --busy "$T/busy.wav" pipelines/announce/call
as-dial --json --calls 2 --cps 20 -e 'silence 6; hangup' "127.0.0.1:$port" >"$T/first" &
first=$!
wait_for 5 eval '[ "$(find "$T/spool/calls" -name events.jsonl | wc -l)" = 2 ]'
as-dial --json --calls 6 --cps 100 -e 'silence 10' "127.0.0.1:$port" >"$T/more"
check "nobody is refused, all are ended by 00 00 00" 'tests/fake/report.py "end == \"server-end\"" <"$T/more"'
check "two hear the busy phrase, the others nothing" 'tests/fake/report.py "sorted(c[\"frames\"] > 40 for c in calls) == [False] * 4 + [True] * 2" <"$T/more"'
check "verdict busy for each of them" '[ "$(grep -lx busy "$T"/spool/verdicts/* | wc -l)" = 6 ]'
check "those who were first noticed nothing" "wait $first && tests/fake/report.py 'ok and (untimed or not gaps)' <'$T/first'"
check "a slot is free again as soon as a call is gone" 'wait_for 5 eval "as-dial --json -e \"expect audio within 2; hangup\" 127.0.0.1:$port | tests/fake/report.py ok"'

u=0f7dc3c2-1111-4222-8333-123456789abc
again() { as-dial --json --uuid $u -e 'expect audio within 2; hangup' "127.0.0.1:$port" >>"$T/same"; }
again && again
check "the same UUID again: both are answered" 'tests/fake/report.py "ok and len(calls) == 2" <"$T/same"'
check "and have a directory each" '[ -d "$T"/spool/calls/*/*/*/$u ] && [ -d "$T"/spool/calls/*/*/*/$u-2 ]'

# Both at once: neither waits for the other, and each keeps its own record.
u=0f7dc3c2-1111-4222-8333-123456789abd
both() { as-dial --json --uuid $u -e "$1" "127.0.0.1:$port" >"$T/$2"; }
wait_for 5 eval 'as-answer --status | grep "\"live\":0"'
both 'expect audio within 2; silence 1; hangup' short &
short=$!
both 'expect audio within 2; silence 3; hangup' long
ok "the same UUID twice at the same time" wait $short
check "both are answered" 'cat "$T/short" "$T/long" | tests/fake/report.py "ok and (untimed or not gaps) and len(calls) == 2"'
ended() { [ "$(cat "$T"/spool/calls/*/*/*/$u*/events.jsonl | grep -c "\"type\":\"verdict\".*\"caller-hangup\"")" = 2 ]; }
check "each has its own record to the end" 'wait_for 10 ended'
check "with its own name in it" 'for c in $u $u-2; do grep -q "^{\"call\":\"$c\",\"uuid\":\"$u\"" "$T"/spool/calls/*/*/*/$c/call.json || false; done'
check "and there is a verdict" 'grep -x caller-hangup "$T/spool/verdicts/$u"'
plan
