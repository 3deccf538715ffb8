#!/bin/sh
# calllog load: exactly one row for each call, whatever is killed, restarted or run beside it.
# shellcheck disable=SC2034 # names in text that is evaluated
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

q() { psql -XAtqc "$1"; }
says() { # CODE TEXT COMMAND [ARG...]
	code=$1 say=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" >"$T/out" && grep -qF -e "$say" "$T/err" && return
	cat "$T/out" "$T/err" && return 1
}
# All that is in the tables, but when it was loaded and what a row was numbered.
everything() {
	for table in call call_interaction call_turn call_action call_event; do
		q "SELECT to_jsonb(t) - 'loaded_at' - 'interaction_id' FROM $table t ORDER BY 1"
	done
}
empty() { q 'SET client_min_messages TO warning; TRUNCATE call CASCADE'; }
load() { calllog load "$@" 2>"$T/err" || { cat "$T/err" && return 1; }; }
counted() { grep -qF "calllog: $1" "$T/err" || { cat "$T/err" && return 1; }; }

calls=300 spool=$T/spool
python3 tests/fake/calldirs.py "$spool" $calls
ok 'without tables: 78, and what to do' says 78 "run 'calllog init'" calllog load "$spool"
calllog init >"$T/out"

ok 'a spool is loaded' load "$spool"
ok 'and counted' counted '300 calls: 300 done, 0 skipped, 0 failed'
everything >"$T/want"
ok 'a row for each' test "$(q 'SELECT count(*) FROM call')" = $calls
ok 'lines that are broken are set aside, and the call is there' test \
	"$(q "SELECT count(*) FROM call_event WHERE type = 'bad-line' AND data ->> 'text' LIKE '{\"seq\":%'")" = 60
check 'and said, with file and line' 'grep -q "events.jsonl. line 8 is set aside: " $T/err'
ok 'crashed and empty ones are failed calls' test \
	"$(q "SELECT count(*) FROM call WHERE status = 'failed' AND crashed")" = 60
ok 'questions have what was said, its sentiment, and when they were asked' test "$(q "SELECT count(*) FROM call_interaction
	WHERE question_played = 'q1' AND transcription <> '' AND sentiment <> '' AND confidence > .5
	AND response_duration = 1 AND played_at IS NOT NULL")" = "$(q "SELECT count(*) FROM call WHERE turns > 1")"
ok 'whom and by whom: outbound, if a campaign called' test "$(q "SELECT count(*) FROM call
	WHERE direction = 'outbound' AND campaign_id LIKE 'camp_%' AND caller_id = '0162000000' AND phone_number LIKE '+33%'
	OR direction = 'inbound' AND campaign_id IS NULL AND caller_id = '0800'")" = 300
ok 'again: nothing to do' load "$spool"
ok 'which is counted, too' counted '300 calls: 0 done, 300 skipped, 0 failed'
check_same 'and nothing has changed' 'cat $T/want' everything

empty
backwards() { find "$spool/calls" -mindepth 4 | grep -v -e json -e verdict | sort -r >"$T/list" && cat "$T/list" "$T/list" | load -; }
ok 'from a list, backwards, each twice' backwards
check_same 'the same' 'cat $T/want' everything

# ---- what is killed
empty
kills=0
for ms in 40 60 80 100 120 150 180 220 260 300; do
	timeout -s KILL "0.$(printf %03d $ms)" calllog load "$spool" 2>"$T/out" || kills=$((kills + 1))
done
ok 'killed at ten moments' test "$kills" -ge 3
check 'calls are there whole or not at all' '[ "$(q "SELECT count(*) FROM call c WHERE journal_bytes > 0
	AND NOT EXISTS (SELECT FROM call_turn t WHERE t.call_id = c.call_id)")" = 0 ]'
ok 'then to its end' load "$spool"
check_same 'the same' 'cat $T/want' everything

# ---- two at once
empty
two() {
	calllog load "$spool" 2>"$T/one" &
	find "$spool/calls" -mindepth 4 -type d | sort -r | load -
	both=$?
	if ! wait $! || [ "$both" != 0 ]; then cat "$T/one" && return 1; fi
	loaded=$(cat "$T/one" "$T/err" | awk '$3 == "calls:" { n += $4 } END { print n }')
	[ "$loaded" = $calls ] || { echo "done: $loaded" && return 1; }
}
ok 'two at once, from both ends: each call is done by one of them' two
check_same 'the same' 'cat $T/want' everything

