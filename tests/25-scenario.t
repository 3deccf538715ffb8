#!/bin/sh
# agent --check: scenarios without a mistake, and one scenario for every mistake there is: tests/data/scenario-broken/
# NAME.json, and in NAME.txt beside it what is said of it.
. tests/lib.sh

good() { agent --check "$1" >"$T/out" 2>"$T/err" && [ ! -s "$T/err" ] && grep -q "^$1: ok states=[1-9]" "$T/out"; }
broken() {
	must_fail 65 agent --check "$1.json" >"$T/out" 2>"$T/err" && [ ! -s "$T/out" ] && [ -s "$1.txt" ] &&
		sed 's/^agent: //' "$T/err" | diff -u "$1.txt" -
}

manual() { cat man/callpipe-scenario.5 man/callpipe-tools.5; }
# Keys that the loader knows, and keys that the manual explains.
known() { sed -n '/keys\[\]\|of_type\[\]/,/;/p' lib/scenario/*.c | grep -o '"[A-Za-z_]*"' | tr -d '"' | sort -u; }
explained() {
	{
		manual | sed -n 's/^\.\(It \)\?Ql \([A-Za-z_$]*\)\( .*\)\?$/\2/p'
		manual | sed -n '/^\.\(It \)\?Ql/s/\\(dq\([a-z]*\)\\(dq:/\n@\1\n/gp' | sed -n 's/^@//p'
	} | sort -u
}
filters() { sed -n '/template_filters\[\]/,/;/p' lib/scenario/template.c | grep -o '"[a-z]*"' | tr -d '"' | sort -u; }
headed() { manual | sed -n 's/^\.It Ql \([a-z_]*\) .*Ta .*/\1/p' | sort -u; }
without() { comm -23 "$1" "$2" >"$T/only" && ! grep . "$T/only"; }

known >"$T/known"
explained >"$T/explained"
headed >"$T/headed"
{ known && filters; } | sort -u >"$T/names"
filters >"$T/filters"
ok 'the manual explains every key' without "$T/known" "$T/explained"
ok 'and every filter' without "$T/filters" "$T/explained"
ok 'and has no others in its tables' without "$T/headed" "$T/names"

for file in $(grep -l '"states"' tests/data/scenario/*.json tests/data/dialogues/*.json pipelines/*/*.json); do
	ok "$file has no mistake" good "$file"
done
ok 'the examples of the manual are written' python3 tests/data/manual-examples.py man/callpipe-scenario.5 "$T"
for file in "$T"/example-*.json; do
	ok "example ${file##*-} of callpipe-scenario(5) has no mistake" good "$file"
done
ok 'no file is misuse' must_fail 64 agent --check
ok 'a file that is not there is bad input' must_fail 65 agent --check "$T/nowhere.json"
check 'and is named' '[ "$(agent --check "$T/nowhere.json" 2>&1)" = "agent: $T/nowhere.json: cannot be read: No such file or directory" ]'
ok 'a folder is none' must_fail 65 agent --check "$T"

cd tests/data/scenario-broken || exit 1
for file in *.json; do
	ok "${file%.json}" broken "${file%.json}"
done
check 'every mistake of two files' '[ "$(agent --check name-bad.json ../scenario/support.json goto-unknown.json 2>&1 >"$T/out" | wc -l)" = 2 ]'
check 'and the good one between them' 'grep -q "^../scenario/support.json: ok " "$T/out"'

{ printf '{"name": "big", "comment": "'; head -c 1048576 /dev/zero | tr '\0' 'x'; echo '"}'; } >"$T/big.json"
mkfifo "$T/pipe.sql" && sed 's,tools/tools-sql-binary,pipe,' tools-sql-binary.json >"$T/pipe.json"
check 'a pipe is not waited for' 'must_fail 65 timeout 10 agent --check "$T/pipe.json" 2>"$T/err" && grep -q "pipe.sql.: it is no file" "$T/err"'
check 'a file of more than 1 MiB' '[ "$(agent --check "$T/big.json" 2>&1)" = "agent: $T/big.json: cannot be read: larger than 1 MiB" ]'
{ echo '{"name": "many", "states": {'; seq -f '"s%.0f": {"hangup": true},' 1001; echo '"x": {"hangup": true}}, "start": "s1"}'; } >"$T/many.json"
check 'more than 1000 states' 'agent --check "$T/many.json" 2>&1 | grep -q ": states: more than 1000$"'
{ echo '{"name": "wrong", "states": {'; seq -f '"s%.0f": {"hangup": true, "x": 1},' 999; echo '"x": {"hangup": true}}, "start": "s1"}'; } >"$T/wrong.json"
check 'more than 200 mistakes are cut' 'agent --check "$T/wrong.json" 2>&1 | sed -n 201p | grep -q "and more mistakes"'
check 'and no more follows' '[ "$(agent --check "$T/wrong.json" 2>&1 | wc -l)" = 201 ]'
{ printf '{"name": "deep", "x": '; head -c 5000 /dev/zero | tr '\0' '['; } >"$T/deep.json"
ok 'too deep for JSON' must_fail 65 agent --check "$T/deep.json"
plan
