#!/bin/sh
# stt, engine openai: requests, replies, faults, and that a key stays where it is.
# shellcheck disable=SC2016,SC2034,SC2317 # shell text, variables and functions are for check and ok
. tests/lib.sh
. tests/filter.sh

export PYTHONPATH=tests/fake PYTHONDONTWRITEBYTECODE=1 CALLPIPE_STT_TIMEOUT=$((8000 * SLACK)) CALLPIPE_SPOOL="$T/spool"
export CALLPIPE_STT=openai CALLPIPE_STT_KEY=sk-test-0123456789abcdef CALLPIPE_NO_PROXY=127.0.0.1
unset OPENAI_API_KEY GROQ_API_KEY
mkdir "$T/spool"
sounds=/usr/share/asterisk/sounds/en_US_f_Allison
bye=$sounds/vm-goodbye.wav

mkfifo "$T/hold"
python3 tests/fake/transcriber.py "$T/log" <"$T/hold" >"$T/port" &
exec 9>"$T/hold" # it ends with this
wait_for 10 test -s "$T/port"
url=http://127.0.0.1:$(cat "$T/port")
turns() { python3 tests/fake/turns.py "$@"; }
turns clock=3600000 'listen={"id":"l1","language":"uk-UA","hints":{"phrases":["інтернет","мобільний  зв'\''язок"]}}' "say=$bye" end >"$T/one"
turns clock=3600000 "say=$bye" "say=$bye" end >"$T/two"
# CASE [OPTION...]: the call on stdin; each case has breakers of its own
stt_of() {
	case=$1 && shift
	mkdir -p "$T/spool.$case"
	stt --url "$url/$case/v1" --spool "$T/spool.$case" "$@" >"$T/stt.out" 2>"$T/err" && rc=0 || rc=$?
	cat "$T/stt.out" "$T/err" >>"$T/told" && cat "$T/stt.out"
	return "$rc"
}
events() { # [KEY...]: a line for each event of stt: its type and these members
	python3 -c 'import sys
from stream import *
for type_, data, payload, raw in read(sys.stdin.buffer):
	if type_ in ("transcript", "transcript-partial", "usage", "error"): print(type_, *(data.get(key, "-") for key in sys.argv[1:]))' "$@"
}
# request N EXPRESSION: of the N-th POST to the case from the end; r is the line of the log, f its fields, of each name a list
request() {
	python3 -c 'import json, sys
r = [r for r in map(json.loads, open(sys.argv[1])) if r["method"] == "POST"][-int(sys.argv[2])]
f = {}
for name, value in r["fields"]: f.setdefault(name, []).append(value)
assert eval(sys.argv[3]), r' "$T/log" "$@"
}
posts() { python3 -c 'import json, sys
print(sum(r["method"] == "POST" and r["path"].split("/")[1] == sys.argv[2] for r in map(json.loads, open(sys.argv[1]))))' "$T/log" "$1"; }

# Requests.

check_same 'a transcript, and what it cost in tokens' \
	'echo "{\"prices\":{\"openai gpt-transcribe\":{\"input_token\":0.5,\"output_token\":2}}}" >"$T/prices"
		stt_of json -m gpt-transcribe --prices="$T/prices" <"$T/one" | events turn text listen engine unit n cost' \
	'printf "%s\n" "transcript 1 Goodbye. l1 openai - - -" "usage - - - openai input_tokens 14 7" "usage - - - openai output_tokens 5 10"'
ok 'gpt-transcribe: its fields' request 1 'f == {"model": ["gpt-transcribe"], "languages[]": ["uk"], "response_format": ["json"],
	"stream": ["true"], "keywords[]": ["інтернет", "мобільний зв'\''язок"]}'
ok 'where it goes, with the key' request 1 'r["path"] == "/json/v1/audio/transcriptions" and r["auth"] == "Bearer " + "sk-test-0123456789abcdef"'
ok 'the voice as WAV, with little silence around it' request 1 'r["rate"] == 8000 and r["channels"] == 1 and r["bits"] == 16 and 1.4 < r["seconds"] < 1.5 and r["loudest"] > 5000'
check_same 'whisper: words, language, confidence, times; credits are left out' \
	'stt_of verbose -m whisper-large-v3 --temperature=0 --prices="$T/prices" <"$T/one" | events text language confidence start end unit n cost' \
	'printf "%s\n" "transcript Доброго дня. uk 0.9 3600300 3601000 - - -" "usage - - - - - seconds 3.0 -"'
