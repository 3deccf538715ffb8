#!/bin/sh
# What was said in calls of a campaign, by calllog load: row of the call, queue, contact, dnc; whatever comes first.
# shellcheck disable=SC2034 # names in text that is evaluated
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

q() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }
calllog init >"$T/out" || exit 1
load() { calllog load "$@" 2>"$T/err" || { cat "$T/err" && return 1; }; }

# Each call: name, what its journal says. Their numbers end with their place in this list.
cat >"$T/make.py" <<'END'
import json, os, sys

CALLS = {  # results, verdict, amd, does the caller speak
    "lead": ([{"slot": "morning"}, {"disposition": "Leads", "interested": True}], "hangup", None, True),
    "unsure": ([{"disposition": "Leads", "interested": False}], "hangup", None, True),
    "refused": ([{"disposition": "Not_interested", "interested": False}], "hangup", None, True),
    "silent": ([{"disposition": "No_answer"}], "hangup", None, False),
    "left": ([{"disposition": "Not_interested"}], "caller-hangup", None, True),
    "broken": ([], "error", None, False),
    "nothing": ([], "caller-hangup", None, True),
    "machine": ([{"disposition": "No_answer"}], "hangup", "machine", True),
    "voice": ([{"disposition": "Not_interested", "interested": False, "opt_out": True}], "hangup", None, True),
    "key": ([{"disposition": "Not_interested", "interested": False, "opt_out": True, "opt_out_by": "dtmf"}], "hangup", None, False),
    "french": ([{"disposition": "pas intéressé"}], "hangup", None, True),
    "liar": ([{"disposition": "Leads", "interested": True}, {"opt_out": True}], "hangup", None, True),
}
NAMES = list(CALLS)


def call(folder, name, uuid, campaign, outbound=True):
    results, verdict, amd, speaks = CALLS[name]
    number = f"+336123456{NAMES.index(name):02}"
    os.makedirs(folder)
    head = {"call": os.path.basename(folder), "uuid": uuid, "service": "qualify", "rate": 8000, "accepted_at": "2026-11-24T09:30:10.000Z"}
    head |= {"from": "+33162000000", "to": number, "campaign": campaign} if outbound else {"from": number, "to": "0800"}
    records = [(0, "call-start", head), (20, "state", {"from": None, "to": "hello"}),
               (20, "synthesize", {"utterance": "u1", "turn": 0, "kind": "prompt", "file": "/x/hello.wav", "text": "Bonjour."}),
               (40, "playing", {"utterance": "u1", "timestamp": 40, "turn": 0}),
               (1040, "played", {"utterance": "u1", "timestamp": 1040, "turn": 0, "status": "played", "heard_ms": 1000, "total_ms": 1000})]
    if amd:
        records.append((1100, "amd", {"verdict": amd, "confidence": 0.9, "reason": "long greeting", "ms": 1100}))
    if speaks:
        records += [(2000, "voice-started", {"timestamp": 2000, "turn": 1}), (3000, "voice-stopped", {"timestamp": 3000, "turn": 1, "cause": "silence"}),
                    (3500, "transcript", {"turn": 1, "listen": "l1", "text": "oui", "language": "fr"}),
                    (3500, "heard", {"turn": 1, "state": "hello", "question": 1, "by": "voice", "match": "intent", "intent": "unheard", "sentiment": "neutral", "confidence": 0.5}),
                    (3600, "heard", {"turn": 1, "state": "hello", "question": 1, "by": "voice", "match": "sentiment", "sentiment": "positive", "confidence": 0.9}),
                    (3700, "heard", {"turn": 1, "state": "q1", "question": 3, "by": "silence", "match": "no_input"}),
                    (3800, "heard", {"turn": 1, "state": "extra", "by": "silence", "match": "no_input"})]
    records += [(4000, "result", r) for r in results]
    records += [(5000, "done", {"verdict": verdict}), (5020, "ended", {}), (5040, "call-end", {"cause": verdict}), (5060, "verdict", {"verdict": verdict})]
    with open(folder + "/call.json", "w") as f:
        json.dump(head, f)
    with open(folder + "/events.jsonl", "w") as f:
        f.writelines(json.dumps({"seq": i, "t": t, "type": kind, "data": data}, ensure_ascii=False) + "\n" for i, (t, kind, data) in enumerate(records, 1))
    with open(folder + "/verdict", "w") as f:
        f.write(verdict + "\n")


