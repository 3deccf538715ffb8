#!/bin/sh
# callpipe itself under as-dial --conformance: every case at 8 kHz, calls and their end at 16 kHz.
# alone: lateness of each frame
# The limits are those of a machine that others use, too.
. tests/lib.sh

mkdir "$T/spool"
export CALLPIPE_SPOOL="$T/spool" CALLPIPE_LINGER=3
limits="--late $((25 * SLACK)) --first $((200 * SLACK))"

# conforms NAME [OPTION...]: no case fails, none is skipped.
# shellcheck disable=SC2086 # options
conforms() {
	name=$1 && shift
	as-dial --conformance --json --end-key '#' $limits "$@" "127.0.0.1:$port" >"$T/$name"
	status=$?
	if untimed; then # no time is judged where times say nothing
		sed -i -E 's/"result":"fail","fault":"(late|gap|first|burst|fast)"/"result":"pass","fault":""/' "$T/$name"
		[ "$status" != 1 ] || status=$(grep -c '"result":"fail"' "$T/$name")
	fi
	diag "$T/$name" | grep -v '"result":"pass"'
	diag "$T/serve.err"
	[ "$status" = 0 ] && [ ! -s "$T/serve.err" ]
}
cases() { sed -n 's/.*"case":"\([^"]*\)","result":"pass".*/\1/p' "$T/$1" | sort; }

serve as-answer sh -c 'as-listen | tests/fake/hangup.pl | as-speak'
ok 'at 8 kHz' conforms 8k
check_same 'every case passes' 'cases 8k' \
	'as-dial --conformance --cases help localhost:1 | sed -n "s/^\([a-z][^ ]*\) .*/\1/p" | sort'
check 'no call has left anything running' 'wait_for 15 sh -c "as-answer --status | grep \"^{.live.:0,\""'

export CALLPIPE_RATE=16000
serve as-answer sh -c 'as-listen | tests/fake/hangup.pl | as-speak'
ok 'at 16 kHz' conforms 16k --rate 16000 --cases normal,first-read,dtmf,slow-reader,half-close,server-end
check_same 'each of its cases passes' 'cases 16k' 'printf "dtmf\nfirst-read\nhalf-close\nnormal\nserver-end\nslow-reader\n"'
plan