# ---- a database that goes away
empty
restarted() {
	psql -XAtq >"$T/held" <<-'END' &
		BEGIN; LOCK TABLE call IN EXCLUSIVE MODE; SELECT 1; SELECT pg_sleep(600);
	END
	wait_for 10 grep -q . "$T/held"
	calllog load "$spool" 2>"$T/err" &
	loading=$!
	wait_for 20 eval '[ "$(q "SELECT count(*) FROM pg_locks WHERE NOT granted")" = 1 ]'
	scripts/with-postgres --stop immediate
	wait_for 20 grep -q 'is gone, and waited for' "$T/err"
	scripts/with-postgres --start
	wait "$loading" || { cat "$T/err" && return 1; }
}
ok 'gone in a transaction, and back: waited for, and done' restarted
ok 'none is lost' counted '300 calls: 300 done, 0 skipped, 0 failed'
check_same 'the same' 'cat $T/want' everything
empty
scripts/with-postgres --stop
ok 'gone and not waited for: 75' says 75 'cannot load calls' calllog load --wait=0 "$spool"
ok 'each is counted' counted '300 calls: 0 done, 0 skipped, 300 failed'
scripts/with-postgres --start

# ---- what is not let in
q 'CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader'
ok 'who may only read: 78' says 78 'permission denied' env PGUSER=reader calllog load "$spool"
q "INSERT INTO schema_version (version, name) VALUES (999, 'of the future')"
ok 'tables of a later version: 78' says 78 'too old' calllog load "$spool"
q 'DELETE FROM schema_version WHERE version = 999'

# ---- calls that are not over, not whole, not right
a=$(find "$spool" -name '*000000000006') b=$T/b/00000000-0000-4000-8000-000000000006
mkdir -p "$b" && cp "$a"/* "$b"
head -n 20 "$a/events.jsonl" >"$b/events.jsonl" && rm "$b/verdict"
ok 'a call in progress is skipped' load "$b"
ok 'and counted so' counted '1 call: 0 done, 1 skipped, 0 failed'
old() { find "$1" -exec touch -d @1700000000 {} +; }
old "$b"
ok 'one that seems to have crashed is loaded' load "$b"
turns=$(q 'SELECT turns FROM call')
ok 'and completed later' load "$a"
check 'with all that is new' '[ "$(q "SELECT turns > $turns AND status = '\''completed'\'' FROM call")" = t ]'
everything >"$T/whole"
ok 'what knows less does not replace it' load "$b"
check_same 'it is as it was' 'cat $T/whole' everything
: >"$a/recording.mp3" && ok 'a recording that was made later' load "$a"
check 'is known' '[ "$(q "SELECT mp3_path FROM call")" = "$a/recording.mp3" ]'

odd=$T/odd/odd
mkdir -p "$odd"
cat >"$odd/events.jsonl" <<'END'
{"seq":1,"t":1,"type":"tool-call","data":{"id":"1","name":"a\tb\\n","arguments":{"nul":"\u0000 \\u0000","big":1e99999,"s":"1e99999 \" \\","n":-1.5e3}}}
{"seq":2,"t":1,"type":"transcript","data":{"turn":1,"text":"tab\there\\ line\nfeed \\N '); DROP TABLE call; --","start":99999999999999,"end":1}}
{"seq":3,"t":99999999999999,"type":"result","data":{"interested":"yes","slot":7,"opt_out":true}}
{"seq":4,"t":1,"type":"verdict","data":{"verdict":"hangup"}}
END
old "$odd"
ok 'odd values' load "$odd"
check_same 'text is as it was' 'q "SELECT text FROM call_turn WHERE call_id = '\''odd'\''"' \
	'printf "%s\n" "tab	here\\ line" "feed \\N '\''); DROP TABLE call; --"'
check_same 'JSON as far as the database can' 'q "SELECT type, parameters FROM call_action WHERE call_id = '\''odd'\''"' \
	"printf '%s\n' 'a	b\\n|{\"n\": -1500, \"s\": \"1e99999 \\\" \\\\\", \"big\": \"1e99999\", \"nul\": \"� \\\\u0000\"}'"
ok 'an item that is not there' says 65 "cannot open '$T/none'" calllog load "$T/none" "$odd"
ok 'and the others are done' counted '2 calls: 0 done, 1 skipped, 1 failed'
plan