what, spool, *rest = sys.argv[1:]
if what == "names":
    print("\n".join(f"+336123456{i:02} {n}" for i, n in enumerate(NAMES)))
elif what == "one":
    call(f"{spool}/{rest[2]}", rest[0], rest[1], "camp_x", rest[3:] != ["inbound"])
else:  # a line each: number, call id
    for line in sys.stdin:
        number, uuid = line.strip().split("|")
        call(f"{spool}/{uuid}", NAMES[int(number[-2:])], uuid, "camp_x")
END
python3 "$T/make.py" names - >"$T/names"

# Everything until the calls have been answered; Tuesday, half past ten in Paris.
begin() {
	q 'SET client_min_messages TO warning; TRUNCATE call, call_queue, contact, campaign, dnc, trunk, node, call_undone CASCADE' &&
		q "INSERT INTO trunk (name, endpoint, cps, max_channels) VALUES ('trunk', 'PJSIP/%s@trunk', 100, 100);
		INSERT INTO campaign (campaign_id, name, scenario, status, gap_s, max_channels) VALUES ('camp_x', 'x', 'qualify', 'active', 0, 100)" &&
		while read -r number name; do
			q "INSERT INTO contact (phone, first_name, country, consent_basis, status) VALUES ('$number', '$name', 'FR', 'consent', 'Queued')"
		done <"$T/names" &&
		q "INSERT INTO call_queue (campaign_id, contact_id, phone, next_at) SELECT 'camp_x', contact_id, phone, '2026-11-24 09:00Z' FROM contact" &&
		q "SELECT campaign_beat('n', 'h', 1, 'b', 100, '1 day', '2026-11-24 09:30Z');
		SELECT call_id FROM campaign_claim('n', 'trunk', 100, '1 day', '2026-11-24 09:30Z');
		SELECT campaign_dial(call_id, 'n', '2026-11-24 09:30:01Z') FROM call;
		SELECT campaign_state(call_id, 'n', 'answered', '2026-11-24 09:30:09Z') FROM call" >"$T/out" &&
		[ "$(q "SELECT count(*) FROM call WHERE state = 'answered'")" = "$(wc -l <"$T/names")" ] &&
		rm -rf "$T/spool" && mkdir "$T/spool" && q 'SELECT phone_number, call_id FROM call' | python3 "$T/make.py" all "$T/spool"
}
finish() {
	q "SELECT campaign_finish(call_id, 16, '200', 'Normal Clearing', CASE WHEN phone_number LIKE '%02' THEN 'HUMAN' END,
		NULL, '2026-11-24 09:31Z') FROM call ORDER BY call_id" >"$T/finished"
}
# All that decides about anybody, without names that are made anew and the time of loading.
state() {
	q "SELECT phone, c.first_name, c.status, attempts, slot_wish, refused_at IS NOT NULL, call_duration, audio_recording_path FROM contact c ORDER BY 1"
	q "SELECT q.phone, q.status, attempts, next_at, later_reason, error_message FROM call_queue q ORDER BY 1"
	q "SELECT phone_number, state, direction, campaign_id, caller_id, disposition, outcome, status, cause, tech_cause, hangup_cause, amd_result, amd_cause,
		amd_ms, is_interested, opt_out, slot_wish, duration, billsec, said, dialed_at, answered_at, started_at, ended_at, turns, crashed FROM call ORDER BY 1"
	q 'SELECT phone, scope, reason, expires_at FROM dnc ORDER BY 1'
}
of() { q "SELECT $2 FROM contact p JOIN call_queue q USING (contact_id) JOIN call c USING (call_id) WHERE first_name = '$1'"; }

