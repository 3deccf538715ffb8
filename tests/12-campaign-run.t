#!/bin/sh
# campaign run: the life of a call, limits, pause and end, and what is recovered when a dispatcher, PostgreSQL or Asterisk
# goes away at each step. INVITEs are counted by the Asterisk that got them. The same by lot and in numbers: 91.
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

q() { psql -XAtqc "$1"; }
campaign init >"$T/out"
q "DELETE FROM call_window; DELETE FROM holiday; UPDATE country_rule SET attempts = NULL, consent_from = NULL;
	INSERT INTO call_window SELECT '*', d, '00:00', '24:00' FROM generate_series(1, 7) d;
	INSERT INTO trunk (name, endpoint, max_channels, cps) VALUES ('trunk', 'PJSIP/%s@trunk', 100, 100)"

# Phones: the last digits say what they do.
mkdir "$T/from" "$T/spool"
cat >"$T/plan" <<END
{"kinds": {"talks": {"ring": 5, "answer": 20, "patience": 3000, "talk": 1200, "try": "SUCCESS"},
	"long": {"ring": 5, "answer": 20, "patience": 9000, "talk": 2500, "try": "SUCCESS"},
	"unserved": {"ring": 5, "answer": 20, "patience": 3000, "talk": 1, "try": "FAILED", "verdict": ""},
	"full": {"ring": 5, "answer": 20, "patience": 3000, "talk": 20, "try": "SUCCESS", "verdict": "busy"},
	"reads": {"ring": 5, "answer": 20, "patience": 3000, "run": ["cp", "$T/from/{uuid}", "$T/seen"]}},
 "default": "answer", "numbers": {"+999001": "talks", "+999002": "busy", "+999003": "ringout", "+999004": "reads",
	"+999005": "congestion", "+999007": "voicemail", "+999008": "unserved", "+999009": "full", "+999010": "long"}}
END
start tests/fake/ari.py --plan "$T/plan" --user callpipe:s3cret-word --log "$T/invites" >"$T/port"
wait_for 10 test -s "$T/port" || { echo 'Bail out! the fake does not start' && exit 1; }
base=http://127.0.0.1:$(cat "$T/port")
export CALLPIPE_ARI_URL="$base/ari" CALLPIPE_ARI_PASSWORD=s3cret-word CALLPIPE_LOG=info
control() { curl -sS -X POST "$base/control/$1" -o /dev/null; }
channels() { curl -sS "$base/control/state" | jq '.channels | length'; }

# fresh NUMBER...: these people are to be called, and nobody else; nothing has happened yet.
fresh() {
	q 'SET client_min_messages TO warning; TRUNCATE call, call_undone, call_queue, contact, campaign, node CASCADE'
	q "INSERT INTO campaign (campaign_id, name, scenario, status, max_channels, gap_s, ring_s, retry_s, max_attempts, breaker_calls)
		VALUES ('camp_00000001', 'test', 'qualify', 'active', 50, 0, 1, 600, 2, 1000)"
	q "INSERT INTO contact (phone, country, tz, first_name, extra) SELECT '+999' || n, 'XX', 'UTC', 'Zoé', '{\"floor\": 3}'
		FROM unnest('{$(echo "$*" | tr ' ' ,)}'::text[]) n;
		INSERT INTO call_queue (campaign_id, contact_id, phone) SELECT 'camp_00000001', contact_id, phone FROM contact"
	: >"$T/invites"
}
# runs NAME [OPTION...]: a dispatcher; $dispatcher
runs() {
	name=$1 && shift
	start campaign run --lease=1 --spool="$T/spool" --from-dir="$T/from" "$@" 2>"$T/$name.log"
	dispatcher=$!
}
ends() { # CODE: the dispatcher ends, so
	got=0 && wait "$dispatcher" || got=$?
	[ "$got" = "$1" ] || { echo "exit $got" && return 1; }
}
killed() { kill -9 "$dispatcher" && { wait "$dispatcher" || :; }; }
# Nobody waits for leases here.
expire() { q "UPDATE call SET lease_until = now() WHERE ended_at IS NULL"; }
rings() { [ "$(wc -l <"$T/invites")" = "$1" ] || { cat "$T/invites" && return 1; }; }
same() { [ "$(q "$1")" = "$2" ]; }
# is SQL VALUE: after a while
is() { wait_for 10 same "$1" "$2" || { echo "$(q "$1"), not $2" && return 1; }; }
state() { is 'SELECT state FROM call' "$1"; }
all_done="SELECT count(*) FROM call_queue WHERE status IN ('pending', 'calling')"
says() { grep -q -e "$2" "$T/$1.log" || { cat "$T/$1.log" && return 1; }; }

