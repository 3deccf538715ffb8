#!/bin/sh
# campaign: launch, list, show, set, pause, resume, stop, retry, call, monitor, explain, and the tables they go by.
# shellcheck disable=SC2016,SC2034 # of what is evaluated later
. tests/lib.sh
. tests/db.sh

is() { # VALUE SQL
	[ "$(q "$2")" = "$1" ] || { echo "$2" && q "$2" && return 1; }
}
says() { # CODE TEXT COMMAND [ARG...]: in one line
	code=$1 say=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" >"$T/out" && grep -qF -e "$say" "$T/err" && [ "$(wc -l <"$T/err")" = 1 ] && return
	cat "$T/out" "$T/err" && return 1
}
# FILTER COMMAND..: what the command writes, all lines as one array, is as the filter of jq says.
json() {
	filter=$1 && shift
	"$@" >"$T/json" 2>"$T/err" && jq -se "$filter" "$T/json" >"$T/jq" && return
	cat "$T/json" "$T/err" && return 1
}
launch() { campaign launch --json "$@" 2>/dev/null | jq -r .campaign_id; }
dispatch() { start python3 tests/fake/dispatcher.py "$@" >>"$T/dialled"; }
hang_up() { # the last dispatcher
	pids=${pids#* } && kill "$1" && wait "$1"
	q "UPDATE node SET heartbeat_at = now() - interval '1 hour'"
}
contacts() { # FIRST LAST: +4930000NNNN, of Germany
	q "INSERT INTO contact (phone, first_name, status, tz, country, line_type) SELECT '+4930' || lpad(n::text, 8, '0'), 'P' || n,
		'New', 'Europe/Berlin', 'DE', 'fixed' FROM generate_series($1, $2) n"
}

campaign init >"$T/out"

# ---- tables they go by
ok 'hours: those of the tables' json 'any(.country == "FR" and .days == "1-5" and .hours == "10:00-13:00,14:00-20:00")' campaign hours list
ok 'hours: set' campaign hours set '*' 1-7 00:00-24:00
ok 'hours: it is a time to call now' is t "SELECT open FROM campaign_window('DE', 'Europe/Berlin')"
ok 'hours: none' campaign hours set US 7 none
ok 'hours: the others are as they were' json 'map(select(.country == "US")) | length == 1 and .[0].days == "1-6"' campaign hours list
for days in 0 8 5-1 1- 1,,2 x ''; do
	ok "hours: no days '$days'" says 64 'name country, days and hours' campaign hours set FR "$days" 10:00-11:00
done
ok 'hours: no time' says 65 'out of range' campaign hours set FR 1 25:00-26:00
ok 'hours: they end before they begin' says 65 'check' campaign hours set FR 1 12:00-10:00
ok 'hours: nothing of that was done' is 2 "SELECT count(*) FROM call_window WHERE country = 'FR' AND dow = 1"
ok 'hours: a country that goes by those of others' says 69 'no country goes by hours' campaign hours set RE 1 10:00-11:00
ok 'hours: no country' says 64 'name a country' campaign hours set Narnia 1 10:00-11:00
ok 'holiday: added' campaign holiday add FR 2026-12-24 --name 'Veille de Noël'
ok 'holiday: nobody is called' is f "SELECT open FROM campaign_window('FR', 'Europe/Paris', '2026-12-24 11:00+01')"
ok 'holiday: listed' json 'any(.day == "2026-12-24")' env PGOPTIONS='-c timezone=UTC' campaign holiday list FR
ok 'holiday: removed' campaign holiday remove FR 2026-12-24
ok 'holiday: one that is not there' says 1 'no such holiday' campaign holiday remove FR 2026-12-24
ok 'holiday: no day' says 65 'out of range' campaign holiday add FR 2026-02-31
for code in UK XX 33 f. EU; do
	ok "holiday: no country $code" says 64 "there is no country '$code': name a country" campaign holiday add "$code" 2026-12-24
done
ok 'holiday: none of that is stored' is 0 "SELECT count(*) FROM holiday WHERE country NOT IN ('*', 'FR', 'GB', 'US') AND day = '2026-12-24'"
ok 'country: no law of a country that is none' says 64 "there is no country 'UK'" campaign country set IE --law UK
ok 'hours: no country that is none' says 64 "there is no country 'UK'" campaign hours set UK 1 10:00-11:00
ok 'holiday: no zone' says 64 'not recognized' campaign holiday add FR 2026-12-24 --time-zone Mars/Base
ok 'country: one zone of several is none' says 64 'not recognized' campaign country set AT --time-zone 'Europe/Vienna&Mars/Base'
ok 'country: no zone' says 64 "cannot use --time-zone ''" campaign country set AT --time-zone ''
ok 'country: set' campaign country set at --law '*' --attempts 2 --consent-from 2030-01-01 --time-zone Europe/Vienna
ok 'country: listed' json 'map(select(.country == "AT"))[0] | .attempts == 2 and .consent_from == "2030-01-01" and .time_zone == "Europe/Vienna"' \
	campaign country list
ok 'country: consent is not asked for' campaign country set AT --consent-from never
ok 'country: the rest is as it was' is '2|f' "SELECT attempts, consent_from IS NOT NULL FROM country_rule WHERE country = 'AT'"
ok 'trunk: added' campaign trunk add main --cps 50
ok 'trunk: changed' campaign trunk add main --max-channels 9
ok 'trunk: listed' json '.[0] == {name: "main", endpoint: "PJSIP/%s@main", max_channels: 9, cps: 50, caller_id: null, enabled: true, calls: 0}' \
	campaign trunk list
ok 'trunk: a percent sign in its endpoint' campaign trunk add percent --endpoint 'PJSIP/%n@50%%'
ok 'trunk: or in its name' campaign trunk add 'a%sb'
ok 'trunk: that stands in its endpoint' is 'PJSIP/%s@a%%sb' "SELECT endpoint FROM trunk WHERE name = 'a%sb'"
q "DELETE FROM trunk WHERE name <> 'main'"
for endpoint in PJSIP/trunk 'PJSIP/%d@x' 'PJSIP/%s%s@x' '%s'; do
	ok "trunk: no endpoint '$endpoint'" says 64 "cannot use --endpoint" campaign trunk add x --endpoint "$endpoint"
done
for cps in 0 -1 nan inf 1001 0x1p3 5/s ''; do
	ok "trunk: no rate '$cps'" says 64 "cannot use --cps '$cps': must be between 0.001 and 1000" campaign trunk add x --cps "$cps"
done
ok 'trunk: one that is not there' says 1 'no such trunk' campaign trunk remove x
ok 'caller id: added, as the country writes it' campaign caller-id add '01 45 67 89 10' --country FR --proof bill --daily-cap 3 --pool paris
ok 'caller id: listed' json '.[0] | .number == "+33145678910" and .daily_cap == 3 and .tz == "Europe/Paris" and .pool == "paris"' campaign caller-id list
ok 'caller id: not without a proof' says 64 '--proof' campaign caller-id add +33145678911
ok 'caller id: no French mobile number' says 69 'ARCEP' campaign caller-id add '06 12 34 56 78' --country FR --proof bill
ok 'caller id: nor one from overseas' says 69 'ARCEP' campaign caller-id add +262692123456 --proof bill
ok 'caller id: no number' says 64 'too short' campaign caller-id add +33145 --proof bill
ok 'caller id: removed' campaign caller-id remove +33145678910
ok 'caller id: none of ours' says 1 'none of ours' campaign caller-id remove +33145678910

ok 'trunk: what it shows is held to the same' says 69 'ARCEP' campaign trunk add main --caller-id '06 12 34 56 78' --country FR
ok 'trunk: in E.164' campaign trunk add main --caller-id '01 45 67 89 10' --country FR
ok 'trunk: it is kept' is +33145678910 'SELECT caller_id FROM trunk'
for command in 'call 0145678910' 'explain 0145678910' 'caller-id add 0145678910 --proof bill' 'caller-id remove 0145678910' \
	'trunk add main --caller-id 0145678910' 'launch --caller-id 0145678910' 'call +33145678910' 'contacts 0145678910' 'dnc add 0145678910'; do
	ok "no country ZZ: $command" eval "says 64 \"cannot use --country 'ZZ'\" campaign $command --country=ZZ"
done
ok 'no country ZZ: of the environment' says 78 "CALLPIPE_COUNTRY" env CALLPIPE_COUNTRY=ZZ campaign explain 0145678910
ok 'no number: the option is named' says 64 "cannot use --caller-id '12'" campaign trunk add main --caller-id 12 --country FR
ok 'retry rule: of all' campaign retry-rule set rejected --max 1 --delay 60 --factor 2.5 --same-hours no
ok 'retry rule: listed' json 'map(select(.outcome == "rejected"))[0] == {campaign_id: null, outcome: "rejected", max: 1, delay_s: 60, factor: 2.5, jitter: 0, same_hours: false}' \
	campaign retry-rule list
ok 'retry rule: only what is said changes' campaign retry-rule set rejected --max 2
ok 'retry rule: the rest is as it was' is '2|60|f' "SELECT max, delay_s, same_slot FROM retry_rule WHERE outcome = 'rejected'"
ok 'retry rule: removed' campaign retry-rule remove rejected
ok 'retry rule: one that is not there' says 1 'no such rule' campaign retry-rule remove rejected
ok 'retry rule: who has refused is not tried again' says 64 'must be one of busy' campaign retry-rule set refused
ok 'retry rule: no share' says 64 'between 0 and 1' campaign retry-rule set busy --jitter 2
ok 'retry rule: no campaign' says 1 'there is no campaign' campaign retry-rule set busy --campaign x

# ---- launch
ok 'nobody is there' says 1 'nobody is New' campaign launch
contacts 1 60
q "UPDATE contact SET status = 'No_answer', attempts = 1 WHERE right(phone, 2)::integer % 10 = 5;
	UPDATE contact SET status = 'Not_interested' WHERE right(phone, 2)::integer % 10 = 7;
	UPDATE contact SET priority = 3 WHERE right(phone, 2) = '59'; UPDATE contact SET country = 'GB', tz = 'Europe/London' WHERE right(phone, 2) = '58';
	INSERT INTO dnc (phone) VALUES ('+493000000008'), ('+493000000009')"
before=$(q "SELECT md5(string_agg(contact::text, '|' ORDER BY contact_id)) FROM contact")
ok 'dry run: who and how many' json 'length == 49 and (.[-1] | .people == 48 and .would_be_called == 45 and .now == 45 and .skipped == 3
	and .statuses == {New: 48} and .reasons == {"do not call: manual": 2, "no consent: GB asks for it": 1} and .scenario == "qualify")' campaign launch --dry-run
