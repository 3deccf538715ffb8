#!/bin/sh
# The rules of campaigns in the database, beside a model of them in another language: tests/fake/campaign-model.py.
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

model() { python3 tests/fake/campaign-model.py "$1" "${SEED:-1}"; }
q() { psql -XAtqc "$1"; }
refused() { ! q "$1" 2>"$T/err" && grep -qF -e "$2" "$T/err"; }

ok 'the tables are made' calllog init
ok 'holidays of twenty years, Easter computed in two ways' model holidays
ok 'hours: years of instants in fourteen places, changes of clocks and holidays above all' model windows
ok 'the gate: consent, refusals, lists, attempts of thirty days, hours, calls in progress' model gates
ok 'caps: calls per second, gaps, numbers that are shown' model caps
ok 'calls that others have left, and of an Asterisk that stays away' model takeover
ok 'retries: how often, when, and a rule of the campaign before that of all' model retries
ok 'rows that wait starve nobody, and campaigns take turns' model starving
ok 'a trunk that fails pauses the campaigns that use it' model breaker
ok 'lives of calls in any order, with results, recoveries and clocks that jump' model lives
ok 'sessions at once: claims, the compare-and-set, ends, leases, pauses' model races

# ---- lifecycle of a campaign
q "TRUNCATE campaign, call_queue, contact, call RESTART IDENTITY CASCADE;
	INSERT INTO campaign (campaign_id, name, scenario) VALUES ('camp_1', 'one', 'x');
	INSERT INTO contact (phone, status, attempts) VALUES ('+1', 'Queued', 0), ('+2', 'Queued', 2), ('+3', 'Queued', 0);
	INSERT INTO call_queue (campaign_id, contact_id, phone) SELECT 'camp_1', contact_id, phone FROM contact" 2>"$T/err"
ok 'a draft cannot be paused' refused "SELECT campaign_move('camp_1', 'paused')" 'that is draft cannot become paused'
ok 'nor one that there is not' refused "SELECT campaign_move('camp_2', 'paused')" "no campaign 'camp_2'"
check 'started, and again' '[ "$(q "SELECT campaign_move('\''camp_1'\'', '\''active'\'')")$(q "SELECT campaign_move('\''camp_1'\'', '\''active'\'')")" = tf ]'
q "UPDATE call_queue SET status = 'calling', call_id = 'c' WHERE contact_id = 3;
	INSERT INTO call (call_id, queue_id, campaign_id, contact_id, phone_number, direction, state) VALUES ('c', 3, 'camp_1', 3, '+3', 'outbound', 'answered')"
check 'stopping waits for who talks' '[ "$(q "SELECT campaign_move('\''camp_1'\'', '\''stopping'\'', '\''enough'\''); SELECT status FROM campaign")" = "t
stopping" ]'
check 'and calls nobody else, who are as before' '[ "$(q "SELECT q.status, q.error_message, c.status FROM call_queue q JOIN contact c USING (contact_id) ORDER BY 1 DESC, 3")" = "failed|the campaign was stopped: enough|New
failed|the campaign was stopped: enough|No_answer
calling||Queued" ]'
q "UPDATE call SET dialed_at = now()" && q "SELECT campaign_finish('c', 16)" >"$T/out"
check 'then it is stopped for good' '[ "$(q "SELECT campaign_settle(); SELECT status FROM campaign")" = "1
stopped" ]'
ok 'it is not begun again' refused "SELECT campaign_move('camp_1', 'active')" 'cannot become active'

# ---- rows that came in the moment in which it ended
late() { # STATUS: a row in a campaign that is so already; what becomes of both
	q "TRUNCATE campaign, call_queue; INSERT INTO campaign (campaign_id, name, scenario, status) VALUES ('camp_2', 'two', 'x', '$1');
		INSERT INTO call_queue (campaign_id, contact_id) VALUES ('camp_2', 1); SELECT campaign_settle()" >"$T/out"
	q "SELECT k.status, q.status FROM campaign k JOIN call_queue q USING (campaign_id)"
}
check 'one that was completed goes on' '[ "$(late completed)" = "active|pending" ]'
check 'one that was stopped does not' '[ "$(late stopped)" = "stopped|failed" ]'

# ---- somebody who lives elsewhere
q "TRUNCATE campaign, call_queue; INSERT INTO campaign (campaign_id, name, scenario) VALUES ('camp_3', 'three', 'x');
	UPDATE contact SET country = 'FR', tz = 'Europe/Paris';
	INSERT INTO call_queue (campaign_id, contact_id, zone, status) SELECT 'camp_3', contact_id, 'FR Europe/Paris',
		CASE contact_id WHEN 3 THEN 'calling' ELSE 'pending' END FROM contact;
	UPDATE call_queue SET next_at = now() + interval '1 h', later_reason = CASE contact_id WHEN 2 THEN 'not the hours to call FR' END;
	UPDATE contact SET country = 'RE', tz = 'Indian/Reunion' WHERE contact_id > 1"
check 'waits for the hours there' '[ "$(q "SELECT zone FROM call_queue ORDER BY contact_id")" = "FR Europe/Paris
RE Indian/Reunion
FR Europe/Paris" ]'
check 'and is asked again, if the gate had put it off' '[ "$(q "SELECT next_at <= now() FROM call_queue ORDER BY contact_id")" = "f
t
f" ]'
q "UPDATE call_queue SET next_at = now() + interval '1 h', later_reason = NULL; UPDATE contact SET country = 'GP', tz = 'America/Guadeloupe' WHERE contact_id = 2"
check 'but not before its retry' '[ "$(q "SELECT zone, next_at <= now() FROM call_queue WHERE contact_id = 2")" = "GP America/Guadeloupe|f" ]'

