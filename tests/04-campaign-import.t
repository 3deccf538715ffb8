#!/bin/sh
# campaign init, import: people out of files as people have them: all that can be used, once, and nobody who was erased.
. tests/lib.sh
. tests/db.sh

fresh() { q 'SET client_min_messages TO warning; TRUNCATE contact, import, import_error, import_change, dnc, call_queue RESTART IDENTITY CASCADE'; }
summary() { campaign import --json "$@" 2>"$T/err" | jq -c '[.rows, .imported, .updated, .unchanged, .duplicates, .errors]'; }
person() { q "SELECT to_jsonb(c) FROM contact c WHERE phone = '$1'" | jq -c "$2"; }
reasons() { q "SELECT line || ' ' || reason FROM import_error ORDER BY import_id, line"; }
people() { q 'SELECT count(*) FROM contact'; }
nobody_else() { [ "$(q "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")" = 0 ]; }
export CALLPIPE_COUNTRY=FR CALLPIPE_SPOOL="$T/spool"
mkdir "$CALLPIPE_SPOOL"

# ---- commands
ok 'no command' says 64 'name a command' campaign
ok 'one that is not known' says 64 "unknown command 'imprt'" campaign imprt
ok 'an option before the command' says 64 'options stand behind the command' campaign --json import
ok 'a command has help of its own' eval 'campaign import --help | grep -q "^Usage: campaign import"'
no_defaults() { # that are none
	for command in launch set trunk caller-id retry-rule country; do
		campaign "$command" --help >"$T/help" || return 1
		! grep -E 'default (0|-1)\b' "$T/help" || return 1
	done
}
ok 'nor a default that is none' no_defaults
ok 'an option of another command' says 64 "unknown option '--undo'" campaign init --undo=1
echo phone >"$T/f"
ok 'without tables' says 78 "run 'calllog init'" campaign import "$T/f" --country=33
ok 'init' is 'tables of version 2' 'campaign init'
ok 'init, again' is 'the tables are of version 2 already' 'campaign init'
ok 'an option of another way to use it' says 64 'cannot use --csv: it means nothing to a file' campaign import --csv "$T/f"
ok 'no file' says 64 'name one file' campaign import
ok 'two files' says 64 'name one file' campaign import a b
ok 'no such country' says 64 "cannot use --country 'Mars'" campaign import --country=Mars /dev/null

# ---- a file as people have it
cat >"$T/a.csv" <<'END'
Téléphone;Prénom;NOM;E-mail;Société;Notes;Ville;Priorité;Mobile
06 12 34 56 01;jean-PIERRE;DE GAULLE; jp@example.com ;"ACME; Inc.";"says ""hello""
and more";Paris;;
+33612345602;élodie;d'ARTAGNAN;;;;;urgent;
0033 6 12 34 56 03;marie;O'BRIEN;;;;Lyon;2;06 12 34 56 30
;anne;MCDONALD;;;;;;06.12.34.56.04
0612345601;twice;;;;;;;
;;;;;;;;
12;short;;;;;;;
0899 10 20 30;dear;;;;;;;
;nobody;;;;;;;
06 12 34 56 05;=cmd|'/c calc'!A1;+1+1;;@x;;-5;;
06 12 34 56 06;many;;;;;;;;too;many
06 12 34 56 07;odd;;;;;;soon;
END
ok 'counted' is '[11,5,0,0,1,5]' 'summary "$T/a.csv"'
ok 'each bad line is said, with its number' is 6 'grep -c "^campaign: $T/a.csv:[0-9]*: " "$T/err"'
check_same 'and kept, with the reason' reasons 'cat <<-END
	7 line 2 has the number +33612345601
	9 too short for a number of its country '\''12'\''
	10 a premium rate number '\''0899 10 20 30'\''
	11 no telephone number
	13 11 columns, and the header has 9
	14 unknown priority '\''soon'\''
	END'