ok 'dry run: the first is first' jq -se '.[0].phone == "+493000000059" and .[0].verdict == "ok" and .[-2].verdict == "skipped"' "$T/json"
ok 'dry run: of both statuses' json '.[-1].statuses == {New: 48, No_answer: 6}' campaign launch --dry-run --status new,pas_de_reponse
ok 'dry run: at most so many' json '.[-1].people == 7' campaign launch --dry-run --limit 7
terminal campaign launch --dry-run --name Test >"$T/view"
ok 'dry run: tables on a terminal' eval 'grep -q "^Test  *48  *45  *45  *0  *3" $T/view && grep -q "^skipped  *2  *do not call: manual" $T/view &&
	grep -q "^New  *48  *45" $T/view && [ "$(grep -c "^+49" $T/view)" = 20 ]'
check_same 'dry run: nothing has changed' 'echo "0 0 $before"' \
	"q \"SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM call_queue), md5(string_agg(contact::text, '|' ORDER BY contact_id)) FROM contact\" | tr '|' ' '"
ok 'no scenario' says 69 "there is no scenario 'nowhere'" campaign launch --scenario nowhere
ok 'no path' says 69 "name of a folder" campaign launch --scenario ../x
mkdir -p "$T/campaigns/solar" && touch "$T/campaigns/solar/hello.wav"
ok 'half a scenario' says 69 'retry.wav, q1.wav, q2.wav, q3.wav, is_leads.wav, confirm.wav, bye_success.wav, bye_failed.wav missing' \
	campaign launch --scenario solar --campaigns "$T/campaigns"
