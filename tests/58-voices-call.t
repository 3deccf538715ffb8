#!/bin/sh
# tts in a call with each of the services: the first of a sentence is on the line while the service has not sent the rest of it.
# shellcheck disable=SC2034 # variables are used in the text that check evaluates
. tests/lib.sh
. tests/says.sh

export MORE=',"language":"zz"' CALLPIPE_SPOOL="$T/spool" CALLPIPE_TTS_KEY=key-4711-of-nobody CALLPIPE_TTS_TIMEOUT=20000
mkdir "$T/spool"
mkfifo "$T/gates"
exec 3<>"$T/gates" # opened for both, it waits for nobody
start sh -c 'exec python3 tests/fake/voices.py <"$0"' "$T/gates" >"$T/fake"
wait_for 5 test -s "$T/fake"
fake=$(head -n 1 "$T/fake")
# sent NAME: what the service has done with this sentence: asked, begun, sent.
sent() {
	lines=$(wc -l <"$T/fake")
	echo "?$1" >&3
	wait_for 5 eval '[ "$(wc -l <"$T/fake")" -gt "$lines" ]'
	tail -n 1 "$T/fake"
}
on_the_line() { journals | jq -se "[.[] | select(.type == \"playing\")] | length == $1"; }

calls=0
for engine in openai elevenlabs deepgram piper; do
	calls=$((calls + 1))
	export CALLPIPE_TTS=$engine CALLPIPE_TTS_URL="http://127.0.0.1:$fake"
	[ $engine != openai ] || CALLPIPE_TTS_URL=$CALLPIPE_TTS_URL/v1
	[ $engine != deepgram ] || export CALLPIPE_TTS_VOICE=aura-2-thalia-en
	says "$engine:gate one" "more$engine:ok two"
	unset CALLPIPE_TTS_VOICE
	as-dial -o "$T/$engine.wav" -e 'expect end' "127.0.0.1:$port" >"$T/dial" &
	dial=$!
	check "$engine: it is on the line" 'wait_for 20 on_the_line $((calls * 2 - 1))'
	check_same "$engine: and not yet sent" 'sent "$engine"' 'echo begun'
	check_same "$engine: the next one is there already" 'sent "more$engine"' 'echo sent'
	echo "$engine" >&3
	check "$engine: the call ends" 'wait "$dial" || cat "$T/dial"'
	check "$engine: both are heard whole" 'journal | jq -se "[.[] | select(.type == \"played\") | .data | [.utterance, .status, (.heard_ms - 1500 | fabs) <= 2]] ==
		[[\"u1\", \"played\", true], [\"u2\", \"played\", true]]"'
	check "$engine: nothing but the tone is on the line" 'sox "$T/$engine.wav" -n sinc -a 60 1000-3900 stats 2>"$T/band" &&
		awk "/^RMS lev dB/ { print; quiet = \$NF < -45 } END { exit !quiet }" "$T/band"'
	journal | jq -c 'select(.type == "turn") | .data' | sed "s/^/# $engine: /"
done
exec 3>&-
plan
