#!/bin/sh
# calllog erase, retain: a person, and what has come of age, out of files and tables, whatever is killed.
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

q() { psql -XAtqc "$1"; }
number() { [ "$(eval "$2")" = "$1" ] || { eval "$2" && return 1; }; }
says() { # CODE TEXT COMMAND [ARG...]
	code=$1 say=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" >"$T/out" && grep -qF -e "$say" "$T/err" && return
	cat "$T/out" "$T/err" && return 1
}
everything() {
	for table in call call_interaction call_turn call_action call_event client ticket erasure; do
		q "SELECT to_jsonb(t) - 'loaded_at' - 'erased_at' - 'updated_at' - 'words_removed_at' - 'anonymised_at' FROM $table t ORDER BY 1"
	done
}
fresh() { # a spool of 60 calls, loaded; each number has called or been called thrice
	q 'SET client_min_messages TO warning; TRUNCATE call, client, ticket, erasure, audit RESTART IDENTITY CASCADE'
	rm -rf "$CALLPIPE_SPOOL/calls" "$CALLPIPE_SPOOL/sessions"
	python3 tests/fake/calldirs.py "$CALLPIPE_SPOOL" 60
	find "$CALLPIPE_SPOOL" -name call.json -exec sed -i "s/\(+336[0-9]*\)[0-9][0-9]\"/\10$1\"/" {} +
	find "$CALLPIPE_SPOOL" -name events.jsonl -exec sed -i "s/\(+336[0-9]*\)[0-9][0-9]\"/\10$1\"/" {} +
	for dir in "$CALLPIPE_SPOOL"/calls/*/*/*/*; do
		for file in caller.s16 bot.s16 recording.mp3 transcript.json report.html session.json; do echo "$file" >"$dir/$file"; done
	done
	mkdir "$CALLPIPE_SPOOL/sessions" && : >"$CALLPIPE_SPOOL/sessions/abc.00000000-0000-4000-8000-000000000003"
	find "$CALLPIPE_SPOOL" -exec touch -d @1700000000 {} +
	calllog load "$CALLPIPE_SPOOL" 2>"$T/err"
	q "INSERT INTO client (phone, first_name, customer_number) VALUES ('06 10 00 00 0$1', 'Jean', 'KD-4711-0815'), ('0600', 'Ann', '1');
		INSERT INTO ticket (client_id, subject) VALUES (1, 'Jean has no line'), (2, 'internet')"
}
export CALLPIPE_SPOOL="$T/spool" CALLPIPE_COUNTRY=33
mkdir "$CALLPIPE_SPOOL" && calllog init >"$T/out"

# ---- wrong use
ok 'no other command takes --dry-run' says 64 'cannot use --dry-run: it means nothing to list' calllog list --dry-run
ok 'an option with a value that means nothing' says 64 "cannot use --campaign 'camp_1': it means nothing to erase" calllog erase --campaign camp_1 0610000007
ok 'a number that means nothing' says 64 "cannot use --limit '3': it means nothing to stats" calllog stats -n 3
ok 'ages of the environment are for retain, and no mistake elsewhere' env CALLPIPE_RETAIN_RAW=7d calllog list
ok 'a country that is none' says 64 "cannot use --country 'Mars': no such country" calllog erase --country=Mars 0610000007

# ---- erase: all 60 calls are of one number but those that another one is put into
fresh 7
other=$(find "$CALLPIPE_SPOOL" -name '*000000000005')
sed -i 's/+336[0-9]*/+33799999999/' "$other/call.json" "$other/events.jsonl" && touch -d @1700000001 "$other"/*
calllog load "$other" 2>"$T/err"
rm "$CALLPIPE_SPOOL"/calls/*/*/*/*000000000009/call.json # its journal still tells
mv "$CALLPIPE_SPOOL"/calls/*/*/*/*000000000008 "$T/copy"
cp -r "$T/copy" "$T/00000000-0000-4000-8000-000000000008"
everything >"$T/before"
find "$CALLPIPE_SPOOL" | sort >"$T/files"
ok 'erase: --dry-run says how much' says 0 'would erase: 58 calls' calllog erase --dry-run 06.10.00.00.07
check_same 'and changes no row' 'cat $T/before' everything
check_same 'and no file, but that there is a key' 'cat $T/files' 'find "$CALLPIPE_SPOOL" | grep -v phones.key | sort'
ok 'erase: the key is secret' number 600 'stat -c %a "$CALLPIPE_SPOOL/phones.key"'
ok 'erase: no number' says 64 'no telephone number' calllog erase anonymous
rm "$T/copy/call.json" # of a copy, which nothing else names
for ms in 20 40 60 80 100; do timeout -s KILL "0.0$ms" calllog erase 0610000007 2>"$T/out"; done
ok 'erase: killed at five moments, then to its end' says 0 'erased: ' calllog erase '+33 6 10 00 00 07'
ok 'no directory of theirs is left' number "$other" 'find "$CALLPIPE_SPOOL/calls" -mindepth 4 -maxdepth 4 ! -empty'
ok 'nor the place of a dialogue' number 0 'ls "$CALLPIPE_SPOOL/sessions" | wc -l'
ok 'no number is in the tables' number 0 'pg_dump -a | grep -c -e 610000007 -e "06 10 00 00 07" -e Jean -e KD-4711-0815'
ok 'no words' number 0 "q \"SELECT count(*) FROM call_turn WHERE call_id NOT LIKE '%05' AND (text <> '' OR heard_text <> '')\""
ok 'no other person is gone' number '1|Ann|internet' \
	"q \"SELECT (SELECT count(*) FROM call WHERE phone_number = '+33799999999'), first_name, subject FROM client JOIN ticket USING (client_id) WHERE erased_at IS NULL\""
ok 'the figures stay' number '60|48' "q \"SELECT count(*), count(*) FILTER (WHERE status = 'completed') FROM call\""
ok 'the rows of it are known by one keyed hash' number '1|32' 'q "SELECT count(DISTINCT phone_hash), max(length(phone_hash)) FROM call WHERE erased_at IS NOT NULL"'
ok 'which is remembered' number 1 'q "SELECT count(*) FROM erasure JOIN (SELECT DISTINCT phone_hash FROM call) c USING (phone_hash)"'
ok 'the hash is that of the key' number "$(python3 -c 'import hashlib, hmac, sys
key = hashlib.sha256(open(sys.argv[1], "rb").read()).digest()
print(hmac.new(key, b"33610000007", "sha256").hexdigest())' "$CALLPIPE_SPOOL/phones.key")" "q \"SELECT encode(phone_hash, 'hex') FROM erasure\""
everything >"$T/after"
calllog load "$T/00000000-0000-4000-8000-000000000008" 2>"$T/err"
check_same 'a copy of a call is not loaded again' 'cat $T/after' everything
cp -r "$T/00000000-0000-4000-8000-000000000008" "$T/other-id" && find "$T/other-id" -exec touch -d @1700000000 {} +
calllog load "$T/other-id" 2>"$T/err"
check_same 'nor under another id' 'cat $T/after' everything
ok 'nor where the key is not' says 78 'people were erased' env CALLPIPE_SPOOL="$T/none" calllog load "$T/other-id"
check_same 'nor is any other there' 'cat $T/after' everything
ok 'erase: again' says 0 'erased: 0 calls, 0 files' calllog erase 0610000007
check_same 'changes nothing' 'cat $T/after' everything
# of those that were killed some may have ended before
ok 'every run has its row' number 'erase|f|2
erase|t|1' "q \"SELECT action, dry_run, CASE WHEN NOT dry_run AND count(*) BETWEEN 2 AND 7 THEN 2 ELSE count(*) END FROM audit WHERE finished_at IS NOT NULL GROUP BY 1, 2 ORDER BY 2\""

# ---- the other number of a call, as the row has it, too
fresh 7
line=0800
theirs=$(q "SELECT count(*) FROM call WHERE caller_id = '$line'")
ids=$(q "SELECT string_agg(quote_literal(call_id), ',') FROM call WHERE caller_id = '$line'")
ok 'erase: by the other number' says 0 "would erase: $theirs " calllog erase --dry-run "$line"
ok 'the rows are counted' grep -q " $theirs rows" "$T/err"
ok 'and erased' says 0 "erased: $theirs " calllog erase "$line"
ok 'with all that was said' number "$theirs|0" "q \"SELECT count(DISTINCT c.call_id), count(*) FILTER (WHERE t.text <> '' OR t.heard_text <> '' OR concat(c.phone_number, c.caller_id) <> '')
	FROM call c LEFT JOIN call_turn t USING (call_id) WHERE call_id IN ($ids)\""
ok 'and no other' number $((60 - theirs)) 'q "SELECT count(*) FROM call WHERE erased_at IS NULL"'

q "INSERT INTO call (call_id, status, phone_number, caller_id) SELECT 'many' || i, 'completed', '4479000' || i, '08005' FROM generate_series(100, 130) i" >/dev/null
ok 'erase: a line of ours is refused' says 69 'has talked to 31 numbers' calllog erase 08005
ok 'and nothing is gone' number 31 "q \"SELECT count(*) FROM call WHERE call_id LIKE 'many%' AND erased_at IS NULL\""
ok 'but by force' says 0 'would erase: ' calllog erase --dry-run --force 08005
ok 'and one of those who called it is a person' says 0 'erased: ' calllog erase 4479000100
q "DELETE FROM call WHERE call_id LIKE 'many%'" >/dev/null

# ---- what is not where calls are kept, or has lost call.json before it was loaded
fresh 7
aside=$CALLPIPE_SPOOL/aside/00000000-0000-4000-8000-000000000003
lost=$(find "$CALLPIPE_SPOOL/calls" -name '*000000000004')
mkdir "${aside%/*}" && mv "$CALLPIPE_SPOOL"/calls/*/*/*/*000000000003 "$aside"
rm "$lost/call.json"
q 'SET client_min_messages TO warning; TRUNCATE call CASCADE'
calllog load "$aside" "$lost" 2>"$T/err"
ok 'a call without call.json is known by its journal' number '+33610000007|t' \
	"q \"SELECT phone_number, started_at::date = '2026-11-20' FROM call WHERE call_id LIKE '%4'\""
ok 'erase: wherever it is' says 0 'erased: ' calllog erase 0610000007
ok 'no file is left' number 0 'find "$CALLPIPE_SPOOL/calls" "${aside%/*}" -mindepth 4 | wc -l'
check 'nor a directory aside' '[ ! -e $aside ]'
ok 'nor words' number 0 "q \"SELECT count(*) FROM call_turn WHERE text <> ''\""

# ---- a call in progress, and one that cannot be removed
fresh 7
busy=$(find "$CALLPIPE_SPOOL" -name '*000000000020') # cut off: nothing says that it is over
touch "$busy/events.jsonl"
ok 'erase: a call in progress: 75' says 75 'in progress' calllog erase 0610000007
check 'which is as it was, and its row' '[ -f $busy/caller.s16 ] && [ "$(q "SELECT count(*) FROM call WHERE phone_number IS NOT NULL")" = 60 ]'
touch -d @1700000000 "$busy/events.jsonl"
mkdir "$busy/sub"
ok 'erase: what cannot be removed: 74' says 74 "cannot remove '$busy/sub'" calllog erase 0610000007
rmdir "$busy/sub"
ok 'and again, when it can' says 0 'erased: 1 calls' calllog erase 0610000007
ok 'then the rows are done' number 0 'q "SELECT count(*) FROM call WHERE phone_number IS NOT NULL"'
q 'REVOKE ALL ON erasure FROM callpipe; CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader'
fresh 7
ok 'erase: without rights nothing is removed: 78' says 78 'permission denied' env PGUSER=reader calllog erase 0610000007
ok 'not a file' number 60 'find "$CALLPIPE_SPOOL" -name caller.s16 | wc -l'

# ---- retain: the ages of the calls are counted from 2026-11-20 on
fresh 7
age() { echo $((($(date +%s) - $(date -d "$1" +%s)) / 60))m; }
# A class is kept from noon of the first day, when 35 calls had been.
noon=$(age 2026-11-20T12:00Z)
keep='--raw never --recordings never --transcripts never --words never --numbers never'
everything >"$T/before"
find "$CALLPIPE_SPOOL" -type f | sort >"$T/files"
retain() { # shellcheck disable=SC2086 # options
	calllog retain $keep "$@" 2>"$T/err" || { cat "$T/err" && return 1; }
}
files() { find "$CALLPIPE_SPOOL" -name "$1" | wc -l; }
ok 'retain: --dry-run says what' retain --dry-run --raw "$noon" --words "$noon"
check 'per class' 'grep -q "raw older than .*: 35 calls, 70 files, [0-9]* bytes, 0 rows, would be removed" $T/err'
check_same 'and changes no row' 'cat $T/before' everything
check_same 'and no file' 'cat $T/files' 'find "$CALLPIPE_SPOOL" -type f | sort'
first=$(ls -d "$CALLPIPE_SPOOL"/calls/2026/11/20/*000000000001)
mv "$first/recording.mp3" "$T/mp3"
ok 'retain: raw sound without a recording' retain --raw "$noon" --recordings 9999d
ok 'stays' number '26 26' 'echo $(files caller.s16) $(files bot.s16)'
check 'which is said' 'grep -q "1 calls keep their raw sound" $T/err'
mv "$T/mp3" "$first/recording.mp3"
ok 'retain: raw' retain --raw "$noon"
ok 'its files' number '25 25 60' 'echo $(files caller.s16) $(files bot.s16) $(files recording.mp3)'
check_same 'no row' 'cat $T/before' everything
mkdir -p "$CALLPIPE_SPOOL/calls/2026/11/19/emptied" "$CALLPIPE_SPOOL/calls/2026/11/19/begins" # by one that was killed; by a call
touch -d '2 minutes ago' "$CALLPIPE_SPOOL/calls/2026/11/19/emptied"
ok 'retain: recordings' retain --recordings "$noon"
ok 'a folder that was left empty goes, one that is new stays' number begins 'ls "$CALLPIPE_SPOOL/calls/2026/11/19"'
rm -r "$CALLPIPE_SPOOL/calls/2026/11/19/begins"
ok 'their files and paths' number '25 25 25' 'echo $(files recording.mp3) $(files report.html) $(q "SELECT count(mp3_path) FROM call")'
ok 'retain: transcripts' retain --transcripts "$noon"
ok 'their files and paths' number '25 25 60' 'echo $(files transcript.json) $(q "SELECT count(transcript_path) FROM call") $(files events.jsonl)'
# shellcheck disable=SC2086 # options
for ms in 20 40 60 80; do timeout -s KILL "0.0$ms" calllog retain $keep --words "$noon" 2>"$T/out"; done
ok 'retain: words, after it was killed four times' retain --words "$noon"
ok 'journals and texts' number '25 25 35' 'echo $(files events.jsonl) $(files session.json) $(q "SELECT count(words_removed_at) FROM call")'
ok 'all texts of them, and no other' number '0|t' "q \"SELECT count(*) FILTER (WHERE words_removed_at IS NOT NULL AND text <> ''),
	bool_and(text <> '') FILTER (WHERE words_removed_at IS NULL) FROM call_turn JOIN call USING (call_id)\""
ok 'numbers are kept so far' number 60 'q "SELECT count(phone_number) FROM call"'
everything >"$T/before"
calllog load "$CALLPIPE_SPOOL" 2>"$T/err"
check_same 'what was removed is not loaded again' 'cat $T/before' everything
ok 'retain: numbers' retain --numbers "$noon"
ok 'and the directories' number '25 25 35 1' 'echo $(ls -d "$CALLPIPE_SPOOL"/calls/*/*/*/* | wc -l) $(q "SELECT count(phone_number), count(phone_hash), count(DISTINCT phone_hash) FROM call" | tr "|" " ")'
ok 'the figures stay' number 60 'calllog stats | jq .total'
ok 'each class has its row, finished' number 'retain|numbers|1
retain|raw|3
retain|recordings|2
retain|transcripts|1' "q \"SELECT action, class, count(*) FROM audit WHERE finished_at IS NOT NULL AND class <> 'words' GROUP BY 1, 2 ORDER BY 2\""
ok 'retain: no age' says 64 "cannot use --raw 'soon'" calllog retain --raw soon
ok 'retain: its defaults remove nothing of today' number '25 25' 'calllog retain 2>$T/err; echo $(files caller.s16) $(files events.jsonl)'
q "INSERT INTO call (call_id, queue_id, phone_number, direction, state, started_at, ended_at)
	SELECT 'of ' || days, days, '+3361111111' || days, 'outbound', 'ended', t, CASE WHEN days < 5 THEN t END
	FROM (VALUES (3, now() - interval '3 days'), (4, now() - interval '40 days'), (5, now() - interval '40 days')) v (days, t)"
q "UPDATE country_rule SET attempt_days = 45 WHERE country = 'GB'"
ok 'retain: calls of a campaign' retain --numbers 1h
ok 'keep the number as long as any country counts' number 3 'q "SELECT count(phone_number) FROM call WHERE queue_id IS NOT NULL"'
q "UPDATE country_rule SET attempt_days = 30 WHERE country = 'GB'"
ok 'retain: when none does' retain --numbers 1h
ok 'keep the number while it is counted, or they last' number 'of 3|t
of 4|f
of 5|t' "q \"SELECT call_id, phone_number IS NOT NULL FROM call WHERE queue_id IS NOT NULL ORDER BY 1\""
plan