# ---- the life of a call
fresh 001 002 003 004 007
runs life --idle=1
ok 'it leaves when there has been nothing to do' ends 0
ok 'everybody was called once' rings 5
check_same 'each call has the outcome of its cause' \
	"q 'SELECT phone_number, state, status, outcome, hangup_cause FROM call ORDER BY 1'" "cat <<-'END'
	+999001|ended|completed|hangup|16
	+999002|ended|failed|busy|17
	+999003|ended|failed|no_answer|19
	+999004|ended|completed|hangup|16
	+999007|ended|completed|hangup|16
	END"
ok 'and its times' test "$(q 'SELECT count(*) FROM call WHERE claimed_at <= dialed_at AND dialed_at < ended_at
	AND (answered_at IS NULL) = (outcome IN ($$busy$$, $$no_answer$$)) AND asterisk_id IS NOT NULL')" = 5
ok 'each has one line for each event' test "$(grep -c 'call .*: dialled$' "$T/life.log"):$(grep -c ': answered$' "$T/life.log"):$(grep -c ': ended: ' "$T/life.log")" = 5:3:5
check 'without numbers and passwords' '! grep -e +999 -e s3cret "$T/life.log"'
check_same 'what is known of a call is there before it is answered' 'grep -v -e contact_id "$T/seen" | sort' "printf '%s\n' \
	campaign=camp_00000001 first_name=Zoé floor=3 scenario=qualify to=+999004"
check 'and gone when it is over' '[ -z "$(ls "$T/from")" ]'
check 'the channel has the id of the call' '[ "$(q "SELECT call_id FROM call ORDER BY 1")" = "$(jq -r .channel "$T/invites" | sort)" ]'
check 'no node is left behind' '[ "$(q "SELECT count(*) FROM node")" = 0 ]'

# ---- who has answered, and nobody of ours was there
fresh 001 008 009
control 'fail?match=continue.*&n=10' # of the first to be answered
runs unserved --max-calls=1
ok 'is not taken for somebody who has hung up' is "SELECT count(*) FROM call WHERE outcome = 'unserved' AND disposition = 'No_answer' AND state = 'ended'" 3
check_same 'and it is said why' "q 'SELECT DISTINCT error_message FROM call_queue ORDER BY 1'" \
	"printf '%s\n' 'unserved: answered, and all lines of the pipeline were taken' 'unserved: answered, and no pipeline took it to an end'"
ok 'they are called again, in another attempt' same "SELECT count(*) FROM call_queue WHERE status = 'pending' AND attempts = 1 AND next_at >= last_attempt_at + interval '599 s'" 3
check 'each rang once' 'rings 3'
kill "$dispatcher" && ends 0

# ---- limits
fresh 101 102 103 104 105 106 107 108
control restart
runs limits --max-calls=2 --idle=1
ends 0
check 'so many calls at a time, and no more' '[ "$(curl -sS "$base/control/state" | jq .most)" = 2 ] && rings 8'
most() { jq -s 'map(.t) | [.[0:-2], .[2:]] | transpose | map(.[1] - .[0]) | min * 1000 > 15' "$T/invites"; }
check 'the third is begun when one is over' '[ "$(most)" = true ]'
fresh 111 112 113
q "UPDATE campaign SET gap_s = 1"
runs gap --idle=2
ends 0
gaps() { jq -s 'map(.t) | [.[0:-1], .[1:]] | transpose | map(.[1] - .[0]) | min > 0.5' "$T/invites"; }
check 'a pause between two calls' '[ "$(gaps)" = true ] && rings 3'