ok 'calls of a campaign are answered' begin
ok 'what was said is loaded before the calls are over' load "$T/spool"
ok 'they go on' test "$(q "SELECT count(*) FROM call WHERE state = 'answered' AND ended_at IS NULL AND said IS NOT NULL")" = 12
ok 'who must not be called is on the list already' test "$(q "SELECT string_agg(first_name || ' ' || reason, ',' ORDER BY first_name) FROM dnc JOIN contact USING (phone)")" = 'key dtmf,liar voice,voice voice'
ok 'then they are over' finish
ok 'each' test "$(grep -c t "$T/finished")" = 12
state >"$T/want"
word() { ok "$1: contact $2, row $3, outcome $4" test "$(of "$1" 'p.status, q.status, c.outcome, c.disposition')" = "$2|$3|$4|$2"; }
word lead Leads completed lead
word unsure Leads completed lead
word refused Not_interested completed refused
word silent No_answer pending silence
word left Not_interested completed refused
word broken No_answer pending silence
word nothing Not_interested completed refused
word machine No_answer pending machine
word voice Not_interested completed opt_out
word key Not_interested completed opt_out
word french Not_interested completed refused
word liar Not_interested completed opt_out
ok 'the slot is kept' test "$(of lead 'p.slot_wish, c.slot_wish')" = 'morning|morning'
ok 'a lead who was not sure is not interested' test "$(of lead c.is_interested),$(of unsure c.is_interested)" = t,f
ok 'the duration is that of the talk' test "$(of lead p.call_duration)" = 5.020
ok 'the rest is as the dialler has it' test "$(of refused 'c.campaign_id, c.direction, c.hangup_cause, c.amd_result, c.answered_at')" = "camp_x|outbound|16|human|$(q "SELECT timestamptz '2026-11-24 09:30:09Z'")"
ok 'a machine that we have heard goes before what Asterisk says' test "$(of machine 'c.amd_result, c.amd_ms')" = 'machine|1100'
ok 'questions have the numbers of the scenario, also when they are asked again' test "$(of lead "(SELECT string_agg(question_played || question_number || '.' || asked, ' ' ORDER BY question_number, asked)
	FROM call_interaction i WHERE i.call_id = c.call_id)")" = 'hello1.1 hello1.2 q13.1 extra4.1'
ok 'what was played has its file and its words' test "$(of lead "(SELECT text || audio_file FROM call_turn t WHERE t.call_id = c.call_id AND speaker = 'bot')")" = 'Bonjour./x/hello.wav'
ok 'a retry waits' test "$(of silent "q.next_at - c.ended_at")" = 00:05:00

ok 'the other way round: the calls are over' begin
finish
ok 'nobody has said anything, so nobody is a lead' test "$(q "SELECT string_agg(DISTINCT status, ',') FROM contact")" = Not_interested
q "SELECT campaign_settle('2026-11-24 09:32Z')" >"$T/out"
ok 'and the campaign is completed' test "$(q 'SELECT status FROM campaign')" = completed
ok 'then what was said is loaded' load "$T/spool"
ok 'and it goes on: somebody is to be called again' test "$(q 'SELECT status, ended_at IS NULL FROM campaign')" = 'active|t'
check_same 'all is the same' 'cat "$T/want"' state
ok 'and again' load "$T/spool"
check_same 'nothing changes' 'cat "$T/want"' state
q "UPDATE call SET source = ''"
ok 'also if all of it is loaded anew' load "$T/spool"
check_same 'nothing changes' 'cat "$T/want"' state
q "DELETE FROM dnc; UPDATE call SET source = '', said = NULL"
both() {
	calllog load "$T/spool" 2>"$T/one" &
	one=$!
	find "$T/spool" -mindepth 1 -type d | sort -r | load -
	two=$?
	if ! wait "$one" || [ "$two" != 0 ]; then cat "$T/one" "$T/err" && return 1; fi
}
ok 'two at a time, from both ends' both
check_same 'the same' 'cat "$T/want"' state

# ---- recordings
lead=$(of lead c.call_id)
cp -r "$T/spool/$lead" "$T/kept" && : >"$T/spool/$lead/full_call_assembled_$lead.wav"
ok 'a recording that is assembled later' load "$T/spool"
ok 'is that of the contact' test "$(of lead p.audio_recording_path)" = "$(cd "$T/spool/$lead" && pwd -P)/full_call_assembled_$lead.wav"
ok 'and of nobody else' test "$(q 'SELECT count(audio_recording_path) FROM contact')" = 1

ok 'one that has come of age' env CALLPIPE_SPOOL="$T/spool" calllog retain --recordings=1h
ok 'is no more that of the contact' test "$(of lead "coalesce(p.audio_recording_path, 'none'), coalesce(c.assembled_audio_path, 'none')")" = 'none|none'

