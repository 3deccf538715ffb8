#!/bin/sh
# as-dial as a caller, against an echo server of another make: what it sends, hears, expects and reports.
# quiet: figures within milliseconds, of a server in Python
# shellcheck disable=SC2016,SC2034,SC2119 # text for eval, and a plan at the end
. tests/lib.sh

# server [OPTION...]: an echo server on $port, its log of what it received in $T/log.
server() {
	: >"$T/port"
	rm -f "$T/log"
	start tests/fake/echo-server.py --log "$T/log" "$@" >"$T/port"
	wait_for 10 test -s "$T/port" || { echo "Bail out! no echo server" && exit 1; }
	port=$(cat "$T/port")
}
dial() { as-dial "$@" >"$T/report" 2>"$T/err"; }
# calls EXPRESSION: true of the report of each call
calls() { tests/fake/report.py "$1" <"$T/report"; }
# peaks FROM TO: loudest sample of the recording in these milliseconds
peak() { sox "$T/heard.wav" -n trim "$(awk "BEGIN { print $1 / 1000 }")" "=$(awk "BEGIN { print $2 / 1000 }")" stat 2>&1 |
	awk '/^Maximum amplitude/ { print int($3 * 32768) }'; }

sox -n -r 8000 -b 16 -c 1 "$T/word.wav" synth 0.4 sine 300 gain -6 pad 0.1 0.5
sox -n -r 44100 -b 16 -c 2 "$T/stereo.wav" synth 0.4 sine 300 gain -6
uuid=0A1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9

server --tone 0-300 --answer 400
ok 'says a file, waits and hangs up' dial --uuid $uuid --record "$T/heard.wav" "127.0.0.1:$port" "$T/word.wav"
check 'ok, and how it ended' 'calls "ok and end == \"hangup\" and not failed_expects and not illegal"'
check 'the UUID is the first thing sent' 'grep -qx "0 01 16 0a1b2c3d4e5f40718293a4b5c6d7e8f9" "$T/log" && calls "uuid == \"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9\""'
check 'every message is a frame of 320 bytes' '! awk "NR > 1 && \$2 != \"over\" && \$2 \$3 != \"10320\"" "$T/log" | grep .'
check 'first frame, first audible frame' 'calls "0 <= first_frame_ms <= first_audible_ms and (untimed or first_audible_ms < 300)"'
check 'response: from the last sample of the voice, not of the file' 'calls "len(response_ms) == 1 and 370 <= response_ms[0] and (untimed or response_ms[0] <= 600)"'
check 'frames: all that were due, and in time' 'calls "untimed or abs(frames - frames_due) <= 1 and not gaps and abs(duration_ms / 20 - frames) < 20"'
check 'the recording is as long as the call' 'calls "abs($(soxi -D "$T/heard.wav") * 1000 - duration_ms) < 60 or untimed"'
check 'the tone is in it while it sounded' '[ "$(peak 50 250)" -gt 7000 ] && [ "$(peak 400 800)" -lt 10 ]'

ok 'stereo at 44.1 kHz is a caller, too' dial -r 16000 --record-sent "$T/sent.wav" -e "silence 0.5; say $T/stereo.wav; hangup" "localhost:$port"
check '16 kHz: kind 0x12, 640 bytes' '[ "$(awk "\$2 == 12 && \$3 == 640" "$T/log" | wc -l)" -gt 40 ]'
check 'what was said is recorded on the time of the call' '[ "$(soxi -r "$T/sent.wav")" = 16000 ] &&
	sox "$T/sent.wav" -n trim 0 0.49 stat 2>&1 | grep -q "Maximum amplitude: *0.000" &&
	sox "$T/sent.wav" -n trim 0.55 0.3 stat 2>&1 | grep -q "Maximum amplitude: *0.[45]"'

server --tone 0-5000
ok 'expectations that are met' dial -e 'expect audio within 1; silence 0.2; expect audio' "127.0.0.1:$port"
check 'one that is not: exit 1' 'must_fail 1 dial -e "silence 0.2
expect silence within 0.3; expect end within 0.2" "127.0.0.1:$port"'
check 'it names the line and what was heard, and goes on' \
	'calls "not ok and end == \"hangup\" and [f[:22] for f in failed_expects] == [\"line 2: expect silence\", \"line 2: expect end: the\"[:22]] and \"audible from\" in failed_expects[0]"'
check 'nobody speaks: a barge-in fails' 'must_fail 1 dial --timeout 1 -e "wait 6; barge $T/word.wav after 100" "127.0.0.1:$port" && calls "\"did not speak\" in failed_expects[0]"'

server --tone 0-5000 --barge 150 --answer 600
dial -e "barge $T/word.wav after 300; wait; hangup" "127.0.0.1:$port"
check 'barge-in: first voiced sample to last audible frame' 'calls "ok and len(barge_in_ms) == 1 and 110 <= barge_in_ms[0] and (untimed or barge_in_ms[0] <= 300)"'
check 'and the answer to it' 'calls "570 <= response_ms[0] and (untimed or response_ms[0] <= 800)"'

server
ok 'keys, noise, hold, a burst' dial -e 'silence 0.2; dtmf 5*#; noise -20 0.3; hold 0.5; burst 300; silence 0.5' "127.0.0.1:$port"
check 'keys are sent as such' '[ "$(awk "\$2 == \"03\" { printf \"%s\", \$4 }" "$T/log")" = "5*#" ]'
check 'audio stops before each' 'untimed || [ "$(awk "\$2 == \"03\" && \$1 - last > 120 { n++ } { last = \$1 } END { print n }" "$T/log")" = 3 ]'
check 'noise of the level' 'loud=$(awk "\$2 == 10 && \$4 > 5000 { n++ } \$2 == 10 && \$4 > 6000 { exit n = 99 } END { print n }" "$T/log") &&
	if untimed; then [ "$loud" -ge 12 ] && [ "$loud" -le 16 ]; else [ "$loud" = 15 ]; fi'
check 'a hold is a hole' 'awk "\$1 - last > 480 { found = 1 } { last = \$1 } END { exit !found }" "$T/log"'
check 'a burst: then many at once' 'awk "\$1 - last < 5 { if (++run > most) most = run } \$1 - last >= 5 { run = 0 } { last = \$1 } END { exit most < 12 }" "$T/log"'
dial --frame-bytes 224,58,321 -e 'silence 1' "127.0.0.1:$port"
check 'odd sizes, in turn, each for as long as it sounds' \
	'[ "$(tail -n 20 "$T/log" | awk "\$2 == 10 && \$3 ~ /^(224|58|321)$/" | wc -l)" -ge 18 ] && [ "$(awk "\$3 == 58" "$T/log" | wc -l)" -ge 24 ] && [ "$(awk "\$3 == 58" "$T/log" | wc -l)" -le 28 ]'
check 'its commands are shown, with their units' 'as-dial -e help | grep "^barge FILE after MS .*milliseconds" && as-dial -e help | grep "^silence S .* seconds" && [ "$(as-dial -e help | wc -l)" = 10 ]'
dial --max-duration 1 -e 'silence 5' "127.0.0.1:$port"
check 'a call that lasts too long' 'calls "not ok and end == \"timeout\" and 990 < duration_ms and (untimed or duration_ms < 1200)"'
server
as-dial -e 'silence 20' "127.0.0.1:$port" >"$T/report" &
dial=$!
check 'TERM hangs up and still reports' 'wait_for 5 grep -q " 10 320 " "$T/log" && kill $dial && must_fail 1 wait $dial && calls "end == \"interrupted\""'
plan