# ---- pause, wake-up, end
fresh 001
control 'slow?match=create&ms=700&when=after'
runs pause
state claimed && q "UPDATE campaign SET status = 'paused'"
ok 'paused between claim and dial: it is not dialled' is "SELECT count(*) FROM call_undone WHERE reason = 'it may not be called any more' AND NOT trunk_fault" 1
check 'the row is as before' '[ "$(q "SELECT status, attempts FROM call_queue")" = "pending|0" ] && rings 0'
no_channel() { [ "$(channels)" = 0 ]; }
ok 'and no channel is left' wait_for 5 no_channel
sleeps() { # in two seconds
	before=$(awk '/^voluntary/ { print $2 }' "/proc/$dispatcher/status") && sleep 2
	[ $(($(awk '/^voluntary/ { print $2 }' "/proc/$dispatcher/status") - before)) -le 60 ]
}
ok 'with nothing to do it sleeps' sleeps
q "UPDATE call_queue SET next_at = now(); UPDATE campaign SET status = 'active'"
ok 'resumed: called at once, since the database says so' state answered
q "INSERT INTO contact (phone, country, tz) VALUES ('+999120', 'XX', 'UTC')"
kill "$dispatcher"
q "INSERT INTO call_queue (campaign_id, contact_id, phone) SELECT 'camp_00000001', contact_id, phone FROM contact WHERE phone = '+999120'"
ok 'told to end, it ends' ends 0
check 'behind the call, whose end it has told' '[ "$(q "SELECT outcome FROM call")" = hangup ]'
check 'and nobody else is called' 'rings 1 && says pause "told to end: no more calls; 1 are under way"'

fresh 010 # a new dispatcher is there before it has ended
runs twice && state answered
kill "$dispatcher" && wait_for 5 says twice 'told to end' && kill "$dispatcher"
ok 'told twice, it ends at once' ends 0
check 'and the call goes on' '[ "$(channels)" = 1 ] && [ "$(q "SELECT state FROM call")" = answered ]'
expire
runs heir --idle=1
ok 'which another one follows to its end' is 'SELECT outcome, hangup_cause FROM call' 'hangup|16'
ends 0

# ---- killed at each step, and another one comes
fresh 101
control 'slow?match=create&ms=600&when=before'
runs create && state claimed && killed && expire
runs heir
ok 'killed before there is a channel: taken back' is "SELECT count(*) FROM call_undone WHERE reason = 'its dispatcher is gone'" 1
check 'not counted' '[ "$(q "SELECT attempts FROM call_queue")" = 0 ]'
q 'UPDATE call_queue SET next_at = now(); NOTIFY callpipe_campaign'
ok 'called by another one' is "$all_done" 0
check 'once' 'rings 1'
kill "$dispatcher" && ends 0

fresh 101
control 'slow?match=dial&ms=3500&when=before'
runs dial && state dialing && killed && expire
runs heir
ok 'killed while its dial is under way: the channel goes first' state lost
check 'then the dial rings nobody' 'sleep 2; rings 0'
check 'the attempt is counted, and not made again at once' '[ "$(q "SELECT attempts, status, next_at > last_attempt_at + interval '\''9 min'\'' FROM call_queue")" = "1|pending|t" ]'
kill "$dispatcher" && ends 0

# What a crash of the database may leave of a claim, whose commit does not wait for the disk: nothing.
fresh 101
control 'slow?match=create&ms=600&when=after'
runs unsaid && state claimed
q "DELETE FROM call; UPDATE call_queue SET status = 'pending', call_id = NULL, next_at = now() + interval '1 hour'"
ok 'a claim that the database has lost: its channel goes' wait_for 5 says unsaid "not dialled: \\|it is another's now"
ok 'and is not there' wait_for 5 no_channel
kill "$dispatcher" && ends 0
check 'nobody rings' 'rings 0'

# The database holds its answer back while the process is stopped: committed, and not dialled.
fresh 101
control 'hold?match=create'
runs stopped && state claimed
echo "BEGIN; SELECT 1 FROM campaign FOR UPDATE; SELECT pg_sleep(1.5);
	UPDATE call SET lease_until = clock_timestamp() + interval '1 minute'; COMMIT" | psql -XAtq >"$T/held" &
