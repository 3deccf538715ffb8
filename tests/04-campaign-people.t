#!/bin/sh
# campaign contacts, export, dnc: people found, written for a spreadsheet and read back, and those who are not to be called.
. tests/lib.sh
. tests/db.sh

csv() { python3 -c 'import csv, json, sys
print(json.dumps(list(csv.DictReader(sys.stdin, strict=True)), ensure_ascii=False))'; }
export CALLPIPE_COUNTRY=FR CALLPIPE_SPOOL="$T/spool"
mkdir "$CALLPIPE_SPOOL" && campaign init >"$T/out"
cat >"$T/a.csv" <<'END'
phone,first_name,last_name,company,email,notes,city
0612345601,=1+1,dupont,"A, ""B""",a@example.com,"two
lines",Lyon
0612345602,élise,MARTIN,100% Bio,,,Paris
0612345603,karim,o'brien,,,,
0612345604,zoé,petit,,,,
END
campaign import "$T/a.csv" >"$T/out" 2>"$T/err"
q "UPDATE contact SET status = 'Leads', slot_wish = 'matin', attempts = 2 WHERE phone = '+33612345601';
	UPDATE contact SET status = 'Not_interested' WHERE phone = '+33612345602';
	INSERT INTO campaign (campaign_id, name, scenario) VALUES ('camp_00000001', 'Soleil', 'qualify'), ('camp_00000002', 'two', 'qualify'),
		('camp_10000003', 'two', 'qualify');
	INSERT INTO call_queue (campaign_id, contact_id, phone, status) SELECT 'camp_00000001', contact_id, phone, 'completed' FROM contact
		WHERE phone < '+33612345603';
	INSERT INTO call (call_id, campaign_id, contact_id, phone_number, direction, status, outcome, disposition, duration, amd_result,
		final_sentiment, is_interested, started_at, dialed_at, ended_at, recording_path) VALUES
		('old', 'camp_00000001', 1, '+33612345601', 'outbound', 'failed', 'busy', 'No_answer', NULL, NULL, NULL, NULL, '2026-11-20 10:00',
			'2026-11-20 10:00', '2026-11-20 10:01', NULL),
		('new', 'camp_00000001', 1, '+33612345601', 'outbound', 'completed', 'talked', 'Leads', 61.5, 'human', 'positive', true,
			'2026-11-25 23:59:59', '2026-11-25 23:59:50', '2026-11-26 00:01', '/r/new.wav');
	INSERT INTO call_turn (call_id, turn_number, speaker, text, heard_text) VALUES
		('new', 1, 'bot', E'Bonjour, \"vous\"\n allez', 'Bonjour,'), ('new', 2, 'caller', 'oui', NULL), ('new', 3, 'bot', '', NULL)"

# ---- contacts
ok 'list: JSON for programs' is '4 +33612345601' 'campaign contacts | jq -s -r "\"\(length) \(.[0].phone)\""'
check 'list: a table on a terminal' 'terminal campaign contacts -n 2 | head -n 1 | grep -q "^id  *phone  *first_name"'
for filter in '--status Leads|1' '--status "pas intéressé"|1' '--status new|2' '--campaign camp_00000001|2' '--campaign Soleil|2' '--campaign camp_00000002|0' '--search MARTIN|1' '--search "0%"|1' \
	'--search %|1' '--search 612345603|1' '--import 1|4' '--import 9|0' '--limit 3|3'; do
	ok "list: ${filter%|*}" is "${filter#*|}" "campaign contacts ${filter%|*} | wc -l"
done
ok 'list: CSV' is 5 'campaign contacts --csv | wc -l'
ok 'list: no such campaign' says 1 "there is no campaign 'soleil'" campaign contacts --campaign=soleil
ok 'list: a beginning of several ids' says 1 "more than one campaign is called 'camp_0000000'" campaign contacts --campaign=camp_0000000
ok 'list: no such status' says 64 'New|Queued|Calling|Leads|Not_interested|No_answer' campaign contacts --status=happy
ok 'one: as one types a number' is '["+33612345601","Leads","A, \"B\"",2,1]' \
	'campaign contacts "06 12 34 56 01" | jq -c "[.phone,.status,.company,(.calls|length),(.queue|length)]"'
check 'one: for a person' 'terminal campaign contacts +33612345601 | grep -q "^queue:" && terminal campaign contacts 0612345601 | grep -q "^company  *A, \"B\"\$"'
ok 'one: nobody' says 1 "nobody has the number '+33612345699'" campaign contacts 0612345699
ok 'one: what means something to a list alone' says 64 "cannot use --status 'Leads': it means nothing to one contact" \
	campaign contacts 0612345601 --status=Leads
ok 'list: what means something to one contact alone' says 64 "cannot use --country 'FR': it means nothing to a list" campaign contacts --country=FR
ok 'one: no number' says 64 "cannot use 'x'" campaign contacts x
# Each word that the commands know, and that the tables know, with what the others make of it.
words() { # of the commands: STATUS|WORD
	sed -n '/statuses\[\] = {/,/^};/s/^\t{"\(.*\)", "|\(.*\)|"},$/\1|\2/p' bin/campaign/people.c | awk -F '|' '{ for (i = 2; i <= NF; i++) print $1 "|" $i }'
}
sed -n '/^CREATE FUNCTION callpipe_status/,/^\$\$;/p' lib/db/002-campaign.sql | grep -o "WHEN '[a-z_]*' THEN '[A-Za-z_]*'" | awk -F "'" '{ print $4 "|" $2 }' >"$T/tables"
words >"$T/commands"
check 'status: there are words' '[ "$(wc -l <"$T/commands")" -ge 24 ]'
check_same 'status: commands and tables have the same words' 'tr " " _ <"$T/commands" | sort -u' 'sort -u "$T/tables"'
while IFS='|' read -r status word; do
	echo "SELECT '$status|$word' WHERE callpipe_status('$word') IS DISTINCT FROM '$status' OR callpipe_status(' ' || upper('$word')) IS DISTINCT FROM '$status';"
done <"$T/commands" >"$T/words.sql"
ok 'status: the tables take each' is '' 'psql -XAtqf "$T/words.sql"'
ok 'status: and with accents' is 'Leads|No_answer|Leads' "q \"SELECT callpipe_status('Intéressés'), callpipe_status('Pas de réponse'), callpipe_status('INTÉRESSÉ')\""
for word in 'nouveaux|2' 'nouveau,NEW|2' 'New, No_answer|2' 'intéressés,lead|1'; do
	ok "launch: --status=${word%|*}" is "${word#*|}" "campaign launch --dry-run --json --status='${word%|*}' | jq 'select(.scenario).people'"
done
ok 'launch: one word of several is none' says 64 'must be one of New|No_answer|Leads' campaign launch --dry-run --status='New,'

# ---- export
ok 'export: its columns' is 'lead_id,phone_number,first_name,last_name,email,company,status,priority,attempts,last_attempt,imported_at,audio_recording_path,last_call_date,last_call_duration,last_call_result,amd_result,final_sentiment,is_interested,total_calls,transcription_complete,notes,slot_wish' \
	'campaign export | head -n 1 | tr -d "\r"'
ok 'export: a lead' is '["1","+33612345601","'"'"'=1+1","A, \"B\"","Leads","2","/r/new.wav","61.500","talked","human","positive","Oui","2","BOT: Bonjour, | CLIENT: oui","two\nlines","matin"]' \
	'campaign export --status=Leads | csv | jq -c ".[0]|[.lead_id,.phone_number,.first_name,.company,.status,.attempts,.audio_recording_path,.last_call_duration,.last_call_result,.amd_result,.final_sentiment,.is_interested,.total_calls,.transcription_complete,.notes,.slot_wish]"'
for filter in '|4' '--status Leads|1' '--campaign camp_00000001|2' '--from 2026-11-25 --to 2026-11-25|1' '--to 2026-11-19|0' '--limit 3|3' \
	'--calls|2' '--calls --from 2026-11-21|1' '--calls --to 2026-11-20|1' '--calls --status Leads|1' '--calls --campaign Soleil|2'; do
	ok "export: ${filter%|*}" is "${filter#*|}" "campaign export --json ${filter%|*} | wc -l"
done
ok 'export: the last call of a period' is 'busy' 'campaign export --to 2026-11-24 | csv | jq -r ".[0].last_call_result"'
ok 'export: a call' is '["old","busy","No_answer"]' 'campaign export --calls | csv | jq -c ".[0]|[.call_id,.outcome,.disposition]"'
ok 'export: into a file' is 2 'campaign export --status=Leads -o "$T/leads.csv" && csv <"$T/leads.csv" | jq ".|length + 1"'
ok 'export: no day' says 64 "cannot use --from 'soon'" campaign export --from soon
ok 'export: no such campaign' says 1 "there is no campaign 'none'" campaign export --campaign none
ok 'export: a full disk' says 74 "'/dev/full'" campaign export -o /dev/full
campaign export >"$T/all.csv"
q "CREATE TABLE before AS SELECT phone, first_name, last_name, company, email, notes, status FROM contact; TRUNCATE contact"
ok 'what was exported is imported' is '[4,4,0]' 'campaign import --json "$T/all.csv" 2>"$T/err" | jq -c "[.rows,.imported,.errors]"'
ok 'and is what it was' is 0 'q "SELECT count(*) FROM ((TABLE before EXCEPT SELECT phone, first_name, last_name, company, email, notes, status FROM contact)) t"'
ok 'without what is known of calls' is '{"slot_wish": "matin"}' 'q "SELECT DISTINCT extra FROM contact WHERE extra IS NOT NULL"'

# ---- dnc
ok 'add' campaign dnc add 0612345601 '+33 6 12 34 56 02' --note 'by letter'
ok 'add, again' campaign dnc add 0612345601
ok 'add: for one campaign, for a time' campaign dnc add --campaign=camp_00000001 --reason=law --until=2030-01-01 0612345603
ok 'add: no such campaign' says 1 "there is no campaign 'Lune'" campaign dnc add --campaign=Lune 0612345603
ok 'import: no such campaign' says 1 "there is no campaign 'Lune'" campaign dnc import --campaign=Lune "$T/a.csv"
ok 'remove: no such campaign' says 1 "there is no campaign 'Lune'" campaign dnc remove --campaign=Lune 0612345603
ok 'list: no such campaign' says 1 "there is no campaign 'Lune'" campaign dnc list --campaign=Lune
ok 'nobody was added for it' is 0 "q \"SELECT count(*) FROM dnc WHERE scope NOT IN ('*', 'camp_00000001')\""
ok 'add: for a campaign by its name' is 'camp_00000001' 'campaign dnc add --campaign=Soleil 0612345604 && q "DELETE FROM dnc WHERE phone LIKE '"'%604'"' RETURNING scope"'
ok 'list' is '+33612345601 * manual by letter|+33612345602 * manual by letter|+33612345603 camp_00000001 law null' \
	'campaign dnc list | jq -r "\"\(.phone) \(.scope) \(.reason) \(.note)\"" | paste -sd "|"'
ok 'a day is meant as a whole' is '2030-01-02 00:00' 'campaign dnc list --reason=law | jq -r .expires_at'
ok 'they are seen in the list of contacts' is 2 'campaign contacts | jq -s "map(select(.do_not_call)) | length"'
ok 'add: all or nobody' says 64 "cannot use '12'" campaign dnc add 0612345604 12
ok 'nobody was added' is 3 'campaign dnc list | wc -l'
ok 'for longer is stricter' is '|2030-01-02' 'campaign dnc add --until=2027-01-01 0612345601 && campaign dnc add --campaign=camp_00000001 --until=2028-01-01 0612345603 &&
	q "SELECT string_agg(coalesce(to_char(expires_at, '"'YYYY-MM-DD'), ''), '|' ORDER BY phone) FROM dnc WHERE phone <> '+33612345602'"'"'