ok 'nobody is queued for one that is not there' is '0|0' 'SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM call_queue)'
ok 'who said no' says 69 'not interested' campaign launch --status Not_interested
ok 'who is being called' says 69 'in a queue' campaign launch --status Queued
ok 'no status' says 64 'New|No_answer|Leads' campaign launch --status maybe
ok 'no trunk of that name' says 69 'none of that name' campaign launch --trunk other
ok 'no number of ours' says 69 'none of ours' campaign launch --caller-id +33145678910
ok 'no such campaign' says 1 'there is no campaign' campaign launch --campaign-id camp_ffffffff
for name in retry q1 q2 q3 is_leads confirm bye_success bye_failed; do touch "$T/campaigns/solar/$name.wav"; done
one=$(CALLPIPE_CAMPAIGNS=$T/campaigns launch --scenario solar --limit 10 --max-channels 4 --gap-ms 0 --retry-delay 0 --max-attempts 1 --priority 2)
ok 'launched' is "active|solar|2|4|0|10" "SELECT status, scenario, priority, max_channels, trim_scale(gap_s), total FROM campaign JOIN campaign_count USING (campaign_id) WHERE campaign_id = '$one'"
ok 'its id and name' is t "SELECT campaign_id ~ '^camp_[0-9a-f]{8}$' AND name ~ '^Campagne 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}$' FROM campaign"
ok 'people are queued' is '10|2' "SELECT count(*) FILTER (WHERE c.status = 'Queued'), min(q.priority) FROM contact c JOIN call_queue q USING (contact_id)"
ok 'who is queued is in no second campaign' json '.[-1].people == 38' campaign launch --dry-run
ok 'more people for it' says 0 'no dispatcher is running' campaign launch --campaign-id "$one" --limit 2 --scenario qualify
ok 'what is said to them is their own' is 'solar|2' "SELECT k.scenario, count(q.scenario) FROM campaign k JOIN call_queue q USING (campaign_id) GROUP BY 1"
ok 'they are in its queue' is 12 "SELECT count(*) FROM call_queue WHERE campaign_id = '$one'"
ok 'set' campaign set "$one" --name Solar --retry-delay 600 --trunk main
ok 'set: only that' is 'Solar|600|4|main' "SELECT name, retry_s, max_channels, trunk FROM campaign WHERE campaign_id = '$one'"
ok 'set: back' campaign set Solar --retry-delay 0
ok 'trunk: one that a campaign has stays' says 1 'a campaign has it' campaign trunk remove main