# ---- calls whose end nobody heard, and what Asterisk has written of them
lost() { # what becomes of a call that was dialled a minute ago
	q "TRUNCATE campaign, call_queue, contact, call RESTART IDENTITY CASCADE;
		INSERT INTO campaign (campaign_id, name, scenario, status) VALUES ('camp_4', 'four', 'x', 'active');
		INSERT INTO contact (phone) VALUES ('+1');
		INSERT INTO call_queue (campaign_id, contact_id, phone, status, call_id, attempts) VALUES ('camp_4', 1, '+1', 'calling', 'c', 1);
		INSERT INTO call (call_id, queue_id, campaign_id, contact_id, phone_number, direction, state, owner, dialed_at, answered_at)
			VALUES ('c', 1, 'camp_4', 1, '+1', 'outbound', 'dialing', 'n', now() - interval '1 min', ${1-NULL});
		SELECT campaign_lost('c', 'n', 'unheard')" 2>"$T/err"
	q "SELECT state, outcome, q.status, billsec, (ended_at - answered_at) = interval '7 s' FROM call JOIN call_queue q USING (queue_id)"
}
check_same 'without a table of Asterisk it is lost' lost "printf 't\nlost|lost|pending||\n'"
q "CREATE TABLE cdr (calldate timestamp, uniqueid varchar(150), disposition varchar(45), billsec int);
	INSERT INTO cdr VALUES (now(), 'c', 'BUSY', 0), (now(), 'd', 'ANSWERED', 9)"
check_same 'nor is one asked that would be searched for long' lost "printf 't\nlost|lost|pending||\n'"
q 'CREATE INDEX ON cdr (uniqueid)'
check_same 'it ended as that has it' lost "printf 't\nended|busy|pending||\n'"
check_same 'but for what we know better' 'lost "now() - interval '\''30 s'\''"' "printf 't\nlost|lost|failed||f\n'"
q "INSERT INTO cdr VALUES (now(), 'c', 'ANSWERED', 7)"
check_same 'a talk is one' lost "printf 't\nended|hangup|completed|7.000|t\n'"
q "UPDATE cdr SET disposition = 'FAILED'"
check_same 'FAILED may be anything' lost "printf 't\nlost|lost|pending||\n'"
q "UPDATE cdr SET disposition = '4'; ALTER TABLE cdr ALTER disposition TYPE int USING disposition::int"
check_same 'nor are columns of other types understood' lost "printf 't\nlost|lost|pending||\n'"
q "ALTER TABLE cdr ALTER disposition TYPE text, ALTER billsec TYPE text; UPDATE cdr SET disposition = 'BUSY'"
check_same 'of either' lost "printf 't\nlost|lost|pending||\n'"
q 'ALTER TABLE cdr DROP billsec'
check_same 'another table of that name is none' lost "printf 't\nlost|lost|pending||\n'"
q "DROP TABLE cdr; TRUNCATE call, call_queue, contact RESTART IDENTITY CASCADE; DELETE FROM campaign;
	INSERT INTO contact (phone) VALUES ('+1'), ('+2'), ('+3');
	INSERT INTO call (call_id, queue_id, campaign_id, contact_id, phone_number, direction, state, dialed_at)
		VALUES ('c', 3, 'camp_1', 3, '+3', 'outbound', 'ended', now())" 2>"$T/err"

# ---- words of outside are values
hostile="'); DROP TABLE contact; --"
q "INSERT INTO campaign (campaign_id, name, scenario, status) VALUES ('camp_1', 'one', 'x', 'active')"
cat >"$T/hostile.sql" <<'END'
SELECT campaign_result(:'x', :'x', true, :'x', true, :'x'), campaign_lost(:'x', :'x', :'x'), campaign_unclaim(:'x', :'x', :'x'),
	campaign_finish('c', 1, :'x', :'x', :'x', :'x'), campaign_beat(:'x', :'x', 1, :'x', 1),
	(SELECT why FROM campaign_window(:'x', :'x')), campaign_result('c', :'x', NULL, :'x', true, :'x');
INSERT INTO trunk (name, endpoint) VALUES (:'x', 'PJSIP/%s@x');
SELECT count(*) FROM campaign_claim(:'x', :'x', 10);
END
ok 'hostile words are only words' psql -XAtq -v ON_ERROR_STOP=1 -v x="$hostile" -f "$T/hostile.sql"
check 'and are kept as they are' '[ "$(q "SELECT (SELECT count(*) FROM contact), slot_wish FROM call")" = "3|$hostile" ]'

# ---- what wakes a dispatcher
heard() { q "LISTEN callpipe_campaign; $1; SELECT 1" | grep -c 'Asynchronous notification "callpipe_campaign"'; }
check 'told of a new row, a campaign that goes on, a trunk' '[ "$(heard "INSERT INTO call_queue (campaign_id, contact_id) VALUES ('\''camp_1'\'', 9)")$(heard "UPDATE campaign SET status = '\''paused'\'' WHERE campaign_id = '\''camp_1'\''")$(heard "UPDATE trunk SET max_channels = 5")" = 111 ]'
check 'and not of what a claim writes' '[ "$(heard "UPDATE campaign SET served_at = now(); UPDATE trunk SET tokens = 1; UPDATE call_queue SET priority = 2")" = 0 ]'
plan