ok 'a person' is '["06 12 34 56 01","Jean-Pierre","de Gaulle","jp@example.com","ACME; Inc.","says \"hello\"\nand more",{"Ville":"Paris"},"New",1,"Europe/Paris","FR","mobile",1]' \
	'person +33612345601 "[.phone_raw,.first_name,.last_name,.email,.company,.notes,.extra,.status,.priority,.tz,.country,.line_type,.import_id]"'
ok 'names are cased' is 'Élodie d'\''Artagnan|Anne McDonald|Marie O'\''Brien' \
	'q "SELECT string_agg(concat_ws('\'' '\'', first_name, last_name), '\''|'\'' ORDER BY last_name) FROM contact WHERE phone ~ '\''0[234]$'\''" | sed "s/^Anne McDonald|Marie O.Brien|\(.*\)$/\1|Anne McDonald|Marie O'\''Brien/"'
ok 'a second number is kept' is '{"Ville":"Lyon","Mobile":"06 12 34 56 30"}' 'person +33612345603 .extra'
ok 'the second number is taken where the first is missing' is '"06.12.34.56.04"' 'person +33612345604 .phone_raw'
ok 'formulas are data' is '["=cmd|'\''/c calc'\''!A1","+1+1","@x","-5"]' \
	'person +33612345605 "[.first_name,.last_name,.company,.extra.Ville]"'
ok 'priorities in words' is '3 2' 'echo $(person +33612345602 .priority) $(person +33612345603 .priority)'
ok 'the import is told' is '["a.csv",11,5,0,1,5,false]' \
	'campaign import --list --json | jq -c "[.file,.rows,.new,.updated,.duplicates,.errors,.undone]"'
ok 'and its errors' is '9 "12;short;;;;;;;"' 'campaign import --errors=1 --json | jq -r "select(.line == 9) | \"\(.line) \(.raw|tojson)\""'
ok 'the file again: said, and nothing changes' says 0 'was imported before' campaign import "$T/a.csv"
cp "$T/a.csv" "$T/other.csv"
ok 'by its bytes, not by its name' is '[11,0,0,0,0,0]' 'summary "$T/other.csv"'
ok 'nothing of it is there' is '5 1' 'echo $(people) $(q "SELECT count(*) FROM import")'
ok 'a summary for people' is 'would be: 0 imported, 0 updated, 6 duplicates, 5 errors' \
	'campaign import --dry-run --clean "$T/a.csv" 2>"$T/err" | head -n 1'
ok 'a dry run leaves nothing' is '5 1 6' 'echo $(people) $(q "SELECT count(*) FROM import") $(q "SELECT count(*) FROM import_error")'

# ---- update, undo
cat >"$T/b.csv" <<'END'
phone,email,ville,consent,consent_at,consent_proof,tz,status
+33612345601,new@example.com,,oui,01/09/2026 14:30,form 7,,
+33612345602,,,non,,,,Not_interested
+33612345603,,Lyon,,,,,
+33612345650,x@example.com,,yes,2026-09-01T12:00:00+02:00,,America/Martinique,
+33612345651,,,,32/01/2026,,,
+33612345652,,,,,,Mars/Olympus,
+33612345653,,,,,,,whatever
END
ok 'without --update who is known is a duplicate' is '[7,1,0,0,3,3]' 'summary "$T/b.csv"'
ok 'undo' is 'undone import 3: 1 contacts removed, 0 as they were before, 0 stay: they were called, queued or changed since' \
	'campaign import --undo=3 2>&1'
ok 'undo: it is gone, with its lines' is '5 6' 'echo $(people) $(q "SELECT count(*) FROM import_error")'
ok 'undo, again' says 65 'undone before' campaign import --undo=3
ok 'undo: none of that number' says 65 'none of that number' campaign import --undo=99
before=$(person +33612345601 .)
ok '--update changes what the file says' is '[7,1,3,0,0,3]' 'summary --update "$T/b.csv"'
ok 'and nothing else' is '["new@example.com","Jean-Pierre",{"Ville":"Paris"},"consent","2026-09-01T14:30:00+00:00","form 7"]' \
	'person +33612345601 "[.email,.first_name,.extra,.consent_basis,.consent_at,.consent_proof]"'
