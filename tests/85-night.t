#!/bin/sh
# A day of calls goes through the night, which is killed at random moments: nothing is lost, and nothing done twice.
# (The same with 1,000 calls and 50 kills: tests/day/make DIR && scripts/with-postgres tests/day/prove DIR.)
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh

tests/day/make --short --calls 14 --at-once 14 "$T/spool" >"$T/made" 2>&1 || { cat "$T/made" && echo 'Bail out! no day of calls' && exit 1; }
cp -r "$T/spool/calls" "$T/again"
find "$T/again" -exec touch -d '5 minutes ago' {} +

scripts/with-postgres --no-fsync tests/day/prove --kills 8 "$T/spool" >"$T/tap" 2>"$T/err" || diag "$T/err"
grep -v '^1\.\.' "$T/tap"
n=$(grep -c '^\(not \)\{0,1\}ok' "$T/tap")

# The same programs hear the same in the recording as they did in the call.
hear() { (cd tests/day && CALLPIPE_NIGHT_STT=$1 CALLPIPE_STT_COMMAND=$2 ../../pipelines/night/hear "$T/again"); }
said() { jq -c 'select(.type == "transcript") | [.data.turn, .data.text]' "$1/events.jsonl" 2>/dev/null; }
same() {
	find "$T/again" -name heard.jsonl >"$T/heard"
	while IFS= read -r heard; do
		dir=${heard%/*}
		if grep -q '"type":"verdict"' "$dir/events.jsonl" && [ -f "$dir/listen.jsonl" ]; then
			said "$dir" >"$T/said"
			jq -c '[.turn, .text]' "$heard" | diff -u "$T/said" - || return 1
			cat "$T/said" >>"$T/compared"
		fi
	done <"$T/heard"
	[ "$(wc -l <"$T/compared")" -ge 12 ]
}
# what a run that was killed left there
first=$(find "$T/again" -name call.json -printf '%h\n' | head -n 1)
mkdir "$first/.heard.1.part.alone" && touch -d '2 days ago' "$first/.heard.1.part.alone"
ok 'the calls are heard once more' hear command ./ear
ok 'and what is heard is what was heard' same
check 'also those that crashed' '[ "$(find "$T/again" -name heard.jsonl | wc -l)" -eq "$(find "$T/again" -name caller.s16 -size +0 | wc -l)" ]'
find "$T/again" -name heard.jsonl -exec touch -d '1 day ago' {} +
ok 'a recogniser that is not there is said' sh -c "! CALLPIPE_NIGHT_STT=command CALLPIPE_STT_COMMAND=./nonesuch pipelines/night/hear '$T/again' 2>'$T/err' && grep -q '^hear: cannot hear' '$T/err'"
check 'and nothing half is left' '[ -z "$(find "$T/again" -name ".heard*")" ]'
plan