# ---- connected twice, and calls that no dialler made
silent=$(of silent c.call_id)
python3 "$T/make.py" one "$T/spool" lead "$silent" "$silent-2"
ok 'a call that was connected twice' load "$T/spool"
ok 'is one of the dialler: what was said last counts' test "$(of silent 'p.status, q.status')" = 'Leads|completed'
python3 "$T/make.py" one "$T/spool" french 11111111-1111-4111-8111-111111111111 11111111-1111-4111-8111-111111111111
python3 "$T/make.py" one "$T/spool" voice 22222222-2222-4222-8222-222222222222 22222222-2222-4222-8222-222222222222 inbound
sed -i 's/+33612345608/+33612345699/g' "$T"/spool/2222*/*
ok 'calls that no dialler made' load "$T/spool"
ok 'are calls' test "$(q "SELECT string_agg(direction || ' ' || state, ',' ORDER BY call_id) FROM call WHERE queue_id IS NULL AND uuid ~ '^(1111|2222)'")" = 'outbound ended,inbound ended'
ok 'who says to us never to call is not called' test "$(q "SELECT reason FROM dnc WHERE phone = '+33612345699'")" = voice

# ---- a campaign that was stopped meanwhile
begin && finish && q "SELECT campaign_move('camp_x', 'stopping', 'enough')" >"$T/out"
ok 'what was said in a campaign that was stopped' load "$T/spool"
ok 'leaves nobody waiting' test "$(q "SELECT string_agg(DISTINCT status, ',' ORDER BY status) FROM call_queue"),$(of silent 'p.status, q.status'),$(q 'SELECT status FROM campaign')" = 'completed,failed,No_answer|failed,stopped'

# ---- who has answered, and nobody was there to talk, as Asterisk says
begin && q "SELECT campaign_finish(call_id, 16, '200', 'Normal Clearing', NULL, NULL, '2026-11-24 09:31Z', 'FAILED ') FROM call" >"$T/finished"
ok 'who was not served is not one who has hung up' test "$(q "SELECT string_agg(DISTINCT p.status || ' ' || q.status || ' ' || outcome, ',')
	FROM contact p JOIN call_queue q USING (contact_id) JOIN call USING (call_id)")" = 'No_answer pending unserved'
ok 'what was said all the same' load "$T/spool"
word refused Not_interested completed refused
word voice Not_interested completed opt_out
word lead Leads completed lead

# ---- results, while people go into the queue of the same campaign
begin && finish && q "SELECT campaign_settle('2026-11-24 09:32Z'); UPDATE contact SET status = 'No_answer' WHERE first_name = 'nothing';
	INSERT INTO contact (phone, first_name, status) VALUES ('+33612345698', 'else', 'No_answer')" >"$T/out"
mkdir -p "$T/scenarios/x" && for name in hello retry q1 q2 q3 is_leads confirm bye_success bye_failed; do : >"$T/scenarios/x/$name.wav"; done
mkfifo "$T/go"
psql -XAtq >"$T/out" <<-END &
	BEGIN;
	SELECT FROM contact WHERE first_name = 'left' FOR UPDATE;
	\\! : >"$T/held"; cat "$T/go"
	COMMIT;
END
waiting() { [ "$(q 'SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted')" = "$1" ]; }
wait_for 10 test -e "$T/held"
calllog load "$T/spool" 2>"$T/one" & # who was silent is to be called again; then it waits for who has left
one=$!
wait_for 10 waiting 1
campaign launch --campaign-id camp_x --status No_answer >"$T/two" 2>&1 & # has who said nothing
two=$!
ok 'results and launch: they meet' wait_for 10 waiting 2
echo >"$T/go"
ok 'neither waits for the other for ever: the launch' eval 'wait "$two" || { cat "$T/two" && false; }'
ok 'and the results' eval 'wait "$one" || { cat "$T/one" && false; }'
ok 'nor are they tried again' eval '! grep -i deadlock "$PGDATA/log"'
ok 'and all is as it was said' test "$(q "SELECT string_agg(first_name, ' ' ORDER BY contact_id) FROM contact WHERE status = 'Queued'"),$(of silent 'p.status, q.status'),$(q 'SELECT status FROM campaign')" = 'else,No_answer|pending,active'

# ---- what cannot be loaded changes nothing
begin && finish && state >"$T/before"
q "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no room''; END';
	CREATE TRIGGER no BEFORE INSERT ON dnc FOR EACH ROW EXECUTE FUNCTION no()"
python3 "$T/make.py" all "$T/b" <<END
+33612345608|$(of voice c.call_id)
END
ok 'an opt-out that cannot be written' must_fail 70 calllog load "$T/b"
check_same 'is not loaded at all: nothing of it is half there' 'cat "$T/before"' state
q 'DROP TRIGGER no ON dnc'
ok 'and later it is' load "$T/b"
ok 'whole' test "$(of voice "p.status, c.opt_out, (SELECT count(*) FROM dnc WHERE dnc.phone = p.phone)")" = 'Not_interested|t|1'
plan
