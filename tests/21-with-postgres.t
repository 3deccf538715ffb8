#!/bin/sh
# scripts/with-postgres: a cluster, and nothing left of it however it ends.
. tests/lib.sh

# shellcheck disable=SC2016 # $0 is the folder, in the inner shell
note='echo "$PGHOST" "$(head -n1 "$PGDATA/postmaster.pid")" $$ >"$0/.note" && mv "$0/.note" "$0/note"'
gone() {
	read -r host server command <"$T/note"
	[ ! -e "$host" ] && ! kill -0 "$server" 2>/dev/null
}

plan 8
PGDATABASE=other must_fail 3 scripts/with-postgres --no-fsync sh -c "$note
	cat >\"\$0/in\"; psql -Atc 'SELECT current_database()' >\"\$0/out\"; exit 3" "$T" <tests/lib.sh >"$T/err" 2>&1
ok 'the exit status is that of the command' test $? = 0
ok 'it reads what we read' cmp "$T/in" tests/lib.sh
check_same 'the database is its own, whatever was named before' 'cat $T/out' 'echo callpipe'
check 'and nobody says a word' '[ ! -s $T/err ]'
ok 'nothing is left' wait_for 20 gone
rm "$T/note"

start scripts/with-postgres --no-fsync sh -c "$note; exec sleep 600" "$T"
wait_for 100 test -s "$T/note"
read -r host server command <"$T/note"
kill -9 $!
ok 'nor if it is killed' wait_for 20 gone
kill "$command"
rm "$T/note"

start scripts/with-postgres --no-fsync sh -c "$note; exec sleep 600" "$T"
wait_for 100 test -s "$T/note"
read -r host server command <"$T/note"
kill $!
got=0 && wait $! || got=$?
ok 'nor if it is told to end' wait_for 20 gone
check 'which ends the command, too' '[ "$got" = 143 ] && ! kill -0 "$command" 2>/dev/null'