ok 'who refused in the file has refused' is '["Not_interested",""]' 'person +33612345602 "[.status,.consent_basis]"'
ok 'a zone that the file names' is '["America/Martinique","2026-09-01T10:00:00+00:00"]' 'person +33612345650 "[.tz,.consent_at]"'
check 'what is wrong with a line is said' 'grep -q "no date '\''32/01/2026'\''" "$T/err" && grep -q "unknown time zone '\''Mars/Olympus'\''" "$T/err" &&
	grep -q "unknown status '\''whatever'\''" "$T/err"'
printf 'phone,consent\n+33612345601,non\n' >"$T/f"
ok '--update: a consent may be taken back' is '[1,0,1,0,0,0] ""' 'echo "$(summary --update "$T/f") $(person +33612345601 .consent_basis)"'
q "INSERT INTO campaign (campaign_id, name, scenario, status, consent_basis) VALUES ('camp_2', 'two', 'x', 'active', 'contract');
	INSERT INTO call_queue (campaign_id, contact_id, phone) SELECT 'camp_2', contact_id, phone FROM contact WHERE phone = '+33612345601'"
ok 'which no basis of a campaign makes up for' is 'blocked no consent: FR asks for it' \
	"q \"SELECT verdict || ' ' || reason FROM call_queue q, campaign_gate(q.queue_id, '2026-11-24 10:30Z') WHERE campaign_id = 'camp_2'\""
q "DELETE FROM call_queue; DELETE FROM campaign"
campaign import --undo=5 >"$T/out"
ok 'undo: and be given back' is '"consent"' 'person +33612345601 .consent_basis'
ok '--update with nothing new' is '[7,0,0,4,0,3]' '{ cat "$T/b.csv"; echo; } | summary --update -'
ok 'undo puts back what was changed' is 'undone import 4: 1 contacts removed, 3 as they were before' \
	'campaign import --undo=4 | cut -d, -f1,2'
ok 'as it was' is "$(printf %s "$before" | jq -Sc 'del(.updated_at)')" 'person +33612345601 "del(.updated_at)" | jq -Sc .'
ok 'and who had not refused has not' is '"New"' 'person +33612345602 .status'
q "INSERT INTO call_queue (campaign_id, contact_id, phone) SELECT 'camp_1', contact_id, phone FROM contact WHERE phone = '+33612345602'"
ok 'undo: who is queued stays' is 'undone import 1: 4 contacts removed, 0 as they were before, 1 stay: they were called, queued or changed since' \
	'campaign import --undo=1 2>&1'

fresh
printf 'phone\n0612345601\n0612345602\n0612345603\n' >"$T/f"
campaign import "$T/f" >"$T/out"
q "UPDATE contact SET status = 'Queued' WHERE phone = '+33612345603'"
printf 'phone,status\n0612345601,Not_interested\n0612345602,Not_interested\n0612345603,Not_interested\n' >"$T/f"
campaign import --update "$T/f" >"$T/out"
q "UPDATE contact SET attempts = 1, last_attempt = now() WHERE phone = '+33612345601'"
campaign import --undo=2 >"$T/out"
ok 'undo: who was called since and hung up stays so; who was queued then is New' is 'Not_interested|New|New' \
	"q \"SELECT string_agg(status, '|' ORDER BY phone) FROM contact\""

