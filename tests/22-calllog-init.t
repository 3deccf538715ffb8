#!/bin/sh
# calllog init: the tables, made once whoever makes them, and databases that cannot be used.
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

q() { psql -XAtqc "$1"; }
# says CODE TEXT COMMAND [ARG...]: exits so, with one line that has the text, and no other.
says() {
	code=$1 say=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" >"$T/out" || { cat "$T/out" "$T/err" && return 1; }
	if [ "$(wc -l <"$T/err")" != 1 ] || ! grep -qF -e "$say" "$T/err"; then cat "$T/err" && return 1; fi
}
eight_at_once() {
	for i in 1 2 3 4 5 6 7 8; do
		calllog init >"$T/init.$i" 2>&1 &
		eights="${eights-} $!"
	done
	for i in $eights; do wait "$i" || failed=1; done
	[ -z "${failed-}" ] || ! cat "$T"/init.*
}

ok 'eight at once' eight_at_once
check 'one of them makes the tables' '[ "$(grep -lx "tables of version [0-9]*" $T/init.* | wc -l)" = 1 ]'
check 'each step was taken once' '[ "$(q "SELECT count(*) = max(version) FROM schema_version")" = t ]'
q "INSERT INTO client (phone) VALUES ('33612345678')"
ok 'again: nothing to do' calllog init
check 'and nothing is lost' '[ "$(q "SELECT count(*) FROM client")" = 1 ]'

q "INSERT INTO schema_version (version, name) VALUES (999, 'of the future')"
ok 'a later version is refused' says 78 'too old' calllog init
q 'DELETE FROM schema_version WHERE version = 999'

q 'CREATE ROLE poor LOGIN'
ok 'a user without rights' says 78 'permission denied' env PGUSER=poor calllog init
ok 'a user who is not known' says 78 'role "stranger" does not exist' env PGUSER=stranger calllog init
ok 'a database that is not there' says 78 'database "nowhere" does not exist' env PGDATABASE=nowhere calllog init
ok 'nobody answers' says 75 'failed' env PGHOST="$T" calllog init
ok 'no command' says 64 'command' calllog
ok 'one that is not known' says 64 "unknown command 'inti'" calllog inti
ok 'operands that mean nothing' says 64 "'x'" calllog init x

# Ended in the middle: the other holds the lock that an update waits for.
q 'CREATE DATABASE half'
interrupted() {
	export PGDATABASE=half
	psql -XAtq >"$T/held" <<-'END' &
		SELECT pg_advisory_lock(41218790331);
		SELECT pg_sleep(600);
	END
	holder=$!
	wait_for 10 grep -q . "$T/held"
	calllog init >"$T/out" 2>"$T/err" &
	wait_for 10 eval '[ "$(q "SELECT count(*) FROM pg_locks WHERE NOT granted")" = 1 ]'
	scripts/with-postgres --stop immediate
	got=0 && wait $! || got=$?
	wait "$holder"
	[ "$got" = 75 ] && [ "$(wc -l <"$T/err")" = 1 ]
}
ok 'gone in the middle of it: 75, and one line' interrupted
scripts/with-postgres --start
check 'nothing half is left' '[ "$(PGDATABASE=half q "SELECT count(*) FROM pg_tables WHERE schemaname = '\''public'\''")" = 0 ]'
ok 'and it can be made' env PGDATABASE=half calllog init
plan
