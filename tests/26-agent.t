#!/bin/sh
# agent: dialogues as text, and the filter in calls that are played around it by programs that share no code with it.
. tests/lib.sh
. tests/filter.sh

unset ORDERS ORDER_DO LOOK_DO
rules=tests/data/agent/rules.json
calls=tests/fake/agent-calls.py

# Text.
for file in tests/dialogues/*/*.dialogue; do
	ok "$file" agent --text "$file"
done
talk() { printf '%s\n' "$@" | agent --text -s "$rules"; }
talk 'keys: 2' 'one two three' 'goes on: four five six' >"$T/talk"
check 'a talk from stdin is written as a dialogue' 'grep -qx "goes on: four five six" "$T/talk" && grep -qx "end: hangup" "$T/talk"'
ok 'and is one: it can be run' agent --text -s "$rules" "$T/talk"
differs() { must_fail 1 agent --text -s "$rules" "$1" >"$T/out" 2>"$T/err"; }
sed 's/^bot: Goodbye.$/bot: Farewell./' "$T/talk" >"$T/other"
ok 'one that says other words than are said is told from it' differs "$T/other"
check 'with what was expected and what happened' 'grep -qx -- "- bot: Farewell." "$T/out" && grep -qx "+ bot: Goodbye." "$T/out"'
check 'and where' 'grep -q "^$T/other:[0-9]*: not as expected$" "$T/out" && [ ! -s "$T/err" ]'
for change in '/^bot: Hello/d' 's/^state: pay/state: order/' 's/^end: hangup/end: transfer people/' 's/"123456"/"12345"/' '/^result/d;s/^state: bye/result: {"a":1}/' \
	'$a bot: One more.' '$a caller: Hello?'; do
	sed "$change" "$T/talk" >"$T/other"
	ok "a file differs by: $change" differs "$T/other"
done
sed 's/^bot: Goodbye.$/bot: Good*/; /^state/d; /^result/d' "$T/talk" >"$T/other"
ok 'what is not told is not asked for, and * is anything' agent --text -s "$rules" "$T/other"
for line in 'bot' 'caller:' 'somebody: hello' 'keys: 12x' 'amd: robot' 'result: [1]' 'tool: look {' 'tool: look -> maybe' 'hangup now' 'silence: a while'; do
	echo "$line" >"$T/bad"
	ok "no dialogue: $line" must_fail 65 agent --text -s "$rules" "$T/bad"
	check 'and the line is named' 'agent --text -s "$rules" "$T/bad" 2>&1 | grep -q "line 1: "'
done
ok 'no such dialogue' must_fail 74 agent --text -s "$rules" "$T/none"
ok 'no scenario' must_fail 64 agent --text "$T/talk"
ok 'a scenario with mistakes' must_fail 78 agent --text -s tests/data/agent/tools.json "$T/talk"
ok 'the same in a call' must_fail 78 agent -s tests/data/agent/tools.json
ok 'no scenario in a call' must_fail 64 agent
ok 'an operand in a call' must_fail 64 agent -s "$rules" "$T/talk"
ok 'no call to replay' must_fail 74 agent -s "$rules" --replay "$T/none"

# The filter.
PYTHONPATH=tests/fake python3 -c 'import sys
from stream import *
w = sys.stdout.buffer.write
w(frame("call-start", call="c", rate=8000))
for k in range(8): w(audio(None, bytes(320), timestamp=k * 20))
w(frame("playing", utterance="u1", timestamp=120, turn=0, loop=1))
w(clock(500))
w(frame("voice-started", timestamp=600, turn=1))
w(frame("voice-stopped", timestamp=900, turn=1, cause="silence"))
w(frame("transcript", turn=1, listen="l1", text="I want to order", language="en"))
w(frame("played", utterance="u1", timestamp=900, turn=0, status="cleared", heard_ms=480, total_ms=700, loop=1))
w(clock(1000))
for d in "1234": w(frame("dtmf", digit=d, timestamp=1000))
w(clock(1500))
w(frame("call-end", cause="caller-hangup"))' >"$T/call"
CALLPIPE_LOG=error
export CALLPIPE_LOG
filter_manners "$T/call" agent -s "$rules"
for name in $(python3 $calls --list); do
	ok "call: $name" python3 $calls "$name"
done
for first in 1 31 61 91; do
	# shellcheck disable=SC2046 # numbers
	ok "30 seeded calls from $first on" python3 $calls seeds $(seq $first $((first + 29)))
done
plan
