#!/bin/sh
# as-dial on servers that misbehave, and on mistakes of its user: each is told from the others.
# quiet: figures within milliseconds, of a server in Python
# shellcheck disable=SC2016,SC2034,SC2119 # text for eval, and a plan at the end
. tests/lib.sh

# against "SERVER OPTIONS" [OPTION...]: one call to such a server; the report is in $T/report, the status in $rc
against() {
	: >"$T/port"
	# shellcheck disable=SC2086 # options
	start tests/fake/echo-server.py $1 >"$T/port" && shift
	wait_for 10 test -s "$T/port" || { echo "Bail out! no echo server" && exit 1; }
	rc=0
	as-dial --record "$T/heard.wav" "$@" "127.0.0.1:$(cat "$T/port")" >"$T/report" || rc=$?
}
is() { [ "$rc" = "$1" ] && tests/fake/report.py "$2" <"$T/report"; }

against '--end 600' -e 'silence 5; expect end'
ok '00 00 00 is a clean end' is 0 'ok and end == "server-end" and 550 < duration_ms and (untimed or duration_ms < 700 and frames == 30)'
against '--close 600' -e 'silence 5; expect end'
ok 'closing is one, too' is 0 'ok and end == "eof"'
against '--reset 600' -e 'silence 5; expect end'
ok 'a reset is none' is 1 'end == "reset" and "Connection reset" in error and "reset" in failed_expects[0]'
against '--cut 600' -e 'silence 5'
ok 'nor is an end inside a message' is 1 'end == "eof" and "inside a message" in illegal[0]'
against '--end 200' -e 'silence 5; expect audio'
ok 'an end before what was expected' is 1 'end == "server-end" and failed_expects[0].startswith("line 1: expect audio: server-end")'

against '--send 300:03000135' -e 'silence 0.5'
ok 'a kind that a server must not send' is 1 'end == "hangup" and illegal[0].startswith("kind 0x03 of 1 bytes at 3")'
against '--send 300:100000' -e 'silence 0.5'
ok 'audio of no bytes' is 1 'illegal[0].startswith("audio of no bytes")'
against '--split 30' -e 'silence 0.5'
ok 'a payload long after its header' is 1 'len(illegal) == 1 and "rest of a message after" in illegal[0]'

against '--first 300' -e 'silence 1'
ok 'a late first frame' is 0 '295 <= first_frame_ms and (untimed or first_frame_ms < 400) and first_audible_ms is None'
against '--late 10:40' -e 'silence 2'
ok 'late frames' is 0 'ok and (untimed or 38 < late_max_ms < 60 and late_p50_ms < 10)'
against '--tone 0-3000 --stall 1000:200' -e 'silence 2'
ok 'a stall: slots missed' is 0 'untimed or late_max_ms > 190 and gaps == 1 and not bursts and frames_due - frames == 10'
check 'silence in the recording, and what follows in its place' \
	'untimed || { sox "$T/heard.wav" -n trim 1.03 0.15 stat 2>&1 | grep -q "Maximum amplitude: *0.000" && sox "$T/heard.wav" -n trim 1.23 0.2 stat 2>&1 | grep -q "Maximum amplitude: *0.24"; }'
against '--tone 0-3000 --burst 1000:200' -e 'silence 2'
ok 'a stall caught up in a burst: none missed' is 0 'untimed or burst_max >= 10 and gaps == 1 and bursts == 1 and frames_due - frames <= 1'
check 'and the recording has no hole' \
	'untimed || { sox "$T/heard.wav" "$T/cut.wav" trim 0.03 1.9 silence 1 1 0.1% && [ "$(sox "$T/heard.wav" -n trim 1 0.25 stat 2>&1 | awk "/RMS.*amplitude/ { print int(\$3 * 1000) }")" -gt 160 ]; }'
against '--pace 16' -e 'silence 2'
ok 'a server that is too fast: time says what was due' is 1 'end == "hangup" and speed > 1.1 and (untimed or 98 <= frames_due <= 102 and frames > 119 and 1.2 < speed < 1.3)'
check 'ahead of time is illegal, said once' 'is 1 "len(illegal) == 1 and illegal[0].startswith(\"more audio than time has passed at \") and (untimed or 350 < lead_ms < 550)"'
against '--pace 25' -e 'silence 2'
ok 'one that is too slow' is 0 'speed < 0.83 and (untimed or 98 <= frames_due <= 102 and frames < 84 and gaps > 3 and 0.77 < speed and lead_ms < 60)'

against '--kind 0x16 --tone 0-3000' -e 'silence 1'
check 'audio of 48 kHz is recorded as such' 'is 0 "ok and 45 <= frames <= 51" && [ "$(soxi -r "$T/heard.wav")" = 48000 ]'

check 'nobody listens: 69, and a report' 'must_fail 69 as-dial 127.0.0.1:1 >"$T/report" && tests/fake/report.py "end == \"refused\" and \"refused\" in error" <"$T/report"'
check 'no such host: 69 or 75' 'as-dial no.such.host.invalid:9 2>"$T/err"; case $? in 69 | 75) grep "^as-dial: cannot find .no.such.host.invalid." "$T/err" ;; *) false ;; esac'
says() { # CODE TEXT [ARG...]: exits so, with one line that says this
	code=$1 text=$2 && shift 2
	must_fail "$code" as-dial "$@" >"$T/out" 2>"$T/err" && grep -e "$text" "$T/err" && [ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ]
}
ok 'no host: 64' says 64 'host:port is missing'
ok 'no port: 64' says 64 "cannot call 'localhost': not host:port" localhost
ok 'port 0: 64' says 64 'not host:port' '[::1]:0'
ok 'two scripts: 64' says 64 'more than one of' -e hangup 127.0.0.1:1 a.wav
ok 'a bad script: 64' says 64 "cannot follow script -e:2: unknown command 'frob'" -e 'wait
frob' 127.0.0.1:1
ok 'a script that is not there: 74' says 74 "cannot read '$T/none': No such file" -s "$T/none" 127.0.0.1:1
ok 'a file that is not there: 65' says 65 "cannot load '$T/none.wav'" 127.0.0.1:1 "$T/none.wav"
ok 'a bad UUID: 64' says 64 'uuid wants' -u 123 127.0.0.1:1
ok 'bad sizes: 64' says 64 'frame-bytes wants' --frame-bytes 320,1 127.0.0.1:1
ok 'a bad rate of calls: 64' says 64 'cps wants' --cps 0 127.0.0.1:1
ok 'several recordings in one file: 64' says 64 'use %n or %u' -n 2 -o x.wav 127.0.0.1:1
against '' -e 'silence 0.1'
check 'a full disk: 74' 'must_fail 74 as-dial -e hangup "127.0.0.1:$(cat "$T/port")" >/dev/full'
check 'a recording that cannot be written: 74' 'must_fail 74 as-dial -e hangup -o "$T/no/x.wav" "127.0.0.1:$(cat "$T/port")"'
plan
