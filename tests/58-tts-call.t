#!/bin/sh
# tts in a call: the greeting from the cache is audible less than 100 ms after accept, and what is said is heard whole.
# alone: those 100 ms
# shellcheck disable=SC2034 # variables are used in the text that check evaluates
. tests/lib.sh
. tests/says.sh

export CALLPIPE_SPOOL="$T/spool" CALLPIPE_TTS_TIMEOUT=$((5000 * SLACK))
mkdir "$T/spool"
hello='Welcome to the help line.' more='How can I help you today?'
# Milliseconds of the sound of a text, as tts alone says it.
length() { echo $((($(tts "$@" | wc -c) - 44) * 1000 / 2 / ${CALLPIPE_RATE:-8000})); }

ms1=$(CALLPIPE_SPOOL='' length --say "$hello") ms2=$(CALLPIPE_SPOOL='' length --say "$more")
says "$hello" "$more"
check 'the first call: nothing is in the cache' 'as-dial -e "expect end" "127.0.0.1:$port" >"$T/first" || cat "$T/first"'
check 'both sentences are made' '[ "$(journal | grep -c "\"type\":\"usage\"")" = 2 ]'
check 'and heard whole' 'journal | jq -se "[.[] | select(.type == \"played\") | .data | [.utterance, .status, .total_ms, .heard_ms]] ==
	[[\"u1\", \"played\", $ms1, $ms1], [\"u2\", \"played\", $ms2, $ms2]]"'
check 'one directly behind the other' 'untimed || journal | jq -se "[.[] | select(.type == \"playing\" or .type == \"played\") | .data.timestamp] |
	[.[1] - .[0] - $ms1, .[2] - .[1]] | all(. >= -20 and . <= 20)"'
ok '20 calls, five a second' sh -c 'as-dial -n 20 --cps 5 -e "expect audio within 10; silence 0.5; hangup" "127.0.0.1:$0" >"$1" || cat "$1"' "$port" "$T/calls"
check 'nothing is made' '[ "$(journals | grep -c "\"cached\":true")" -ge 40 ] && [ "$(journals | grep -c "\"type\":\"usage\"")" = 2 ]'
check "the greeting is audible in less than $((100 * SLACK)) ms" 'tail -n 1 "$T/calls" | jq -c "{p50: .first_audible_p50_ms, p99: .first_audible_p99_ms}"
	tail -n 1 "$T/calls" | jq -e ".first_audible_p99_ms < 100 * $SLACK"'
diag <<END
first audible frame, ms after the connection: fresh $(jq .first_audible_ms "$T/first"), from the cache p50 $(tail -n 1 "$T/calls" |
	jq .first_audible_p50_ms) p99 $(tail -n 1 "$T/calls" | jq .first_audible_p99_ms)
END

export CALLPIPE_RATE=16000
ms=$(CALLPIPE_SPOOL='' length --say "$hello")
says "$hello"
check 'a call at 16 kHz' 'as-dial -r 16000 -o "$T/wide.wav" -e "expect end" "127.0.0.1:$port" >"$T/wide" || cat "$T/wide"'
check 'hears it whole' 'journal | jq -se "[.[] | select(.type == \"played\") | .data | [.status, .total_ms, .heard_ms]] == [[\"played\", $ms, $ms]]"'
check 'with what is above 4 kHz' 'sox "$T/wide.wav" -n sinc 4500-7500 stats 2>"$T/band" &&
	awk "/^RMS Pk dB/ { print; loud = \$NF > -50 } END { exit !loud }" "$T/band"'
plan