# ---- list, show, explain
ok 'list' json 'length == 1 and (.[0] | .name == "Solar" and .total == 12 and .pending == 12)' campaign list --status active
ok 'list: none of that status' json 'length == 0' campaign list --status paused
ok 'retry rule: of this one alone' campaign retry-rule set busy --campaign "$one" --max 0
ok 'retry rule: the one of all is there' is '0|3' "SELECT (SELECT max FROM retry_rule WHERE outcome = 'busy' AND campaign_id = '$one'), (SELECT max FROM retry_rule WHERE outcome = 'busy' AND campaign_id = '')"
ok 'retry rule: listed by the name of the campaign' json 'any(.campaign_id == "'"$one"'" and .outcome == "busy" and .max == 0)' campaign retry-rule list --campaign Solar
for command in 'set busy --max 0' 'remove busy' list; do
	ok "retry rule: no such campaign: $command" eval "says 1 \"there is no campaign 'x'\" campaign retry-rule $command --campaign x"
done
ok 'show' json '.[0] | .campaign_id == "'"$one"'" and .trunk == "main" and .because == null' campaign show "$one"
ok 'show: by the beginning of its id, on a terminal' eval 'terminal campaign show ${one%?} | grep -q "^name  *Solar"'
ok 'show: no such campaign' says 1 "there is no campaign 'x'" campaign show x
at() { jq -se "map(select(.what == \"$1\"))[0] | .ok == $2 and (.detail | test(\"$3\"))" "$T/json"; }
campaign explain "$one" >"$T/json"
ok 'explain: no dispatcher' at dispatcher false 'none has ever run'
ok 'explain: the rest is fine' eval 'at status true active && at trunk true "main 0/9" && at channels true "0 of 4" && at gap true "every 0 s" && at people true "12 wait, 12"'
ok 'explain: who is next' jq -se 'map(select(.phone)) | length == 12 and .[0].phone == "+493000000059" and .[0].why == "nothing: next in turn"
	and (map(select(.why == "do not call: manual")) | length == 2 and .[0].verdict == "blocked")' "$T/json"