ok 'its fields' request 1 'f == {"model": ["whisper-large-v3"], "language": ["uk"], "response_format": ["verbose_json"], "temperature": ["0"],
	"prompt": ["інтернет, мобільний зв'\''язок"]}'
check_same 'thanks for nothing' 'stt_of silence -m whisper-1 <"$T/one" | events text unit' 'printf "transcript  -\nusage - seconds\n"'
check_same 'words it is not sure of' 'stt_of unsure -m whisper-1 <"$T/one" | events text confidence' 'printf "transcript  0.22\nusage - -\n"'
check_same 'a stream: words so far' 'stt_of stream -m gpt-4o-transcribe <"$T/one" | events turn rev text unit' \
	'printf "%s\n" "transcript-partial 1 1 Добро -" "transcript-partial 1 2 Доброго дня -" "transcript-partial 1 3 Доброго дня. -" \
		"transcript 1 - Доброго дня. -" "usage - - - input_tokens" "usage - - - output_tokens"'
check_same 'a server that knows no stream' 'stt_of plain --stream=yes <"$T/one" | events text unit n' \
	'printf "transcript Goodbye - -\nusage - seconds 1.47\n"'
ok 'a turn at 16 kHz' eval 'sox "$bye" -r 16000 "$T/wide.wav" && turns clock=3600000 "say=$T/wide.wav" end | stt_of plain >/dev/null'
ok 'is sent so' request 1 'r["rate"] == 16000 and r["seconds"] > 1.4 and f["language"] == ["en"] and "prompt" not in f'
ok 'a short one' eval 'sox "$bye" "$T/short.wav" trim 0.2 0.1 && turns clock=3600000 "say=$T/short.wav" end | stt_of plain >/dev/null'
ok 'is made longer' request 1 'r["seconds"] == 1.1'
check 'a URL that is the resource' 'stt --url "$url/plain/inference" --spool="$T/spool.plain" <"$T/one" | events text | grep -x "transcript Goodbye"'
ok 'is asked' request 1 'r["path"] == "/plain/inference"'
check_same 'files' 'stt_of plain -f "$bye"' 'echo Goodbye'


