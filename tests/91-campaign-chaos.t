#!/bin/sh
# alone: leases of a second are kept or lost by whoever has the processor
# Dispatchers are killed and stopped, PostgreSQL and Asterisk restarted: nobody is called twice, no cap, rate or window is
# broken, nothing is left open. And a database without the compare-and-set is found out. The long version: scripts/bench chaos.
# shellcheck disable=SC2317 # functions are for ok
. tests/lib.sh

# chaos NAME [OPTION...]: in the background, with a PostgreSQL of its own. $! is its process.
chaos() {
	name=$1 && shift
	start scripts/with-postgres --no-fsync timeout -k 5 $((360 + 90 * SLACK)) tests/chaos/chaos.py --limit 300 "$@" \
		>"$T/$name" 2>"$T/$name.err"
}
# ends PROCESS NAME: whatever it has found.
ends() {
	code=0 && wait "$1" || code=$?
	[ "$code" -le 1 ] || { echo "exit $code" && cat "$T/$2.err" && return 1; }
}
# is NAME PYTHON: true of the result r
is() {
	python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$T/$1" "$2" ||
		{ cat "$T/$1" "$T/$1.err" && return 1; }
}

ok 'the judge finds what is wrong' tests/chaos/judge.py
# They wait for most of their time: all at once.
chaos sound --contacts 110 --kills 16 --pauses 6 --troubles 5 --every 0.2
sound=$!
set -- --late 8 --contacts 4000 --cps 24 --caps 90,1,100 --max-calls 50
chaos late "$@"
late=$!
chaos broken "$@" --broken
broken=$!

ok 'three dispatchers in unrest' ends $sound sound
ok 'it was one' is sound 'r["kills"] == 16 and r["pauses"] >= 6 and r["postgres_restarts"] == 1 and r["ari_cuts"] == 3 and r["asterisk_restarts"] == 1'
ok 'three in ten of the killed had calls between claim and finish' is sound 'r["midway_share"] >= 0.3'
ok 'nobody was called twice' is sound 'r["called_twice"] == 0 and r["over_attempts"] == 0'
ok 'nearly everybody was called' is sound 'r["numbers"] >= 0.95 * r["contacts"]'
ok 'no cap was broken, and no rate' is sound 'r["over_cap"] == 0 and r["over_rate"] == 0'
ok 'nobody was called out of hours' is sound 'r["outside_window"] == 0'
ok 'nothing is left open, or closed without a reason' is sound 'r["stuck"] == 0'
ok 'no attempt was made that is not counted' is sound 'r["dialled_in_database"] >= r["invites"]'
ok 'no dispatcher ended by itself, and each when it was told to' is sound 'r["died"] == 0 and r["would_not_end"] == 0'
ok 'nothing else was found' is sound 'r["failed"] == []'

ok 'dispatchers that come too late' ends $late late
ok 'who comes too late calls nobody' is late 'r["overtaken"] >= 8 and r["failed"] == []'
ok 'the same without the compare-and-set' ends $broken broken
ok 'is found out' is broken 'r["overtaken"] >= 8 and r["called_twice"] > 0'
plan
