#!/bin/sh
# alone: leases of a second are kept or lost by whoever has the processor
# Dispatchers are killed and stopped, PostgreSQL and Asterisk restarted: nobody is called twice, no cap or window is broken,
# nothing is left open. And a database without the compare-and-set is found out. The long version: scripts/bench chaos.
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

chaos() { # NAME [OPTION...]
	name=$1 && shift
	createdb -T template0 "$name"
	PGDATABASE=$name timeout -k 5 $((90 * SLACK)) tests/chaos/chaos.py "$@" >"$T/$name" 2>"$T/$name.err" ||
		{ cat "$T/$name.err" && return 1; }
}
# is NAME PYTHON: true of the result r
is() {
	python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$T/$1" "$2" ||
		{ cat "$T/$1" "$T/$1.err" && return 1; }
}

ok 'the judge finds what is wrong' tests/chaos/judge.py
ok 'three dispatchers in unrest' chaos sound --contacts 110 --kills 16 --pauses 6 --troubles 5 --every 0.2
ok 'it was one' is sound 'r["kills"] == 16 and r["pauses"] > 2 and r["postgres_restarts"] == 1 and r["ari_cuts"] == 3 and r["asterisk_restarts"] == 1'
ok 'three in ten of the killed had calls between claim and finish' is sound '10 * r["kills_midway"] >= 3 * r["kills"]'
ok 'nobody was called twice' is sound 'r["called_twice"] == 0 and r["over_attempts"] == 0'
ok 'nearly everybody was called' is sound 'r["numbers"] >= 0.95 * r["contacts"]'
ok 'no cap was broken' is sound 'r["over_cap"] == 0'
ok 'nobody was called out of hours' is sound 'r["outside_window"] == 0'
ok 'nothing is left open, or closed without a reason' is sound 'r["stuck"] == 0'
ok 'no attempt was made that is not counted' is sound 'r["dialled_in_database"] >= r["invites"]'
ok 'no dispatcher ended by itself, and each when it was told to' is sound 'r["died"] == 0 and r["would_not_end"] == 0'

ok 'the same without the compare-and-set' chaos broken --broken --contacts 100 --kills 0 --pauses 40 --postgres 0 --cuts 0 --restarts 0 \
	--troubles 0 --every 0.15 --limit $((5 * SLACK))
ok 'is found out' is broken 'r["called_twice"] > 0'
plan
