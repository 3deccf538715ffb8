#!/bin/sh
# agent --check: scenarios without a mistake, and one scenario for every mistake there is.
. tests/lib.sh

good() { agent --check "$1" >"$T/out" 2>"$T/err" && [ ! -s "$T/err" ] && grep -q "^$1: " "$T/out"; }
for file in tests/data/scenario/*.json; do
	case $file in
	*/tools*) ;;
	*) ok "$file has no mistake" good "$file" ;;
	esac
done
ok 'no file is misuse' must_fail 64 agent --check
ok 'a file that is not there is bad input' must_fail 65 agent --check "$T/nowhere.json"
check 'and is named' '[ "$(agent --check "$T/nowhere.json" 2>&1)" = "agent: $T/nowhere.json: cannot be read: No such file or directory" ]'
plan