campaign trunk disable main && campaign explain "$one" >"$T/json"
ok 'explain: no trunk' at trunk false disabled
campaign trunk enable main && campaign trunk add main --max-channels 0 && campaign explain "$one" >"$T/json"
ok 'explain: a full trunk' at trunk false 'full: main 0/0'
q "UPDATE campaign SET gap_s = 3600, gap_from = now() WHERE campaign_id = '$one'"
campaign explain "$one" >"$T/json"
ok 'explain: a long gap' at gap false 'a call every 3600 s; the next at 20'
q "UPDATE campaign SET gap_s = 0, gap_from = NULL WHERE campaign_id = '$one'"
campaign trunk add main --max-channels 9 && campaign hours set '*' 1-7 none && campaign explain "$one" >"$T/json"
ok 'explain: hours' jq -se 'map(select(.why == "no calling hours in DE")) | length == 10' "$T/json"
campaign hours set '*' 1-7 00:00-24:00
ok 'explain: one number' json '.[0] | .campaign_id == "'"$one"'" and .why == "do not call: manual"' campaign explain '030 00000008' --country DE
ok 'explain: what means something to a number alone' says 64 "cannot use --country 'DE': it means nothing to a campaign" campaign explain "$one" --country DE
q "UPDATE campaign SET name = '2026 summer' WHERE campaign_id = '$one'"
campaign explain '2026 summer' >"$T/json"
ok 'explain: a campaign whose name begins with a digit' at status true active
q "UPDATE campaign SET name = 'Solar' WHERE campaign_id = '$one'"
ok 'explain: on a terminal' eval 'terminal campaign explain $one | grep -q "^blocked  *2  *do not call: manual"'

# ---- pause, and calls
ok 'pause' json '.[0].status == "paused"' campaign pause "$one" --reason lunch --json
ok 'pause: again' campaign pause Solar
ok 'pause: why is kept' is lunch "SELECT status_reason FROM campaign WHERE campaign_id = '$one'"
campaign explain "$one" >"$T/json"
ok 'explain: paused, and why' at status false 'paused: lunch'
: >"$T/dialled" && dispatch node main
d=$!
wait_for 10 is 1 "SELECT count(*) FROM node WHERE heartbeat_at > now() - interval '5 seconds'"
sleep 0.3
ok 'who is paused calls nobody' eval '[ ! -s $T/dialled ]'
ok 'resume' json '.[0].status == "active"' campaign resume "$one" --json
campaign monitor "$one" >"$T/view"
ok 'monitor: lines, until it is over' eval 'grep -q "$one active " $T/view && tail -n 1 $T/view | grep -q "$one completed 12/12 (100 %) pending 0 calling 0 "'
ok 'they were called, and only they' eval '[ "$(sort $T/dialled | uniq | wc -l)" = 10 ] && [ "$(wc -l <$T/dialled)" = 10 ] && ! grep -q "0[89]$" $T/dialled || ! cat $T/dialled'
ok 'how it ended' is "blocked|2
completed|7
failed|3" "SELECT status, count(*) FROM call_queue WHERE campaign_id = '$one' GROUP BY 1 ORDER BY 1"
ok 'monitor: JSON' json '.[0] | .status == "completed" and .leads == 2 and .percent == 100 and (.last | length == 8) and .dispatchers == 1' \
	campaign monitor "$one" --json
terminal campaign monitor "$one" >"$T/view"
ok 'monitor: the view' eval 'grep -q "^\[##############################\] 100 %   12 of 12 " $T/view && grep -q "Leads 2 (" $T/view && grep -q "+493000000012  *Not_interested  *refused" $T/view'
ok 'resume: one that is over has nobody to call' json '.[0].status == "active"' campaign resume "$one" --json
wait_for 10 is completed "SELECT status FROM campaign WHERE campaign_id = '$one'"

