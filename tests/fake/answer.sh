# What the tests of as-answer share: a server with the fake pipeline, the fake caller, and looking at what they left.
# shellcheck shell=sh disable=SC2034,SC2154 # variables of, and for, tests/lib.sh and the test
spool=$T/spool pid=$T/pid
mkdir "$spool"
export CALLPIPE_CONF='' CALLPIPE_LOG=info

# Half a second of a tone, or seconds, told apart by its peak.
phrase() { # FILE PEAK [SECONDS]
	python3 -c '
import struct, sys, wave
w = wave.open(sys.argv[1], "wb")
w.setparams((1, 2, 8000, 0, "NONE", ""))
w.writeframes(struct.pack("<hh", int(sys.argv[2]), -int(sys.argv[2])) * int(4000 * float(sys.argv[3])))' "$1" "$2" "${3:-0.5}"
}
phrase "$T/busy.wav" 5000
phrase "$T/fallback.wav" 8000

# as-answer with these arguments, which end with the program, at $port; its exit codes are in $T/exits, the
# process of the last one is in $T/supervisor.
answer() {
	: >"$T/exits"
	printf '#!/bin/sh\necho $$ >"%s"\nexec as-answer "$@"\n' "$T/supervisor" >"$T/answer" && chmod +x "$T/answer"
	serve sh -c '"$0/answer" "$@" && code=0 || code=$?; echo $code >>"$0/exits"' \
		"$T" --spool="$spool" --busy="$T/busy.wav" --fallback="$T/fallback.wav" "$@"
}
# The same with the fake pipeline, to which the arguments after -- go.
answer_fake() {
	for arg; do
		shift
		if [ "$arg" = -- ]; then arg=tests/fake/speaker.py && set -- "$@" "$arg" --pid-file && arg=$pid; fi
		set -- "$@" "$arg"
	done
	answer "$@"
}
uuid() { printf '00000000-0000-4000-8000-%012d' "$1"; }
# call N [ARG...]: one call with UUID number N; its report is $T/heard.N.
call() {
	i=$1 && shift
	rm -f "$pid"
	python3 tests/fake/caller.py "$port" "$(uuid "$i")" --pid-file "$pid" "$@" >"$T/heard.$i"
}
# heard N EXPRESSION: true of the report; the names in it are its keys, and ms(N) is so many of them at most.
heard() {
	python3 -c 'import json, os, sys
r = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2], {"ms": lambda ms: ms * int(os.environ["SLACK"])}, r) and str(r))' "$T/heard.$1" "$2"
}
dir_of() { echo "$spool"/calls/*/*/*/"$(uuid "$1")"; }
verdict_is() { [ "$(cat "$spool/verdicts/$(uuid "$1")")" = "$2" ]; }
# exited CODE: the next as-answer to end did so with it.
exited() {
	wait_for 30 test -s "$T/exits" || return 1
	got=$(head -n 1 "$T/exits") && sed -i 1d "$T/exits"
	[ "$got" = "$1" ] || { echo "exit $got, not $1" && return 1; }
}
# journal N EXPRESSION: true of the records j; numbered without a hole, and every utterance closed once.
journal() {
	python3 -c 'import collections, json, sys
j = [json.loads(line) for line in open(sys.argv[1])]
types = [r["type"] for r in j]
def of(kind): return [r["data"] for r in j if r["type"] == kind]
assert [r["seq"] for r in j] == list(range(1, len(j) + 1)), "numbers"
ids = collections.Counter(d["utterance"] for d in of("played"))
if "verdict" in types: assert all(ids[d["utterance"]] == 1 for d in of("synthesize")), "played"
sys.exit(not eval(sys.argv[2]) and "\n".join(map(str, j)))' "$(dir_of "$1")/events.jsonl" "$2"
}
# left N: nothing of the call is left behind.
left() {
	! ls "$(dir_of "$1")/loop" "$(dir_of "$1")/scribe" 2>/dev/null && status 'live == 0'
}
# status EXPRESSION: true of as-answer --status.
status() {
	as-answer --status --spool="$spool" | python3 -c 'import json, sys
s = json.load(sys.stdin)
sys.exit(not eval(sys.argv[1], s) and str(s.get("calls")))' "$1"
}