holder=$!
locks() { [ "$(q "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; }
waits() { [ "$(q "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%campaign_dial(%' AND pid <> pg_backend_pid()")" = 1 ]; }
ok 'the campaign is locked' wait_for 5 locks
control release
ok 'the step waits for a lock' wait_for 5 waits
kill -STOP "$dispatcher" && stopped=$dispatcher
wait "$holder"
ok 'stopped, and it is committed' state dialing
expire
runs heir
ok 'another one takes it over, and gives it up' state lost
kill -CONT "$stopped"
ok 'woken up' wait_for 5 says stopped 'not dialled: '
check 'it rings nobody' 'wait_for 5 says stopped "another node has ended it"; rings 0'
kill "$stopped" "$dispatcher" && ends 0 && dispatcher=$stopped && ends 0

fresh 001
control 'fail?match=dial&status=0'
runs unheard
ok 'dialled, and no reply: it is looked for, and followed' is 'SELECT outcome, hangup_cause FROM call' 'hangup|16'
check 'it rang once' 'rings 1 && says unheard "no reply to its dial"'
kill "$dispatcher" && ends 0
fresh 101
control 'fail?match=dial&status=-1'
runs unheard
ok 'no reply, and it is Down: given up' state lost
check 'it did not ring' 'rings 0'
kill "$dispatcher" && ends 0

fresh 010
runs talk && state answered && killed && expire
runs heir
ok 'killed while somebody talks: followed' is 'SELECT outcome, hangup_cause, billsec > 0.3 FROM call' 'hangup|16|t'
kill "$dispatcher" && ends 0
check 'it rang once' 'rings 1'

fresh 101
runs end && state ended
q "UPDATE call SET state = 'ringing', ended_at = NULL, answered_at = NULL, owner = 'gone', lease_until = now()"
ok 'an end that nobody told: lost' state lost
kill "$dispatcher" && ends 0

# ---- the database goes away
on_disk() { cat "$T"/spool/campaign/*.outcomes | grep -q '^\["ended"'; }
fresh 001
runs away && state answered
scripts/with-postgres --stop immediate
ok 'without the database: calls go on, and their ends are on the disk' wait_for 5 on_disk
scripts/with-postgres --start
ok 'and told when it is there again' is 'SELECT outcome, hangup_cause, answered_at IS NOT NULL FROM call' 'hangup|16|t'
kill "$dispatcher" && ends 0
check 'nothing is left on the disk' '[ -z "$(ls "$T/spool/campaign")" ] && rings 1'

fresh 001
runs away && state answered
scripts/with-postgres --stop immediate
wait_for 5 on_disk
killed
scripts/with-postgres --start
runs heir
ok 'killed meanwhile: the next one tells' is 'SELECT outcome, hangup_cause, answered_at IS NOT NULL FROM call' 'hangup|16|t'
check 'and says so' 'wait_for 5 says heir "1 outcomes that a process before left"'
kill "$dispatcher" && ends 0
check 'nothing is left on the disk' '[ -z "$(ls "$T/spool/campaign")" ] && rings 1'

# ---- Asterisk goes away
fresh 001
control 'disconnect?down=600'
runs cut
check 'nothing is claimed without it' 'wait_for 5 says cut "no Asterisk" && [ "$(q "SELECT count(*) FROM call")" = 0 ]'
ok 'and then it is' state answered
control disconnect
ok 'cut off in a talk: followed' is 'SELECT outcome, hangup_cause FROM call' 'hangup|16'
check 'it rang once' 'rings 1'
kill "$dispatcher" && ends 0
fresh 001
runs restart && state answered && control restart
ok 'restarted: lost, with a reason' is 'SELECT state, hangup_text FROM call' 'lost|nobody heard how it ended'
kill "$dispatcher" && ends 0

fresh 001
runs other && state answered && control 'restart?id=02:fc:00:00:00:02'
ok 'another Asterisk has its address: the call is left' wait_for 5 says other 'it is left to the Asterisk that has it'
ok 'to who is connected to that' is 'SELECT state, owner IS NULL, lease_until < clock_timestamp() FROM call' 'answered|t|t'
check 'and says which it is' 'says other "which is another one than before"'
kill "$dispatcher"
ok 'it is not waited for' ends 0
runs third
ok 'another dispatcher of the other one' is "SELECT count(*) FROM node WHERE asterisk_id = '02:fc:00:00:00:02'" 1
kill "$dispatcher" && ends 0
check 'leaves it, too' '[ "$(q "SELECT state, owner IS NULL FROM call")" = "answered|t" ]'
control 'restart?id=02:fc:00:00:00:01'
runs back
ok 'one of its own takes it over' is 'SELECT state, hangup_text FROM call' 'lost|nobody heard how it ended'
kill "$dispatcher" && ends 0

# ---- texts of others
python3 - <<'END' | curl -sS --data-binary @- "$base/control/plan" -o /dev/null
import json
phone = {"ring": 5, "answer": 20, "patience": 3000, "talk": 50, "try": "SUCCESS", "amd": ["MACHINE", 40 * "\u00e9", 5]}
print(json.dumps({"default": phone, "causes": {"16": 100 * "\u00e9"}, "globals": {"CALLPIPE_AMD": "tell"}}))
END
texts='SELECT state, length(hangup_text), length(amd_cause) FROM call'
fresh 101
runs texts
ok 'longer texts than are kept are cut between two characters' is "$texts" 'ended|63|31'
kill "$dispatcher" && ends 0
fresh 101
q "ALTER TABLE call ADD CONSTRAINT plain CHECK (hangup_text IS NULL OR hangup_text !~ 'é')"
runs texts
ok 'texts that the database refuses are left out in the end' is 'SELECT state, hangup_cause, amd_cause IS NULL FROM call' 'ended|16|t'
check 'and it is said why' 'says texts "cannot end call .*plain"'
kill "$dispatcher"
ok 'nothing is told for ever' ends 0
fresh 101
q "INSERT INTO call (call_id, queue_id, campaign_id, contact_id, phone_number, direction, state, owner, claimed_at, dialed_at)
	SELECT 'left', queue_id, campaign_id, contact_id, phone, 'outbound', 'dialing', 'gone', now(), now() FROM call_queue;
	UPDATE call_queue SET status = 'calling', call_id = 'left', attempts = 1"
printf '%s\n' '["ended","left","gone","seventeen",null,null,null,null,null,null,null]' \
	'["ended","left","gone","17",null,"occupé",null,null,null,null,null]' '["ended","left' >"$T/spool/campaign/gone.outcomes"
runs left
ok 'nor what another one left: without its texts' is 'SELECT state, hangup_cause, hangup_text FROM call' 'ended|17|busy'
check 'or, what is no outcome, not at all' 'wait_for 5 says left "cannot tell the database of .*seventeen" && wait_for 5 [ ! -e "$T/spool/campaign/gone.outcomes" ]'
kill "$dispatcher" && ends 0
q 'ALTER TABLE call DROP CONSTRAINT plain'

# ---- a trunk that fails
# shellcheck disable=SC2046 # a list
fresh $(seq 501 540)
q "UPDATE campaign SET breaker_calls = 5, max_channels = 1"
sed 's/"default": "answer"/"default": "congestion"/' "$T/plan" | curl -sS --data-binary @- "$base/control/plan" -o /dev/null
runs trunk
ok 'is seen, and the campaign paused, with the reason' is "SELECT status, status_reason LIKE 'trunk trunk: % calls failed%' FROM campaign" 'paused|t'
check 'not everybody was called' '[ "$(wc -l <"$T/invites")" -lt 40 ] && wait_for 5 says trunk "campaign camp_00000001 is paused"'
kill "$dispatcher" && ends 0
# shellcheck disable=SC2046 # a list
fresh $(seq 501 540)
q "UPDATE campaign SET breaker_calls = 3, max_channels = 1"
sed 's/"default": "answer"/"default": "unserved"/' "$T/plan" | curl -sS --data-binary @- "$base/control/plan" -o /dev/null
runs unserved
ok 'so it is when nobody of ours is there' is "SELECT status, status_reason LIKE 'trunk trunk: % calls failed in 120 s (answered, and no pipeline took it to an end)' FROM campaign" 'paused|t'
check 'before all have heard nothing' '[ "$(wc -l <"$T/invites")" -lt 40 ]'
kill "$dispatcher" && ends 0
fresh 1061
q "UPDATE campaign SET breaker_calls = 1"
runs other --trunk=other
ok 'an endpoint that is none is a fault of the trunk' is "SELECT count(*) > 0 FROM call_undone WHERE reason LIKE '%Allocation failed' AND trunk_fault" t
ok 'for which the campaign is paused, too' is "SELECT status, status_reason LIKE 'trunk other: 1 of 1 calls failed%Allocation failed)' FROM campaign" 'paused|t'
check 'nobody rings' 'rings 0'
kill "$dispatcher" && ends 0

fresh 001
q "INSERT INTO trunk (name, endpoint) VALUES ('phone', 'PJSIP/phone')"
runs phone --trunk=phone
ok 'an endpoint of the table that is none' is "SELECT count(*) > 0 FROM call_undone WHERE reason = 'the endpoint of the trunk cannot be dialled' AND trunk_fault" t
check 'over it nobody rings' 'rings 0'
kill "$dispatcher" && ends 0

# ---- a scenario that is not there any more
fresh 004 007
q "UPDATE campaign SET scenario = 'solar'"
runs scenario
ok 'without its scenario the campaign is paused, and it is said why' is "SELECT status, status_reason LIKE 'the scenario solar is not there, or not whole, for %' FROM campaign" 'paused|t'
ok 'its people wait, with a reason' is "SELECT bool_and(status = 'pending' AND attempts = 0), bool_or(error_message = 'its scenario is not there, or not whole') FROM call_queue" 't|t'
mkdir -p "$T/spool/campaigns/solar"
for file in hello retry q1 q2 q3 is_leads confirm bye_success bye_failed; do : >"$T/spool/campaigns/solar/$file.wav"; done
check 'nobody has rung' 'rings 0 && says scenario "there is no scenario .solar. in .$T/spool/campaigns.$"'
q "UPDATE call_queue SET next_at = now(); SELECT campaign_move('camp_00000001', 'active')" >"$T/out"
ok 'once it is there they are called' is "$all_done" 0
check 'each once' 'rings 2'
kill "$dispatcher" && ends 0

# ---- what cannot be
refused() { # CODE TEXT COMMAND..
	code=$1 text=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" || return 1
	if [ "$(wc -l <"$T/err")" != 1 ] || ! grep -qF -e "$text" "$T/err"; then cat "$T/err" && return 1; fi
}
ok 'no password' refused 78 'there is no password for ARI' env -u CALLPIPE_ARI_PASSWORD campaign run --spool="$T/spool"
ok 'no database' refused 75 failed env PGHOST="$T" campaign run --spool="$T/spool"
q 'CREATE DATABASE bare'
ok 'no tables' refused 78 "run 'calllog init'" env PGDATABASE=bare campaign run --spool="$T/spool"
ok 'no spool' refused 74 "cannot use '$T/nowhere/campaign'" campaign run --spool="$T/nowhere"
ok 'an endpoint that is none' refused 64 "cannot use --endpoint 'nonsense': as PJSIP/%s@trunk" campaign run --trunk=new --endpoint=nonsense --spool="$T/spool"
ok 'nor of the environment' refused 78 "cannot use CALLPIPE_ENDPOINT 'PJSIP/%d@x'" env CALLPIPE_ENDPOINT=PJSIP/%d@x campaign run --trunk=new --spool="$T/spool"
ok 'no such trunk is there then' is "SELECT count(*) FROM trunk WHERE name = 'new'" 0
ok 'operands' refused 64 "'x'" campaign run x
wrong() { CALLPIPE_ARI_PASSWORD=hunter2 must_fail 78 campaign run --spool="$T/spool" 2>"$T/err" && grep -q 'cannot be an application of Asterisk' "$T/err" && ! grep hunter2 "$T/err"; }
ok 'a wrong password' wrong
plan