# ---- retry: those who were not reached, and nobody else
: >"$T/dialled"
ok 'retry' json '.[0].queued == 3' campaign retry "$one" --json
wait_for 10 is completed "SELECT status FROM campaign WHERE campaign_id = '$one'"
ok 'retry: they are called again' eval '[ "$(sort $T/dialled | tr "\n" " ")" = "+493000000001 +493000000010 +493000000011 " ] || ! cat $T/dialled'
q "UPDATE contact SET status = 'Leads' WHERE phone LIKE '%1'; UPDATE contact SET status = 'New' WHERE phone LIKE '%0' AND status = 'No_answer'"
ok 'retry: nobody is left' says 1 'nobody of' campaign retry "$one"

# ---- call
: >"$T/dialled"
ok 'call: a lead' json '.[0] | .phone == "+498912345673" and .answered and .disposition == "Leads" and .slot == "morning"' campaign call '089 12345673' --country DE
ok 'call: it is a contact now' is 'Leads|Europe/Berlin|fixed|1' "SELECT status, tz, line_type, attempts FROM contact WHERE phone = '+498912345673'"
ok 'call: on a terminal' eval 'terminal campaign call +498912345674 >$T/view; grep -q "^+498912345674: Not_interested, hangup, 0" $T/view || ! cat $T/view'
ok 'explain: talks of which nothing was loaded' eval 'campaign explain camp_00000000 >$T/json; at results true "all are loaded" &&
	q "UPDATE call SET ended_at = ended_at - interval '\''2 min'\'' WHERE phone_number = '\''+498912345674'\''" && campaign explain camp_00000000 >$T/json && at results false "of 1 talks"'
ok 'call: busy is exit 1' eval 'must_fail 1 campaign call +498912345670 >$T/out; jq -e ".outcome == \"busy\" and (.answered | not)" $T/out'
ok 'call: again' eval 'must_fail 1 campaign call +498912345670 >$T/out; [ "$(grep -c 12345670 $T/dialled)" = 2 ]'
ok 'call: who said no' says 69 'not interested' campaign call +498912345674
ok 'call: do not call' says 69 'do not call: manual' campaign call +493000000008
ok 'call: no consent' says 69 'no consent: GB asks for it' campaign call '+44 20 7946 0003'
ok 'call: nothing of it is left' is 0 "SELECT count(*) FROM contact WHERE phone LIKE '+44%'"
ok 'call: an expensive number' says 69 'premium rate' campaign call '08 99 12 34 56' --country FR
ok 'call: no number' says 64 'emergency' campaign call 112 --country FR
ok 'call: no scenario' says 69 'there is no scenario' campaign call +498912345675 --scenario nowhere
campaign hours set GB 1-7 none
ok 'call: with consent, but never' says 69 'no calling hours in GB' campaign call '+44 20 7946 0003' --consent contract
q "INSERT INTO call_window SELECT 'GB', dow, '00:00', '24:00' FROM generate_series(1, 7) dow WHERE dow <> extract(isodow FROM now() AT TIME ZONE 'Europe/London')"
ok 'call: not now, and from when' says 75 'not called now: not the hours to call GB; from 20' campaign call '+44 20 7946 0003' --consent contract
campaign hours set GB 1-7 00:00-24:00
ok 'call: with consent, in hours' campaign call '+44 20 7946 0003' --consent contract
ok 'call: it is kept' is 'contract|t' "SELECT consent_basis, consent_proof LIKE 'campaign call by %' FROM contact WHERE phone = '+442079460003'"
ok 'call: it does not wait' campaign call +498912345676 --no-wait
wait_for 10 is completed "SELECT status FROM call_queue WHERE phone = '+498912345676'"
hang_up "$d"
ok 'call: nobody takes it' says 75 'no dispatcher is running' campaign call +498912345675
q "INSERT INTO node (node_id, heartbeat_at) VALUES ('other', now() + interval '1 minute')"
ok 'call: nobody takes it in time' says 75 'no dispatcher took it' campaign call +498912345675 --wait 1
ok 'call: it is taken back' is 'failed|New' "SELECT q.status, c.status FROM call_queue q JOIN contact c USING (contact_id) WHERE q.phone = '+498912345675'"