# ---- what files are like
takes() { # TEXT ROWS,.. : the file $T/f, into empty tables
	fresh
	ok "$1" is "$2" 'summary "$T/f"'
}
name_of() { q "SELECT first_name FROM contact WHERE phone = '+33612345601'"; }
printf 'phone,first_name\r\n0612345601,Zo\303\253\r\n' >"$T/f"
takes 'lines end in CR LF' '[1,1,0,0,0,0]'
printf '\357\273\277phone\tfirst_name\n0612345601\tZo\303\253\n' >"$T/f"
takes 'a byte order mark, and tabs' '[1,1,0,0,0,0]'
ok 'and the name is whole' is Zoë name_of
printf 't\351l\351phone|pr\351nom\n0612345601|Zo\353\n' >"$T/f"
takes 'ISO 8859-1' '[1,1,0,0,0,0]'
check 'is converted, and that is said' '[ "$(name_of)" = Zoë ] && grep -q "is Windows-1252 or ISO 8859-1, not UTF-8: 2 lines" "$T/err"'
printf 'phone,first_name\n0612345601,\234uvre \200\n' >"$T/f"
takes 'Windows-1252' '[1,1,0,0,0,0]'
ok 'is converted' is 'Œuvre €' name_of
printf 'phone,first_name\n0612345601,Zo\303\253\n0612345602,\303\n' >"$T/f"
takes 'UTF-8 that was damaged' '[2,2,0,0,0,0]'
check 'stays UTF-8, and that is said' '[ "$(name_of)" = Zoë ] && grep -q "1 lines with bytes that are no UTF-8" "$T/err"'
printf 'phone;first_name\n0612345601;Zo\303\253\n' | iconv -f UTF-8 -t UTF-16 >"$T/f"
takes 'UTF-16' '[1,1,0,0,0,0]'
check 'is converted, and that is said' '[ "$(name_of)" = Zoë ] && grep -q "is UTF-16" "$T/err"'
printf 'phone;first_name\n0612345601;Zo\303\253\n' | iconv -f UTF-8 -t UTF-16BE >"$T/f"
takes 'UTF-16 without a mark' '[1,1,0,0,0,0]'
printf 'phone\n0612345601' | iconv -f UTF-8 -t UTF-32 >"$T/f"
ok 'UTF-32' says 65 'UTF-32' campaign import "$T/f"
printf 'PK\003\004xx' >"$T/f"
ok 'a spreadsheet' says 65 'save it as CSV' campaign import "$T/f"
printf 'sep=;\r\nphone;a\r\n0612345601;"x,y"\r\n' >"$T/f"
takes 'a first line that says the delimiter' '[1,1,0,0,0,0]'
printf 'phone,first_name,notes\n0612345601,a,"b\n0612345602,c,d\n0612345603,e,"f"\n0612345604,"g' >"$T/f"
takes 'quotes that are not closed cost a line each' '[4,2,0,0,0,2]'
check_same 'and are said' reasons 'printf "2 a quote is not closed\n5 a quote is not closed\n"'
printf 'phone,first_name\n0612345601,a\000b\n0612345602,c\n06123' >"$T/f"
takes 'a NUL, and half a line at the end' '[3,1,0,0,0,2]'
check_same 'are said' reasons 'printf "2 a NUL character is in it\n4 it is cut off: 1 columns of 2\n"'
{ echo phone,notes && head -c 10000000 /dev/zero | tr '\000' x && printf '\n0612345601,"' && head -c 900000 /dev/zero | tr '\000' y && echo '"'; } >"$T/f"
takes 'a line of 10 MB, and one of 900 kB' '[2,1,0,0,0,1]'
check_same 'the long one is said, and the other one is whole' 'reasons; q "SELECT length(notes) FROM contact"' 'printf "2 longer than 1048576 bytes\n900000\n"'
printf 'numero;telephone;nom;name;tag;tag\n612345609;0612345601;DUPONT;Jean Dupont;a;b\n' >"$T/f"
takes 'a number of a customer' '[1,1,0,0,0,0]'
ok 'is none to be called; names that two columns have are kept' is '["Dupont",{"numero":"612345609","name":"Jean Dupont","tag":"a","tag 2":"b"}]' \
	'person +33612345601 "[.last_name,.extra]" | jq -c "[.[0], (.[1] | {numero, name, tag, \"tag 2\"})]"'
