#!/bin/sh
# stt: transcripts of turns, its engines and their faults, files.
. tests/lib.sh
. tests/filter.sh
export PYTHONPATH=tests/fake PYTHONDONTWRITEBYTECODE=1 CALLPIPE_STT_TIMEOUT=$((60000 * SLACK))

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
bye=$sounds/vm-goodbye.wav
turns() { python3 tests/fake/turns.py "$@"; }
# events [KEY...]: of a stream on stdin, a line for each transcript, usage or error: its type and these members
events() {
	python3 -c 'import sys
from stream import *
for type_, data, payload, raw in read(sys.stdin.buffer):
	if type_ in ("transcript", "usage", "error"): print(type_, *(data.get(key, "-") for key in sys.argv[1:]))' "$@"
}
types() { python3 -c 'import sys
from stream import *
print(*(type_ for type_, data, payload, raw in read(sys.stdin.buffer) if type_ != "clock"))'; }
# fault NAME [ARG]: one turn with a program that has this fault
fault() { turns "say=$bye" end | stt -e command -t 2000 -c "tests/fake/recogniser.py $*" 2>"$T/err"; }
failed() { # CODE TEXT NAME [ARG]: an empty transcript, an error with this in its text
	code=$1 text=$2 && shift 2
	fault "$@" >"$T/out" || return 1
	events text code <"$T/out" >"$T/events"
	[ "$(sed -n 1p "$T/events")" = "error $(events text <"$T/out" | sed -n 's/^error //p') $code" ] &&
		sed -n 2p "$T/events" | grep -qx 'transcript  -' && sed -n 1p "$T/events" | grep -q "$text" && return
	cat "$T/events" && return 1
}
live() { ok "$1" timeout $((120 * SLACK)) python3 tests/fake/stt-live.py "$2" "$bye" "$(mktemp -d "$T/live.XXXXXX")"; }

# As a filter.
turns 'listen={"id":"l1","hints":{"phrases":["goodbye"]}}' "say=$bye" "key=$bye" "max=$bye" end >"$T/stream"
filter_manners "$T/stream" stt -e none
check_same 'a transcript for each voice-stopped but that of a key' \
	'events turn text listen start end engine latency_ms <"$T/manners"' \
	'printf "transcript 1  l1 300 1165 none 695\ntranscript 3  l1 4300 5165 none 695\n"'
check_same 'directly behind it, and no audio of the caller' 'types <"$T/manners"' \
	'echo call-start listen voice-started voice-stopped transcript voice-started voice-stopped voice-started \
		voice-stopped transcript call-end'

# pocketsphinx.
# A recording, however slow this machine is: it begins an hour ahead.
turns clock=3600000 'listen={"id":"l1","hints":{"phrases":["goodbye"]}}' "say=$bye" "key=$bye" "max=$bye" end >"$T/recording"
check_same 'words of a grammar, and what was used' 'stt <"$T/recording" | events turn text listen language unit' \
	'printf "transcript 1 goodbye l1 en -\nusage - - - - seconds\ntranscript 3 goodbye l1 en -\nusage - - - - seconds\n"'
stt <"$T/recording" >"$T/sphinx"
check_same 'in a recording they stand where they would in a call' 'types <"$T/sphinx"' \
	'echo call-start listen voice-started voice-stopped transcript usage voice-started voice-stopped voice-started \
		voice-stopped transcript usage call-end'
check_same 'two runs give the same' 'stt <"$T/recording" | events turn text start end confidence' \
	'events turn text start end confidence <"$T/sphinx"'
export CALLPIPE_STT_WAIT=yes # these too are recordings
check_same 'a listen binds at the next voice' \
	'turns "listen={\"id\":\"a\",\"hints\":{\"phrases\":[\"goodbye\",\"hello\"]}}" "say=$bye" \
		"listen={\"id\":\"b\",\"hints\":{\"digits\":1}}" "say=$sounds/digits/9.wav" \
		"listen={\"id\":\"c\",\"hints\":{\"phrases\":[\"one moment please\",\"operator\"],\"digits\":0}}" \
		"say=$sounds/one-moment-please.wav" "say=$sounds/digits/1.wav" end | stt | events listen text | grep -v usage' \
	'printf "transcript a goodbye\ntranscript b nine\ntranscript c one moment please\ntranscript c one\n"'
check_same 'what is not expected is no words' \
	'turns "listen={\"id\":\"a\",\"hints\":{\"phrases\":[\"goodbye\",\"hello\",\"operator\"]}}" \
		"say=$sounds/one-moment-please.wav" "say=$sounds/vm-nobodyavail.wav" "say=$sounds/tt-weasels.wav" end | stt |
		events text | grep -v usage' 'printf "transcript \ntranscript \ntranscript \n"'
for noise in 'white 0.15 1' 'white 0.4 2' 'pink 0.3 3' 'brown 0.5 4'; do
	# shellcheck disable=SC2086 # a kind, seconds, and a number
	set -- $noise
	sox -R -n -r 8000 -b 16 -c 1 "$T/cough$3.wav" synth "$2" "${1}noise" fade 0.01 "$2" 0.1 gain -12
done
check_same 'a cough is no words, whatever is expected' \
	'turns "listen={\"hints\":{\"phrases\":[\"yes\",\"no\",\"yep\",\"nope\",\"operator\"],\"digits\":0}}" "say=$T/cough1.wav" "say=$T/cough2.wav" \
		"say=$T/cough3.wav" "say=$T/cough4.wav" end | stt | events text | grep -v usage' 'yes "transcript " | head -n 4'
check_same 'a word that is in no dictionary is pronounced' \
	'stt -f --hints="goodbye|frobnitz" "$bye" 2>&1' 'echo goodbye'
check_same 'one that cannot be leaves out its phrase, said once a turn' \
	'turns "listen={\"hints\":{\"phrases\":[\"goodbye\",\"до свидания\"]}}" "say=$bye" end | stt 2>"$T/err" | events code text' \
	'printf "error word cannot pronounce '\''до'\'': its phrase is not expected\ntranscript - goodbye\nusage - -\n"'
check_same 'another language, said once' \
	'turns "listen={\"language\":\"fr-FR\",\"hints\":{\"phrases\":[\"oui\"]}}" "say=$bye" "say=$bye" end | stt 2>"$T/err" |
		events code text' \
	'printf "error language pocketsphinx knows English, not '\''fr-FR'\''\ntranscript - \ntranscript - \n" |
		sed "2,3s/$/\nusage - -/"'
check_same 'no hints: dictation' 'stt -f "$sounds/vm-nobodyavail.wav" | grep -o "nobody.*available to take your"' \
	'echo nobody available to take your'
mkdir "$T/call" && echo '{"phrases":["goodbye","hello"]}' >"$T/call/hints.json"
check_same 'hints in a file of the call' \
	'turns "listen={\"id\":\"a\",\"hints_ref\":\"hints.json\"}" "say=$bye" end | stt -d "$T/call" | events text | sed -n 1p' \
	'echo transcript goodbye'
python3 -c 'import json
words = [line.split()[0] for line in open("/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict")]
words = [word for word in words if word.isalpha() and len(word) > 7]
json.dump({"phrases": words[::len(words) // 1000] + ["one moment please"]}, open("'"$T"'/call/long.json", "w"), indent=1)'
check_same 'also a thousand of them' \
	'turns "listen={\"id\":\"a\",\"hints_ref\":\"long.json\"}" "say=$sounds/one-moment-please.wav" end |
		stt -d "$T/call" | events text | sed -n 1p' 'echo transcript one moment please'
check_same 'a phrase within a sentence' \
	'stt -f --hints="nobody|internet|operator|cancel" "$sounds/vm-nobodyavail.wav"' 'echo nobody'
check 'no other file' 'turns "listen={\"hints_ref\":\"../stream\"}" end | stt -e none -d "$T/call" 2>"$T/err" |
	events code text | grep -q "^error hints cannot use hints_ref .../stream.: is no name"'
check 'at 16 kHz' 'sox "$bye" -r 16000 "$T/wide.wav" &&
	turns "listen={\"hints\":{\"phrases\":[\"goodbye\",\"hello\"]}}" "say=$T/wide.wav" end | stt | events text | grep -qx "transcript goodbye"'
head -c 3000 "$T/stream" >"$T/cut"
ok 'no model: said once, and the call goes on' eval 'stt -m /nonexistent <"$T/stream" 2>"$T/err" | events code text >"$T/events" &&
	[ "$(grep -c "^error engine there is no model" "$T/events")" = 1 ] && [ "$(grep -c "^transcript - $" "$T/events")" = 2 ]'

# While it works.
unset CALLPIPE_STT_WAIT
live 'events flow while a turn is recognised' flow
live 'events flow while the model is loaded' load
live 'a worker that is killed costs its turn' killed
live 'one that hangs too' stopped
live 'one that dies between turns costs nothing' idle
live 'call-end waits for the last words' last_words
live 'but not for ever' no_last_words
live 'too many turns' crowd
live 'a reader that leaves' reader_leaves

# Any program.
check_same 'a program: text' 'fault text | events text engine | sed -n 1p' \
	'echo "transcript 1.88 seconds at 8000 in en command"'
check_same 'JSON' 'fault json | events text confidence language start end | sed -n 1p' \
	'echo "transcript это текст 0.75 ru 500 1000"'
check_same 'one that reads nothing' 'fault deaf | events text | sed -n 1p' 'echo transcript deaf'
check_same 'one that says much' 'fault noisy | events text | sed -n 1p' 'echo transcript noisy'
ok 'one that hangs, with a child' failed timeout 'within 2000 ms' hang
ok 'one that crashes' failed command 'was killed by signal 9' crash
ok 'one that fails: why' failed command 'exits with 3: no licence' fail
ok 'garbage' failed command 'writes what is no text' garbage
ok 'no UTF-8' failed command 'writes what is no text' latin1
ok 'one that writes without end' failed command 'writes without end' huge
check_same 'one with a child that goes on' 'fault orphan "$T/child" | events text | sed -n 1p' 'echo transcript orphan'
ended() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
ok 'whose child is killed' wait_for 10 ended "$(cat "$T/child")"
check 'one that is not there' 'turns "say=$bye" end | stt -e command -c /nonexistent/program 2>"$T/err" | events code text |
	grep -q "^error command cannot run ./nonexistent/program.: No such file"'
check_same 'its command has quotes, and what is expected in it' \
	'turns "say=$bye" end | stt -l fr-FR -e command -c "sh -c \"cat >/dev/null; echo {language} {rate}\"" | events text | head -n 1' \
	'echo transcript fr-FR 8000'
check 'a quote without its end' 'must_fail 64 stt -e command -c "sh \"x" <"$T/stream" >"$T/out" 2>"$T/err" && grep -q "without its end" "$T/err"'
check 'no program' 'must_fail 64 stt -e command <"$T/stream" >"$T/out" 2>"$T/err" && grep -q "needs a program" "$T/err"'
check 'no such engine' 'must_fail 64 stt -e siri <"$T/stream" >"$T/out" 2>"$T/err" && grep -q "siri" "$T/err"'

# What it costs.
echo '{"prices":{"command":{"second":0.01}}}' >"$T/prices"
check_same 'with a price table usage has a cost' \
	'CALLPIPE_PRICES="$T/prices" fault text | events unit n cost | grep ^usage | python3 -c "import sys
_, unit, n, cost = sys.stdin.read().split()
print(unit, abs(float(cost) - float(n) / 100) < 1e-4, float(n) > 1)"' 'echo seconds True True'
echo '{"prices":{"command":{"hour":1}}}' >"$T/odd"
check 'a table that means nothing' 'must_fail 64 stt -e none --prices="$T/odd" <"$T/stream" 2>"$T/err" &&
	grep -q "cannot use --prices .*hour" "$T/err"'
check 'none' 'CALLPIPE_PRICES=/nonexistent must_fail 78 stt -e none <"$T/stream" 2>"$T/err" && grep -q "CALLPIPE_PRICES .*No such file" "$T/err"'

# Files.
check_same 'files: a line each' \
	'stt -f --hints="goodbye|hello|one moment please" "$bye" "$sounds/one-moment-please.wav"' \
	'printf "%s: goodbye\n%s: one moment please\n" "$bye" "$sounds/one-moment-please.wav"'
check 'as JSON' 'stt -fj --hints="goodbye|hello" "$bye" | python3 -c "import json, sys
d = json.load(sys.stdin)
assert d[\"text\"] == \"goodbye\" and 0.3 < d[\"confidence\"] <= 1 and 0 <= d[\"start\"] < d[\"end\"] <= 1000, d"'
check 'one that cannot be read' 'must_fail 65 stt -f /nonexistent.wav 2>"$T/err" && grep -q "cannot read ./nonexistent.wav." "$T/err"'
check 'no file' 'must_fail 64 stt -f 2>"$T/err"'
check 'a file without -f' 'must_fail 64 stt "$bye" 2>"$T/err" && grep -q -e --file "$T/err"'
check 'no model' 'must_fail 78 stt -f -m /nonexistent "$bye" >"$T/out" 2>"$T/err"'
check 'an engine that is not there' 'must_fail 64 stt -e nobody 2>"$T/err" &&
	grep -qx "stt: cannot use --engine .nobody.: there are pocketsphinx, command, deepgram, openai and none" "$T/err"'
check 'the same from the environment: a mistake of the configuration, by its name' 'CALLPIPE_STT=nobody must_fail 78 stt 2>"$T/err" &&
	grep -qx "stt: cannot use CALLPIPE_STT .nobody.: there are pocketsphinx, command, deepgram, openai and none" "$T/err"'
check 'what the line says is not what the environment says' 'CALLPIPE_STT=none must_fail 64 stt -e nobody 2>"$T/err" &&
	grep -q "cannot use --engine .nobody." "$T/err"'
check 'a command of the environment that cannot be read' 'CALLPIPE_STT=command CALLPIPE_STT_COMMAND="sh \"x" must_fail 78 stt 2>"$T/err" &&
	grep -q "cannot use CALLPIPE_STT_COMMAND .*without its end" "$T/err"'
check 'an engine of the environment without its program' 'CALLPIPE_STT=command must_fail 78 stt 2>"$T/err" &&
	grep -q "cannot use CALLPIPE_STT .command.: it needs a program" "$T/err"'
check 'a full disk' 'must_fail 74 stt -f -e none "$bye" >/dev/full 2>"$T/err"'
plan