# ---- two launches at once: one has the people, however long it takes
hold() { # CONDITION: the contacts of which it is true, until $T/go is there
	rm -f "$T/in" "$T/go"
	psql -XAtq >"$T/out" <<-END &
		BEGIN;
		SELECT FROM contact WHERE $1 FOR UPDATE;
		\\! : >"$T/in"; until [ -f "$T/go" ]; do sleep 0.02; done
		COMMIT;
	END
	holder=$!
	wait_for 20 test -f "$T/in"
}
contacts 9001 9003
hold "phone = '+493000009003'"
campaign launch --json >"$T/launch.1" 2>"$T/err" &
first=$!
wait_for 20 is 1 'SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted'
campaign launch --json >"$T/launch.2" 2>"$T/err" &
second=$!
ok 'launch: two at once: they meet' wait_for 20 is 2 'SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted'
: >"$T/go"
wait "$holder" "$first"
wait "$second" || :
ok 'launch: two at once, and the second finds nobody' eval '[ "$(cat $T/launch.1 $T/launch.2 | wc -l)" = 1 ] && grep -q "nobody is New" $T/err'
ok 'launch: nobody is queued twice' is 0 "SELECT count(*) FROM (SELECT FROM call_queue WHERE status = 'pending' GROUP BY contact_id HAVING count(*) > 1) t"
q "UPDATE contact SET status = 'New' WHERE status = 'Queued'; UPDATE call_queue SET status = 'failed' WHERE status = 'pending'; SELECT campaign_settle()" >"$T/out"

# ---- a launch, while a file changes the same people
contacts 9011 9013
q "UPDATE contact SET priority = 3 WHERE phone = '+493000009013'"
printf 'phone,company\n+493000009011,X\n+493000009012,X\n+493000009013,X\n' >"$T/people.csv"
hold "phone = '+493000009012'"
campaign import --update "$T/people.csv" >"$T/import" 2>&1 & # has the first, and waits for the second
first=$!
wait_for 20 is 1 'SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted'
campaign launch --json >"$T/launch.1" 2>&1 & # would have the third, and wait for the first
second=$!
ok 'launch and import: they meet' wait_for 20 is 2 'SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted'
: >"$T/go"
wait "$holder"
ok 'launch: waits for an import' eval 'wait "$second" || ! cat $T/launch.1'
ok 'launch: nor is that in its way' eval 'wait "$first" && grep -q " 3 updated" $T/import || ! cat $T/import'
q "UPDATE contact SET status = 'New' WHERE status = 'Queued'; DELETE FROM contact WHERE phone ~ '0000901[123]$';
	UPDATE call_queue SET status = 'failed' WHERE status = 'pending'; SELECT campaign_settle()" >"$T/out"

# ---- more people for a campaign that runs
running=$(launch --limit 1)
hold "status = 'New'"
campaign launch --json --campaign-id "$running" --max-channels 5 >"$T/launch.1" 2>"$T/err" &
first=$!
wait_for 20 is 1 'SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted'
ok 'launch: while its queue is filled, claims go on' is 1 "SELECT count(*) FROM (SELECT FROM campaign WHERE campaign_id = '$running' FOR UPDATE NOWAIT) k"
: >"$T/go"
wait "$holder" "$first"
ok 'launch: then it is as was said' is '5|t' "SELECT max_channels, total > 1 FROM campaign JOIN campaign_count USING (campaign_id) WHERE campaign_id = '$running'"
campaign stop "$running" >"$T/out"

# ---- who waits for a retry in one campaign is in no other, and no number is rung twice in a row
contacts 9101 9102
q "UPDATE contact SET priority = 3 WHERE phone = '+493000009101'"
again=$(launch --gap-ms 0 --limit 1 --priority 3 --retry-delay 600)
q "INSERT INTO node (node_id, max_channels) VALUES ('n', 9)"
call=$(q "SELECT call_id FROM campaign_claim('n', 'main', 1)")
q "SELECT campaign_dial('$call', 'n'), campaign_finish('$call', 17)" >"$T/out"
ok 'retry waits: the person is No_answer, the row goes on' is 'No_answer|pending' "SELECT c.status, q.status FROM call_queue q JOIN contact c USING (contact_id) WHERE campaign_id = '$again'"
waiting=$(q "SELECT phone FROM call_queue WHERE campaign_id = '$again'")
campaign launch --dry-run --status No_answer >"$T/json"
ok 'retry waits: not in a second campaign' eval '! grep -qF "$waiting" $T/json && jq -se ".[-1].people > 0" $T/json'
campaign stop "$again" >"$T/out"
ok 'retry waits: once it is stopped, in another one' eval 'campaign launch --dry-run --status No_answer | grep -qF "$waiting"'
other=$(launch --gap-ms 0 --status No_answer --retry-delay 900)
ok 'retry: a number that rang just now rests, in any campaign' is 'later|called less than 900 s ago|t' "SELECT g.verdict, g.reason,
	g.next_at = (SELECT dialed_at + interval '900 s' FROM call WHERE call_id = '$call') FROM call_queue q, campaign_gate(q.queue_id) g
	WHERE campaign_id = '$other' AND phone = '$waiting'"