printf 'number\n6.12345601E+8\n612345602.0\n612345603\nTel: 06 12 34 56 04\n06 12 34 56 05 / 01 23 45 67 89\n3.36E+10\n="0612345606"\n' >"$T/f"
takes 'most of what spreadsheets make of numbers is bad' '[7,3,0,0,0,4]'
fresh
ok '--clean: is repaired, but for what was rounded' is '[7,6,0,0,0,1]' 'summary --clean "$T/f"'

for bad in 'it is empty|' 'nothing below its header|phone,name' "it has 'a', 'b'|a,b\n1,2" 'its first line is no header: a quote is not closed|"phone,name\n1,2' \
	'no line of it can be used|phone\n12\nx'; do
	printf '%b' "${bad#*|}" >"$T/f"
	ok "${bad%%|*}" says 65 "${bad%%|*}" campaign import "$T/f"
done
python3 -c 'print(",".join(["phone"] * 600))' >"$T/f"
ok 'a header of too many columns' says 65 'its first line is no header: more than 512 columns' campaign import "$T/f"
ok 'a folder' says 65 'it is a folder' campaign import "$T"
ok 'a file that is not there' says 65 'No such file' campaign import "$T/none"
mkfifo "$T/pipe"
fresh
timeout 20 sh -c '{ printf "phone\n06123" && sleep 0.1 && printf "45601\n"; } >"$1"' sh "$T/pipe" &
ok 'a pipe' is '[1,1,0,0,0,0]' 'summary "$T/pipe"'
wait $!
ok 'nothing of all the bad ones is left' is 1 'q "SELECT count(*) FROM import"'

# ---- whatever happens
python3 -c 'for n in range(20000): print(f"06{10000000 + n * 37},name {n}") if n else print("phone,first_name")' >"$T/f"
fresh
for ms in 05 10 15 20 30 40; do
	timeout -s KILL "0.$ms" campaign import "$T/f" >"$T/out" 2>&1 || :
	wait_for 10 nobody_else || { echo 'Bail out! the database still works for who was killed' && exit 1; }
	got=$(people)
	check "killed after 0.$ms s: all or nothing" '[ "$got" = 0 ] || [ "$got" = 19999 ]'
done
ok 'then to its end' is 19999 'campaign import "$T/f" >"$T/out" 2>"$T/err"; people'
ok 'and once' is 1 'q "SELECT count(*) FROM import"'
fresh
for i in 1 2 3; do
	summary "$T/f" >"$T/sum.$i" &
	three="${three-} $!"
done
for i in $three; do wait "$i"; done
check_same 'three at once: one of them' 'sort "$T"/sum.?' 'printf "[19999,0,0,0,0,0]\n[19999,0,0,0,0,0]\n[19999,19999,0,0,0,0]\n"'
ok 'progress on a terminal' eval 'q "TRUNCATE import, contact CASCADE" && script -qc "campaign import $T/f" /dev/null </dev/null | grep -q "going into the tables"'

# ---- who was erased
fresh
printf 'phone,first_name,notes\n0612345601,jean,x\n0612345602,ann,y\n06 12 34 56 01,jean again,z\n0612 34,jean 06-12-34-56-01,\n' >"$T/f"
campaign import "$T/f" >"$T/out" 2>"$T/err"
q "INSERT INTO call_queue (campaign_id, contact_id, phone) SELECT 'camp_1', contact_id, phone FROM contact;
	INSERT INTO dnc (phone) VALUES ('+33612345601')"