ok 'remove' campaign dnc remove 0612345602
ok 'remove: not there' says 1 "'+33612345602' is not there" campaign dnc remove 0612345602
q "INSERT INTO dnc (phone, reason) VALUES ('+33612345604', 'dtmf')"
ok 'remove: who has asked for it' says 69 'the person asked for it (dtmf)' campaign dnc remove 0612345604
ok 'remove: with --force' campaign dnc remove --force 0612345604
ok 'list: what means something to another verb' says 64 "cannot use --note 'x': it means nothing to list" campaign dnc list --note=x
ok 'no verb' says 64 'add, remove, list or import' campaign dnc
ok 'one that is not known' says 64 'add, remove, list or import' campaign dnc show
printf '06 12 34 56 10\n+33612345611\n\nnobody\n0612345610\n' >"$T/list"
ok 'import: a list without a header' is '4 lines: 2 numbers are new, 1 errors' 'campaign dnc import "$T/list" 2>"$T/err"'
check 'with the line that is none' 'grep -q "^campaign: $T/list:4: " "$T/err"'
printf 'nom;t\351l;motif\nA;0612345612;law\nB;0612345613;d\351c\351d\351\n' >"$T/list"
ok 'import: a table' is '2 lines: 2 numbers are new, 0 errors' 'campaign dnc import "$T/list" 2>"$T/err"'
ok 'import: reasons' is '+33612345612 law null|+33612345613 import décédé' \
	'campaign dnc list | jq -r "select(.phone > \"+33612345611\") | \"\(.phone) \(.reason) \(.note)\"" | paste -sd "|"'