ok 'retry: with no delay it does not' is ok "UPDATE campaign SET retry_s = 0 WHERE campaign_id = '$other';
	SELECT g.verdict FROM call_queue q, campaign_gate(q.queue_id) g WHERE campaign_id = '$other' AND phone = '$waiting'"
campaign stop "$other" >"$T/out"

# ---- stop
q 'DELETE FROM node'
two=$(launch --gap-ms 0 --limit 5)
q "INSERT INTO node (node_id, max_channels) VALUES ('n', 9)"
call=$(q "SELECT call_id FROM campaign_claim('n', 'main', 1)")
late=$(q "SELECT call_id FROM campaign_claim('n', 'main', 1)")
ok 'stop: dialled before' is t "SELECT campaign_dial('$call', 'n')"
ok 'stop: it ends when the talk does' json '.[0].status == "stopping"' campaign stop "$two" --json
ok 'stop: who was claimed is not dialled' is f "SELECT campaign_dial('$late', 'n')"
q "SELECT campaign_unclaim('$late', 'n', 'stopped'), campaign_finish('$call', 17), campaign_settle()" >/dev/null
ok 'stop: it is over' is stopped "SELECT status FROM campaign WHERE campaign_id = '$two'"
ok 'stop: nobody waits' is 0 "SELECT count(*) FROM contact WHERE status IN ('Queued', 'Calling')"
ok 'stop: for good' says 69 'cannot become active' campaign resume "$two"
ok 'stop: no retry' says 69 'it is stopped' campaign retry "$two"
ok 'stop: no launch' says 69 'cannot become active' campaign launch --campaign-id "$two"
ok 'pause: not what is over' says 69 'cannot become paused' campaign pause "$two"
ok 'two at once, of which one is none' eval 'must_fail 1 campaign stop x "$two" 2>$T/err | grep -q "$two: stopped"'

# ---- the end of a view, and of the database
three=$(launch --limit 2)
start campaign monitor "$three" >"$T/view"
m=$!
wait_for 10 grep -q active "$T/view"
kill -INT "$m" && wait "$m"
ok 'monitor: INT ends the view alone' eval "[ $? = 0 ] && is active \"SELECT status FROM campaign WHERE campaign_id = '$three'\""
start campaign monitor --every 1 "$three" >"$T/view" 2>"$T/err"
m=$!
wait_for 10 grep -q active "$T/view"
q CHECKPOINT # what the database of the tests has not written is lost
scripts/with-postgres --stop immediate && wait_for 10 grep -q 'the database is away' "$T/err" && scripts/with-postgres --start
campaign stop "$three" >"$T/out"
ok 'monitor: a database that comes back' eval "wait $m && tail -n 1 '$T/view' | grep -q ' stopped 2/2'"
scripts/with-postgres --stop immediate
for command in 'launch' 'list' 'show x' 'pause x' 'retry x' 'explain x' 'trunk list' 'call +498912345675' 'hours set FR 1 none' \
	'holiday add FR 2026-12-24 --time-zone Europe/Paris' 'country set FR --time-zone Europe/Paris' 'explain +498912345675'; do
	ok "no database: $command" eval "says 75 database campaign $command"
done
scripts/with-postgres --start
for command in 'show' 'show a b' 'pause' 'trunk' 'trunk grow x' 'caller-id add' 'explain' 'launch x' 'call' 'country set DE AT' 'hours set' 'holiday add FR'; do
	ok "no sense: $command" eval "must_fail 64 campaign $command 2>'$T/err'"
done
plan