ok 'erase: a dry run counts' says 0 'would erase: 0 calls, 0 files, 4 rows' calllog erase --dry-run 0612345601
ok 'erase' says 0 'erased: ' calllog erase 0612345601
traces() { pg_dump -a --exclude-table-data=audit | grep -ciE 'jean|612345601|06 12 34 56 01|12-34-56-01' || :; }
ok 'nothing is left of him' is 0 traces
ok 'nobody else is gone' is '+33612345602 Ann' 'q "SELECT phone || '\'' '\'' || first_name FROM contact WHERE phone IS NOT NULL"'
ok 'he is not queued' is blocked 'q "SELECT status FROM call_queue WHERE phone IS NULL"'
ok 'his wish stays' is t 'q "SELECT opt_out FROM erasure"'
echo >>"$T/f"
ok 'he is not imported again' is '[4,0,0,0,1,3]' 'summary "$T/f"'
check 'which is said, without him' 'grep -q "the person of this number was erased" "$T/err"'
ok 'nothing of him came with it' is 0 "q \"SELECT count(*) FROM import_error WHERE reason LIKE '%erased%' AND raw IS NOT NULL\""
mv "$CALLPIPE_SPOOL/phones.key" "$T/key"
ok 'without the key nothing is imported' says 78 'the key' campaign import --clean "$T/f"
ok 'the key may be elsewhere' is '[4,0,0,0,1,3]' 'summary --clean --phone-key-file "$T/key" "$T/f"'

# ---- an import that had looked before he was erased
phone=+33612345777
psql -XAtq >"$T/out" <<END &
	BEGIN;
	SELECT pg_advisory_xact_lock_shared(41218790331);
	INSERT INTO contact (phone, first_name) VALUES ('$phone', 'late');
	\\! : >"$T/in"; until [ -f "$T/go" ]; do sleep 0.02; done
	COMMIT;
END
importer=$!
wait_for 20 test -f "$T/in"
calllog erase --phone-key-file "$T/key" "$phone" >"$T/out" 2>"$T/err" &
eraser=$!
wait_for 20 eval '[ "$(q "SELECT count(*) FROM pg_locks WHERE NOT granted")" = 1 ]'
: >"$T/go"
both_end() { wait "$importer" && wait "$eraser"; }
ok 'is waited for' both_end
ok 'and he is gone' is 0 "q \"SELECT count(*) FROM contact WHERE phone = '$phone' OR first_name = 'late'\""
q "INSERT INTO contact (phone) VALUES ('$phone'); INSERT INTO call (call_id, phone_number, direction, state) VALUES ('now', '$phone', 'outbound', 'dialing')"
ok 'who is being called is not erased now' says 75 'the number is being called' calllog erase --phone-key-file "$T/key" "$phone"
q "UPDATE call SET state = 'ended', ended_at = now() WHERE call_id = 'now'"
ok 'but then' says 0 'erased: ' calllog erase --phone-key-file "$T/key" "$phone"
q "INSERT INTO node (node_id, heartbeat_at) VALUES ('n', now())"
ok 'nor called' says 69 'the person was erased' campaign call --phone-key-file "$T/key" --no-wait --consent=consent "$phone"

# ---- somebody else brings a number in at the same moment
rm -f "$T/in" "$T/go"
psql -XAtq >"$T/out" <<END &
	BEGIN;
	INSERT INTO contact (phone, first_name) VALUES ('+33612345888', 'first');
	\\! : >"$T/in"; until [ -f "$T/go" ]; do sleep 0.02; done
	COMMIT;
END
wait_for 20 test -f "$T/in"
printf 'phone,first_name\n0612345887,a\n0612345888,b\n0612345889,c\n' >"$T/f"
summary --phone-key-file "$T/key" "$T/f" >"$T/sum" &
importer=$!
wait_for 20 eval '[ "$(q "SELECT count(*) FROM pg_locks WHERE NOT granted")" = 1 ]'
: >"$T/go"
wait "$importer"
ok 'an import and another one: he is known, the others are new' is '[3,2,0,0,1,0]' 'cat "$T/sum"'
ok 'and he is who he was' is First 'q "SELECT initcap(first_name) FROM contact WHERE phone = '"'+33612345888'"'"'
plan
