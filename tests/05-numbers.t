#!/bin/sh
# Telephone numbers of all countries against libphonenumber; its table is what the generator makes.
. tests/lib.sh
numbers=$B/scripts/numbers
seed=${NUMBERS_SEED:-1} count=${NUMBERS:-21000}
python3 -c 'import sys; sys.path.insert(0, "/usr/lib/python3/dist-packages"); import phonenumbers' 2>/dev/null ||
	{ echo 'Bail out! python3-phonenumbers is not installed: scripts/setup test' && exit 1; }

judge() { python3 tests/fake/numbers.py judge "$1" "$2"; }
count() { jq -e "$1" "$T/judged" >"$T/.count" || { echo "not so: $1" && cat "$T/judged" && return 1; }; }
# One answer in a hundred is made another: the judge sees every one of them.
spoiled() {
	head -n 3000 "$T/corpus" >"$T/part"
	head -n 3000 "$T/answers" | awk -F '\t' -v OFS='\t' 'NR % 100 == 0 { $1 = $1 == "-" ? "+33612345678" : $1 "0"; n++ } { print } END { print n >"'"$T/n"'" }' >"$T/spoiled"
	judge "$T/part" "$T/spoiled" >"$T/judged.2" && return 1
	tail -n 1 "$T/judged.2" | jq -e ".wrong == $(cat "$T/n")"
}
plan 9
python3 tests/fake/numbers.py corpus "$seed" "$count" >"$T/corpus"
ok "$count numbers are read" "$numbers" <"$T/corpus"
"$numbers" <"$T/corpus" >"$T/answers"
judge "$T/corpus" "$T/answers" >"$T/all"
ok 'each is what libphonenumber says, or meant otherwise, with a reason' eval "[ $? = 0 ] || ! cat '$T/all'"
tail -n 1 "$T/all" >"$T/judged"
diag "$T/judged"
ok 'good ones and bad ones of nearly all countries' count '.good > 9000 and .refused > 7000 and .countries > 220'
ok 'also what is meant otherwise' count '.french > 100 and .abroad > 50 and .zones > 300 and .blanks > 300 and .emergency > 300'
ok 'the judge sees a difference' spoiled
ok 'no number is one that is dialled in an emergency' count '."emergency, though a number" == 0'
check_same 'the same every time' 'cat "$T/answers"' '"$numbers" <"$T/corpus"'

# What hangs on libphonenumber alone. What tzdata and Unicode have become since says nothing of the generator.
metadata() {
	sed -e '1d; 3d' -e 's/\({"[A-Z0-9]*", "[0-9]*"\(, [0-9]*\)\{3\}\), [0-9]*, [0-9]*,/\1,/g' -e '/e164_zones\[\]/,/^};/d' \
		-e '/e164_zeros\[/,/^};/d' -e '/of time zones: /,$d' "$1"
}
made_from() { sed -n '1s/.*from \(.*\)\./\1/p' "$1"; }
scripts/number-tables "$T/made.c" >"$T/made"
check_same 'the plans of the table are what its generator makes' 'metadata "$T/made.c"' 'metadata lib/text/e164-plan.c'
if [ "$(made_from "$T/made.c")" = "$(made_from lib/text/e164-plan.c)" ]; then
	ok 'and so are its time zones and digits' cmp "$T/made.c" lib/text/e164-plan.c
else
	ok "and so are its time zones and digits # SKIP made from $(made_from lib/text/e164-plan.c); here is $(made_from "$T/made.c")" true
fi