# Faults: an empty transcript for each turn, and one error.
fault() { # CASE CODE TEXT [OPTION...]
	case=$1 code=$2 why=$3 && shift 3
	stt_of "$case" "$@" <"$T/two" >"$T/out" && events code text <"$T/out" >"$T/events"
	[ "$(grep -c "^error $code openai: .*$why" "$T/events")" = 1 ] && [ "$(grep -c ^error "$T/events")" = 1 ] &&
		[ "$(grep -cx 'transcript - ' "$T/events")" = 2 ] && return
	cat "$T/events" "$T/err" && return 1
}
ok 'a key that is no good: said once, never tried again' fault account account 'HTTP status 401: Incorrect API key.*invalid_api_key, request req_1'
check_same 'a request a turn' 'posts account' 'echo 2'
ok 'no money' fault quota account 'exceeded your current quota'
ok 'no such model' fault no-model rejected 'does not exist'
ok 'too busy for a call' fault busy-long busy 'Rate limit reached' -t 1000
ok 'broken' fault broken broken 'The server had an error'
ok 'an error that says it is none' fault loading broken 'Loading model'
ok 'a page for people' fault html broken 'no transcript'
ok 'nobody answers' fault hang timeout '' -t 300
ok 'a drip' fault drip timeout '' -t 400
ok 'a reset in the middle' fault reset broken '' -m gpt-transcribe
ok 'a stream without end' fault endless broken '' -m gpt-transcribe
refused() { url=http://127.0.0.1:9 && fault refused refused '' -t 500; }
ok 'nobody is there' eval '(refused)'
check_same 'busy for a moment: asked again' 'stt_of busy <"$T/one" | events text | sed -n 1p; posts busy' 'printf "transcript Goodbye.\n2\n"'
check_same 'broken for once, too' 'stt_of again <"$T/one" | events text | sed -n 1p; posts again' 'printf "transcript Goodbye.\n2\n"'
alone() { # 3 calls of 2 turns, of which the last request is not made, nor any other
	for i in 1 2 3; do stt --url "$url/broken/v1" <"$T/two" 2>/dev/null | events code text | grep ^error; done >"$T/events"
	[ "$(tail -n 1 "$T/events")" = 'error breaker openai: it failed too often, and is left alone for a while' ] || { cat "$T/events" && return 1; }
}
before=$(posts broken)
ok 'five failures: left alone, by all calls' alone
check_same 'so five requests' 'echo $(($(posts broken) - before))' 'echo 5'
check 'which is shown' 'as-answer --status | grep -q "\"name\":\"stt openai $url\",\"state\":\"open\""'

# Corrections.
printf 'goodbye\tfarewell\tru\nGOODBYE\tSo long\n' >"$T/corrections"
check_same 'a text is corrected' 'CALLPIPE_STT_CORRECTIONS="$T/corrections" stt_of plain <"$T/one" | events text unit' \
	'printf "transcript So long -\nusage - seconds\n"'
check_same 'of files, too, and by language' 'stt_of plain -l ru-RU --corrections="$T/corrections" -f "$bye"' 'echo farewell'
check 'a table that is none' 'echo goodbye >"$T/odd" && must_fail 64 stt --corrections="$T/odd" <"$T/one" 2>"$T/err" &&
	grep -q "cannot use --corrections .*line 1 has no tab" "$T/err"'

# The probe.
probe() { stt --url "$url/$1/v1" --probe "$bye" >"$T/out" 2>"$T/err"; }
check 'a probe: what a service has to say of itself' 'probe verbose && [ "$(grep -v "^header: \|^connected\|^first byte\|^end" "$T/out")" = "engine: openai
model: whisper-1
request: POST $url/verbose/v1/audio/transcriptions
status: 200
request id: req_$(posts verbose)
text: Доброго дня.
confidence: 0.90
language: uk
used: 3.00 seconds" ]'
check 'its times' 'grep -qE "^first byte: [0-9]+\.[0-9] ms$" "$T/out" && grep -qE "^connected: [0-9.]+ ms$" "$T/out" && grep -qE "^end: [0-9.]+ ms$" "$T/out"'
check 'and headers' 'grep -qi "^header: content-type: application/json$" "$T/out" && grep -qi "^header: server: " "$T/out"'
check 'one that refuses' 'must_fail 69 probe account && grep -q "^status: 401$" "$T/out" && grep -q "^failed: openai: HTTP status 401" "$T/out"'
check 'whatever it says' 'grep -qx "header: x-request-said: Bearer \**" "$T/out"'
check 'one that cannot now: asked once' 'must_fail 75 probe again-later && grep -q "^status: 503$" "$T/out"; posts again-later | grep -qx 1'
check 'one that calls leave alone is asked' 'must_fail 75 probe broken && grep -q "^status: 500$" "$T/out"'
check 'nobody there' 'must_fail 75 stt --url http://127.0.0.1:9/v1 -t 500 --probe >"$T/out" && grep -q "^failed: openai: .*connect" "$T/out"'
check 'silence, if there is no file' 'stt --url "$url/plain/v1" --probe >"$T/out" 2>"$T/err" && grep -qx "text: Goodbye" "$T/out"'
ok 'is asked' request 1 'r["seconds"] == 1.1 and r["loudest"] == 0'
check 'an engine without a service' 'must_fail 78 stt -e none --probe 2>"$T/err" && grep -q "cannot probe: the engine .none. asks no service" "$T/err"'
check 'two files' 'must_fail 64 stt --probe "$bye" "$bye" 2>"$T/err"'
check 'what is for --file, and that itself' 'must_fail 64 stt --probe --file "$bye" "$bye" 2>"$T/err" && must_fail 64 stt --probe --json "$bye" 2>"$T/err" &&
	must_fail 64 stt --probe --hints=yes "$bye" 2>"$T/err"'

# Settings.
check 'no key for a vendor' 'env -u CALLPIPE_STT_KEY stt <"$T/one" >"$T/out" 2>"$T/err"; [ $? = 78 ] &&
	grep -q "no key for stt .openai.: set CALLPIPE_STT_KEY or OPENAI_API_KEY" "$T/err"'
check 'a key in a file' 'echo "sk-file-1 " >"$T/key" && env -u CALLPIPE_STT_KEY CALLPIPE_STT_KEY_FILE="$T/key" stt --url "$url/plain/v1" --spool="$T/spool.plain" <"$T/one" >"$T/out"'
ok 'is used' request 1 'r["auth"] == "Bearer sk-file-1"'
check 'a server of our own needs none, and gets none of a vendor' 'env -u CALLPIPE_STT_KEY OPENAI_API_KEY=sk-x stt --url "$url/plain/v1" --spool="$T/spool.plain" <"$T/one" >"$T/out"'
ok 'without a key' request 1 'r["auth"] is None'
check 'a URL that is none' 'must_fail 64 stt --url gopher://x <"$T/one" 2>"$T/err" && grep -q "cannot use --url .gopher://x.: the URL of stt .openai. begins" "$T/err"'
check 'a temperature that is none' 'CALLPIPE_STT_TEMPERATURE=2 must_fail 78 stt <"$T/one" 2>"$T/err" && grep -q "CALLPIPE_STT_TEMPERATURE" "$T/err"'
ok 'a spool that is not there: said, and the call goes on' eval 'stt --url "$url/plain/v1" --spool="$T/none" <"$T/one" 2>"$T/err" | events text |
	grep -qx "transcript Goodbye" && grep -q "cannot share breakers in" "$T/err"'

# A recorded call.
mkdir "$T/call"
printf '%s\n' '{"type":"error","data":{"stage":"stt","code":"busy","text":"so it was","fatal":false}}' \
	'{"type":"error","data":{"stage":"stt","code":"output","text":"dead","fatal":true}}' '{"type":"error","data":{"stage":"tts","text":"x"}}' \
	'{"type":"transcript","data":{"turn":1,"text":"one","frames":3}}' '{"type":"usage","data":{"stage":"stt","unit":"seconds","n":1}}' 'no line' '{"type":"transcript","data":[]}' \
	'{"type":"transcript","data":{"turn":3,"text":"three"}}' >"$T/call/events.jsonl"
filter_manners "$T/one" stt --replay="$T/call"
check_same 'of a call that was another: a turn without a transcript is said' \
	'turns "say=$bye" "say=$bye" "key=$bye" "say=$bye" end | stt --replay="$T/call" 2>"$T/err" | events turn code text' \
	'printf "%s\n" "error - busy so it was" "transcript 1 - one" "usage - - -" "error - replay the recorded call has no transcript of turn 2" "transcript 2 - " "transcript 4 - "'
check 'no journal' 'must_fail 74 stt --replay="$T/none" <"$T/one" 2>"$T/err" && grep -q "cannot read .*/none/events.jsonl" "$T/err"'
check 'of files there is none' 'must_fail 64 stt --replay="$T/call" -f "$bye" 2>"$T/err"'

echo none >"$T/none.pem"
for file in "$T/missing.pem" "$T" "$T/none.pem"; do
	for tool in "stt --url=$url/plain/v1 -f $bye" "tts -e openai --url=$url/v1 --say Hello"; do
		check "${tool%% *}: authorities that cannot be used are told before anything is asked: ${file#"$T"}" \
			'before=$(wc -l <"$T/log") && CALLPIPE_CA_FILE=$file must_fail 78 $tool >"$T/out" 2>"$T/err" &&
				grep -q "^${tool%% *}: cannot use the authorities of .$file.: " "$T/err" && [ "$(wc -l <"$T/log")" = "$before" ]'
	done
done
ok 'while it works' timeout $((60 * SLACK)) python3 tests/fake/transcriber-live.py "$url" "$bye" "$T/log"
check 'the key is nowhere' '! grep -r "sk-test-0123\|0123456789abcdef" "$T" --exclude=log'
exec 9>&-
plan
