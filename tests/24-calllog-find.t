#!/bin/sh
# calllog list, show, export, stats: what is found, for people and programs.
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

q() { psql -XAtqc "$1"; }
says() { # CODE TEXT COMMAND [ARG...]
	code=$1 say=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" >"$T/out" && grep -qF -e "$say" "$T/err" && [ "$(wc -l <"$T/err")" = 1 ] && return
	cat "$T/out" "$T/err" && return 1
}
# The rows of a CSV as Python reads it, as JSON.
csv() { python3 -c 'import csv, json, sys
print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline=""), strict=True)), ensure_ascii=False))' "$1"; }
terminal() { script -qc "$*" /dev/null </dev/null | tr -d '\r'; }
number() { [ "$(eval "$2")" = "$1" ] || { eval "$2" && return 1; }; }

python3 tests/fake/calldirs.py "$T/spool" 60
odd=$T/spool/calls/2026/11/30/ffffffff-0000-4000-8000-000000000000
mkdir -p "$odd"
echo '{"call":"o","from":"=cmd|x","to":"1","accepted_at":"2026-11-30T23:59:59.900Z"}' >"$odd/call.json"
cat >"$odd/events.jsonl" <<'END'
{"seq":1,"t":1,"type":"state","data":{"from":"","to":"ask"}}
{"seq":2,"t":10,"type":"synthesize","data":{"utterance":"u1","turn":0,"text":"Say \"yes\", or no.\nNow."}}
{"seq":3,"t":20,"type":"playing","data":{"utterance":"u1","timestamp":20}}
{"seq":4,"t":30,"type":"synthesize","data":{"utterance":"u2","turn":0,"text":"Never heard."}}
{"seq":5,"t":1020,"type":"voice-started","data":{"timestamp":520,"turn":1}}
{"seq":6,"t":1020,"type":"played","data":{"utterance":"u1","timestamp":1020,"status":"played","heard_ms":1000,"total_ms":1000}}
{"seq":7,"t":1020,"type":"played","data":{"utterance":"u2","timestamp":1020,"status":"cleared","heard_ms":0,"total_ms":1000}}
{"seq":8,"t":1500,"type":"voice-stopped","data":{"timestamp":1520,"turn":1}}
{"seq":9,"t":1600,"type":"transcript","data":{"turn":1,"text":"+1+1 \u001b[31m, \"oui\"","confidence":0.6,"start":520,"end":1520}}
{"seq":10,"t":1610,"type":"heard","data":{"turn":1,"state":"ask","by":"voice","match":"sentiment","sentiment":"positive","confidence":0.9}}
{"seq":11,"t":1620,"type":"tool-call","data":{"id":"1","name":"look","arguments":{"n":1}}}
{"seq":12,"t":1630,"type":"tool-result","data":{"id":"1","status":"timeout","ms":10}}
{"seq":13,"t":2000,"type":"transfer","data":{"to":"desk","reason":"asked"}}
{"seq":14,"t":2400,"type":"turn","data":{"turn":1,"speech_end":1520,"endpoint_ms":700,"transcript_ms":800,"text_ms":810,"audio_ms":830,"audible_ms":850}}
{"seq":15,"t":2900,"type":"result","data":{"prompt":"short","goals":["desk"]}}
{"seq":16,"t":3000,"type":"verdict","data":{"verdict":"transfer desk"}}
END
calllog init >"$T/out" && calllog load "$T/spool" 2>"$T/err"
q "INSERT INTO client (phone, first_name, company) VALUES ('+33610000004', '@Jean', 'A, \"B\"')"

# ---- list
ok 'list: JSON for programs, the latest first' number '["=cmd|x",61]' \
	'calllog list | jq -sc "[.[0].phone_number, length]"'
check 'list: a table on a terminal' 'terminal calllog list -n 2 | head -n 1 | grep -q "^call_id  *started_at  *duration"'
ok 'list: CSV if asked' number 61 'calllog list --csv >$T/csv && csv $T/csv | jq length'
for filter in '--status completed|49' '--status=Failed|12' '--status "Not interested"|'"$(q "SELECT count(*) FROM call WHERE disposition = 'Not_interested'")" \
	'--status leads|'"$(q "SELECT count(*) FROM call WHERE is_interested AND campaign_id <> ''")" '--campaign camp_00000001|20' \
	'--from 2026-11-30|1' '--to 2026-11-20|60' '--from "2026-11-20 10:00" --to 2026-11-20T11:00Z|8' '--phone 33610000004|1' '--phone "+33 6 10 00 00 04"|1' '--phone 0610000004 --country 33|1' '--phone 0610000004 --country FR|1' '--phone 0610000004 --country 7|0' '--limit 7|7' \
	'--sentiment positif|'"$(q "SELECT count(*) FROM call WHERE final_sentiment = 'positive'")" \
	'--sentiment neutre|'"$(q "SELECT count(*) FROM call WHERE final_sentiment = 'neutral'")"; do
	ok "list: ${filter%|*}" number "${filter#*|}" "calllog list ${filter%|*} | wc -l"
