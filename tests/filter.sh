# The manners every filter between as-listen and as-speak has to have (callpipe-stream(5), "Filters"):
# . tests/lib.sh; . tests/filter.sh; ...; filter_manners STREAM TOOL [ARG...]; plan
# shellcheck shell=sh

# filter_same A B: two outputs for the same input; a test redefines it for a filter whose output is
# not the same bytes each time.
filter_same() { cmp "$1" "$2"; }

# filter_events FILE: the types of a stream, a line each; it must be whole.
filter_events() {
	PYTHONPATH=tests/fake python3 -c 'import sys
from stream import *
for type_, data, payload, raw in read(open(sys.argv[1], "rb")): print(type_, data.get("code", ""), data.get("fatal", ""))' "$1"
}

# filter_odd: a stream of what no filter acts upon, written as no program of ours writes it.
filter_odd() {
	printf '%s\n' '{ "type" : "x-blanks" , "data" : { "n" : 1 } , "more" : [ 1 , { } ] }' '{"type":"x-bare"}' \
		'{"data":{"t":"\u00e9 é \ud83d\ude00"},"type":"x-escapes","payload_length":0}'
	printf '{"type":"x-second","data":{"a":1},"data_length":9,"payload_length":3}\n{"a": 2} \n\n\n'
	printf '{"type":"x-large","payload_length":9000}\n{"t":"%08992d"}' 0
	printf '{"type":"x-bytes","payload_length":4}\n\0\377{\n'
	printf '%s\n' '{"type":"audio-chunk","data":{"rate":"8000","timestamp":-9223372036854775808}}' \
		'{"type":"clock","data":{"timestamp":1e3}}' '{"type":"dtmf","data":{"digit":5}}' \
		'{"type":"listen","data":{"id":7,"end_silence_ms":"x","max_ms":-1,"hints":[]}}' \
		'{"type":"voice-stopped"}' '{"type":"synthesize","data":{}}' '{"type":"playing","data":{"timestamp":[]}}' \
		'{"type":"x-last"}' '{"type":"call-end","data":{"cause":"caller-hangup"}}'
}
# The frames x-.. of a stream, as they are.
filter_strange() {
	PYTHONPATH=tests/fake python3 -c 'import sys
from stream import *
for type_, data, payload, raw in read(open(sys.argv[1], "rb")):
	if type_.startswith("x-"): sys.stdout.buffer.write(raw)' "$1"
}

# filter_dies CODE WORD STREAM: exits with CODE and one line on stderr; the last frame is a fatal error with this
# word, and there is no call-end.
filter_dies() {
	must_fail "$1" filter_tool <"$3" >"$T/.dies" 2>"$T/.err" || return 1
	grep -q "^$filter_name: " "$T/.err" || { echo "no message" && return 1; }
	filter_events "$T/.dies" >"$T/.types" || return 1
	[ "$(tail -n 1 "$T/.types")" = "error $2 True" ] && ! grep -q '^call-end' "$T/.types" && return
	cat "$T/.types" "$T/.err" && return 1
}
filter_leaves() {
	{ filter_tool <"$1" && echo 0 >"$T/.code"; } | head -c 20 >"$T/.head"
	[ "$(cat "$T/.code")" = 0 ]
}
# The same with a reader that was never there.
filter_unread() {
	eval "python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
sys.exit(subprocess.call(sys.argv[1:], stdout=w))' $filter_args" <"$1"
}
filter_slow() {
	python3 -c 'import os, sys
for b in open(sys.argv[1], "rb").read(): os.write(1, bytes([b]))' "$1" | filter_tool
}

# filter_manners STREAM TOOL [ARG...]: STREAM is a good one, not over about 500 kB: it goes through byte by byte.
# What comes of it stays in $T/manners.
filter_manners() {
	filter_in=$1 filter_name=$2 && shift
	filter_args=
	for arg; do filter_args="$filter_args '$arg'"; done
	# shellcheck disable=SC2317 # called by name
	filter_tool() { eval "$filter_args"; }
	ok "$filter_name: a whole stream" eval 'filter_tool <"$filter_in" >"$T/manners"'
	check "$filter_name: ends with call-end" 'filter_events "$T/manners" | tail -n 1 | grep -q "^call-end"'
	ok "$filter_name: the same again" eval 'filter_tool <"$filter_in" >"$T/.again" && filter_same "$T/manners" "$T/.again"'
	ok "$filter_name: the same byte by byte" eval 'filter_slow "$filter_in" >"$T/.again" && filter_same "$T/manners" "$T/.again"'
	for seed in 1 2 3; do
		ok "$filter_name: the same with short reads and writes, seed $seed" eval 'LD_PRELOAD=$B/tests/preload/short.so \
			SHORT_SEED=$seed eval "$filter_args" <"$filter_in" >"$T/.again" && filter_same "$T/manners" "$T/.again"'
	done
	filter_odd >"$T/.odd"
	ok "$filter_name: what it does not know" eval 'filter_tool <"$T/.odd" >"$T/.again"'
	check_same "$filter_name: passes, as the bytes that were read" 'filter_strange "$T/.odd"' 'filter_strange "$T/.again"'

	: >"$T/.none"
	ok "$filter_name: empty input: the filter before has died" filter_dies 70 predecessor "$T/.none"
	head -c $(($(stat -c %s "$filter_in") - 3)) "$filter_in" >"$T/.cut"
	ok "$filter_name: a stream cut off inside a frame, too" filter_dies 70 predecessor "$T/.cut"
	printf '{"type":"clock","data":{"timestamp":500,"dropped_ms":0}}\n' >"$T/.half"
	ok "$filter_name: one without call-end, too" filter_dies 70 predecessor "$T/.half"
	{ cat "$T/.half" && head -c 5000 /dev/zero; } >"$T/.zeros"
	ok "$filter_name: garbage" filter_dies 65 input "$T/.zeros"
	check "$filter_name: and where it begins" 'grep -q "at byte $(stat -c %s "$T/.half"):" "$T/.err"'
	ok "$filter_name: no stdin" eval 'must_fail 74 filter_tool <&-'
	ok "$filter_name: a folder on stdin" eval 'must_fail 74 filter_tool <"$T" >"$T/.again"'
	ok "$filter_name: no stdout" eval 'must_fail 74 filter_tool <"$filter_in" >&-'
	ok "$filter_name: a full disk" eval 'must_fail 74 filter_tool <"$filter_in" >/dev/full'
	ok "$filter_name: a reader that leaves is a normal end" filter_leaves "$filter_in"
	ok "$filter_name: one that was never there, too" filter_unread "$filter_in"
}