cat >"$T/list" <<'END'
phone,scope,mobile
0612345621,*,
0612345622,camp_00000001,0612345632
0612345623,Soleil,
0612345624,Lune,0612345634
0612345625,two,
0612345626,,
END
ok 'import: scopes' is '6 lines: 5 numbers are new, 2 errors' 'campaign dnc import "$T/list" 2>"$T/err"'
ok 'import: those that are no campaign are said' is "campaign: $T/list:5: there is no campaign 'Lune'|campaign: $T/list:6: more than one campaign is called 'two'" \
	'paste -sd "|" "$T/err"'
ok 'import: and not stored' is '1:* 2:camp_00000001 3:camp_00000001 6:* 2:camp_00000001' \
	"q \"SELECT string_agg(right(phone, 1) || ':' || scope, ' ' ORDER BY phone) FROM dnc WHERE phone BETWEEN '+33612345620' AND '+33612345639'\""
ok 'import: --campaign goes before them' is '6 lines: 8 numbers are new, 0 errors' \
	'campaign dnc import --campaign=camp_00000002 "$T/list" 2>"$T/err"'
printf 'phone,scope\n0612345641,Lune\n' >"$T/list"
ok 'import: no scope is one' says 65 "there is no campaign 'Lune'" campaign dnc import "$T/list"
python3 -c 'print(",".join(["phone"] * 400) + ",note"); print(",".join("06123%05d" % n for n in range(400)) + "," + "x" * 20000)' >"$T/list"
ok 'import: a line of many numbers with a long note' is '1 lines: 400 numbers are new, 0 errors' 'campaign dnc import "$T/list" 2>"$T/err" || cat "$T/err"'
ok 'import: each has all of it' is '400|20000' \
	"q \"SELECT count(*), min(length(note)) FROM dnc WHERE phone BETWEEN '+33612300000' AND '+33612300399'\""
python3 -c 'print("0612345601\n" + ",".join(["0612345602"] * 600))' >"$T/list"
ok 'import: a line of too many columns' says 0 ':2: more than 512 columns' campaign dnc import "$T/list"
python3 -c 'for n in range(1000): print(f"06{10000000 + n}")' >"$T/list"
ok 'import: progress on a terminal' eval 'terminal campaign dnc import "$T/list" | grep -q "[0-9] rows, [0-9]*/s, [0-9]* %, [0-9]* s left"'
ok 'import: nothing of it is a number' says 65 'telephone number' campaign dnc import "$0"
plan