done
ok 'list: no day' says 64 "cannot use --from 'soon'" calllog list --from soon
ok 'list: a day that is none' says 65 'out of range' calllog list --to 2026-02-31
ok 'list: no sentiment' says 64 'positive|negative' calllog list --sentiment angry
ok 'list: no number' says 64 "cannot use --phone '+': no telephone number" calllog list --phone +
ok 'list: nothing there is no failure' number 0 'calllog list --campaign none | wc -l'
ok 'list: a reader that leaves' eval 'calllog list | head -n 1 | grep -q call_id'

# ---- export
ok 'export: the last call of each person' eval 'calllog export -o $T/csv && [ ! -s "$T/none" ]'
check 'export: RFC 4180: lines end in CR LF' '[ "$(grep -c "" $T/csv)" = "$(grep -c "$(printf "\\r")\$" $T/csv)" ]'
ok 'export: names, sentences and formulas are as they were, formulas behind an apostrophe' number \
	'["'"'"'=cmd|x","transfer","BOT: Say \"yes\", or no. Now. | CLIENT: +1+1 [31m, \"oui\"",""]' \
	'csv $T/csv | jq -c ".[0] | [.phone_number, .last_call_result, (.transcription_complete | gsub(\"\\u001b\"; \"\")), .is_interested]" | sed "s/\"completed\"/\"transfer\"/"'
ok 'export: what is known of the person' number '["+33610000004","'"'"'@Jean","A, \"B\"","Oui","1"]' \
	'csv $T/csv | jq -c "map(select(.phone_number == \"+33610000004\"))[0] | [.phone_number, .first_name, .company, .is_interested, .total_calls] | .[3] = \"Oui\""'
check_same 'export: its columns' 'head -n1 $T/csv | tr -d "\r"' 'echo lead_id,phone_number,first_name,last_name,email,company,status,priority,attempts,last_attempt,imported_at,audio_recording_path,last_call_date,last_call_duration,last_call_result,amd_result,final_sentiment,is_interested,total_calls,transcription_complete'
ok 'export: columns also if there is nothing' number 1 'calllog export --campaign none | wc -l'
again() { calllog export --calls --phone 33610000004 | wc -l; }
q "INSERT INTO call (call_id, phone_number, status, started_at) VALUES ('again', '+33610000004', 'completed', '2026-01-01')"
ok 'export: --calls: every call' number 3 again
ok 'export: once, without' number 2 'calllog export --phone 33610000004 | wc -l'
ok 'export: a full disk' says 74 "'/dev/full'" calllog export -o /dev/full
ok 'export: a folder that is not there' says 74 "'$T/no/x.csv': No such file" calllog export -o "$T/no/x.csv"
q "DELETE FROM call WHERE call_id = 'again'"

