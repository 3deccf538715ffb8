#!/bin/sh
# as-dial as a load generator: all calls are made, each is reported, the summary is their sum.
# quiet: of every frame
# shellcheck disable=SC2016,SC2119 # text for eval, and a plan at the end
. tests/lib.sh

: >"$T/port"
start tests/fake/echo-server.py --tone 100-700 --log "$T/log" >"$T/port"
wait_for 10 test -s "$T/port" || { echo "Bail out! no echo server" && exit 1; }
port=$(cat "$T/port")

ok 'ten calls at 20 a second' sh -c "as-dial --calls 10 --cps 20 -o '$T/%n-%u.wav' -e 'silence 1.5' 127.0.0.1:$port >'$T/report'"
check 'a report each, and a summary last' '[ "$(wc -l <"$T/report")" = 11 ] && tail -n1 "$T/report" | grep "^{\"summary\":true,\"calls\":10,\"ok\":10,\"failed\":0,\"refused\":0,"'
check 'every call is well' 'tests/fake/report.py "ok and 80 <= first_audible_ms and (untimed or 68 <= frames <= 77 and first_audible_ms <= 400)" <"$T/report"'
check 'numbers and UUIDs are all different' 'tests/fake/report.py "len({c[\"call\"] for c in calls}) == len({c[\"uuid\"] for c in calls}) == 10" <"$T/report"'
check 'frames of the summary are the sum' 'python3 -c "
import json, sys
*calls, total = map(json.loads, sys.stdin)
assert all(sum(c[k] for c in calls) == total[k] for k in (\"frames\", \"frames_due\", \"gaps\", \"bursts\", \"unstamped\"))
assert max(c[\"late_max_ms\"] for c in calls) == total[\"late_max_ms\"]
assert abs(sum(c[\"duration_ms\"] for c in calls) / 1000 - total[\"call_seconds\"]) < 0.2
assert total[\"cpu_ms_per_call_second\"] > 0
assert total[\"first_audible_p50_ms\"] <= total[\"first_audible_p99_ms\"] <= total[\"first_audible_max_ms\"]" <"$T/report"'
check 'a recording each, named by number and UUID' '[ "$(find "$T" -name "*-*-*.wav" | wc -l)" = 10 ] &&
	test -f "$T/3-$(sed -n "s/^{\"call\":3,\"uuid\":\"\([^\"]*\)\".*/\1/p" "$T/report").wav"'
check 'they begin at the rate that was asked for' 'wait_for 5 eval "[ \$(grep -c over \"$T/log\") = 10 ]" && [ "$(grep -c " 01 16 " "$T/log")" = 10 ]'
check 'a summary of one call, too' 'as-dial -n 1 -e hangup "127.0.0.1:$port" | tail -n1 | grep "\"summary\":true,\"calls\":1,"'
check 'all refused: 69' 'must_fail 69 as-dial -n 3 --cps 100 127.0.0.1:1 | tail -n1 | grep "\"calls\":3,\"ok\":0,\"failed\":3,\"refused\":3,"'
check 'on a terminal: a table' 'script -qec "as-dial -n 2 --cps 100 -e \"silence 0.2; expect end within 0.1\" 127.0.0.1:$port" /dev/null </dev/null >"$T/table"
	grep "^call result end" "$T/table" && grep "^   1 FAILED hangup" "$T/table" && grep "expected: line 1: expect end" "$T/table" && grep "^ all FAILED 0 of 2" "$T/table"'
plan