# ---- show
check_same 'show: a call for a human' 'calllog show ffffffff | sed "/^directory/d"' 'cat <<-END
	call           ffffffff-0000-4000-8000-000000000000
	began          2026-11-30 23:59:59
	lasted         3.000 s
	direction      inbound
	number         =cmd|x
	status         completed
	verdict        transfer desk
	transfer_to    desk
	sentiment      positive

	     0.00  ->      ask
	     0.02  bot     Say "yes", or no.?Now.
	     0.52  client  +1+1 ?[31m, "oui"  (positive)  [850 ms]
	     1.02  bot     Never heard.  (interrupted)
	     1.62  tool    look {"n": 1}: failed, timeout, 10 ms
	           transfer {"to": "desk", "reason": "asked", "summary": ""}
	END'
ok 'show: by its directory' number ffffffff-0000-4000-8000-000000000000 'calllog show "$odd" | sed -n "s/^call  *//p"'
ok 'show: and in it' number ffffffff-0000-4000-8000-000000000000 '(cd "$odd" && calllog show . && calllog show "$odd/") | sed -n "s/^call  *//p" | uniq'
ok 'show: as JSON' number '["desk",3,1,"failed"]' \
	'calllog show --json ffffffff | jq -c "[.transfer_to, (.turns_of_call | length), (.interactions | length), .actions[0].status]"'
ok 'show: none' says 1 'no call is called' calllog show nothing
ok 'show: several' says 1 'more than one' calllog show 0000
ok 'show: no call named' says 64 'name one call' calllog show

# ---- stats, beside what jq counts in the list
calllog list >"$T/all"
ok 'stats: summary' number "$(jq -sc '[length, (map(select(.status == "completed")) | length), (map(select(.interested)) | length)]' "$T/all")" \
	'calllog stats summary | jq -c "[.total, .completed, .leads]"'
ok 'stats: overview: latencies, talk-over, containment' number true \
	'calllog stats overview | jq -c ".response_p50_ms >= 880 and .response_p99_ms < 1000 and .talk_over > 0 and .containment < 1 and .containment > .9"'
ok 'stats: percentiles are those of the turns' number "$(q "SELECT percentile_disc(.95) WITHIN GROUP (ORDER BY response_ms) FROM call_turn WHERE speaker = 'caller'")" \
	'calllog stats overview | jq .response_p95_ms'
ok 'stats: daily' number '["2026-11-20",60,"2026-11-30",1]' 'calllog stats daily | jq -sc "[.[0].day, .[0].total, .[1].day, .[1].total]"'
ok 'stats: by campaign, those of none too' number '["",21,"camp_00000001",20,"camp_00000002",20]' \
	'calllog stats campaign | jq -sc "[.[] | .campaign, .total]"'
ok 'stats: CSV' number '"1"' 'calllog stats summary --from 2026-11-30 --csv >$T/csv && csv $T/csv | jq ".[0].total"'
check 'stats: a table on a terminal' 'terminal calllog stats | grep -q "^total  *61$"'
ok 'stats: of nothing' number '[0,null]' 'calllog stats summary --campaign none | jq -c "[.total, .success_rate]"'
ok 'stats: no such kind' says 64 'summary, overview, daily, campaign, prompt' calllog stats weekly
ok 'stats: by what a journal names as its prompt' number '["short",1,1,1]' \
	'calllog stats --by prompt | jq -sc "[.[] | .prompt, .total, .completed, .successes]"'
# NAME CALLS LEADS, and GOALS of those that are none
tried() {
	q "INSERT INTO call (call_id, prompt_version, status, is_interested, result, started_at) SELECT '$1' || i, '$1', 'completed', i <= $3,
		jsonb_build_object('goals', CASE WHEN i > $3 AND i <= $3 + $4 THEN '[\"x\"]' ELSE '[]' END::jsonb), '2026-11-30' FROM generate_series(1, $2) i"
}
q "DELETE FROM call WHERE prompt_version IS NOT NULL"
tried long 400 100 20 && tried other 300 130 0 && tried third 300 60 40 && tried late 250 96 0 && tried few 9 4 0
q "INSERT INTO call (call_id, prompt_version, status, is_interested) VALUES ('failed', 'few', 'failed', true)"
cat >"$T/want.py" <<'END'
import json, math, sys
got = {r["prompt"]: r for r in map(json.loads, sys.stdin)}
tried = {"long": (120, 400), "other": (130, 300), "third": (100, 300), "late": (96, 250), "few": (4, 9)}
def chance(k1, n1, k, n):
    q = (k + k1) / (n + n1)
    return math.erfc(abs(k / n - k1 / n1) / math.sqrt(q * (1 - q) * (1 / n + 1 / n1)) / math.sqrt(2))
def wilson(k, n, z=1.959964):
    p, m = k / n, math.sqrt(k / n * (1 - k / n) / n + z * z / n / n / 4)
    return [(p + z * z / n / 2 + s * z * m) / (1 + z * z / n) for s in (-1, 1)]
assert list(got)[0] == "long" and len(got) == 5, list(got)
for name, (k, n) in tried.items():
    r = got[name]
    assert (r["successes"], r["completed"]) == (k, n), r
    assert all(abs(a - b) < 6e-5 for a, b in zip([r["low"], r["high"]], wilson(k, n))), (r, wilson(k, n))
    want = None if name in ("long", "few") else chance(120, 400, k, n)
    assert want is None and r["p_value"] is None or abs(r["p_value"] - want) < 1e-6, (r, want)
# 0.027 is below 0.05, but not as one of three
assert [got[n]["significant"] for n in tried] == [None, True, False, False, None], got
END
ok 'stats: by prompt: rates, their intervals, and what may be chance' eval 'calllog stats --by=prompt | python3 "$T/want.py"'
check_same 'stats: by prompt: the same as an operand' 'calllog stats prompt' 'calllog stats --by prompt'
ok 'stats: by two things' says 64 "'prompt'" calllog stats prompt --by day
q "DELETE FROM call WHERE prompt_version IS NOT NULL"
plan
