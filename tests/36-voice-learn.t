#!/bin/sh
# The voice detector learns: the same recordings and seed give the same table, which the compiler takes.
. tests/lib.sh
voice=$B/scripts/voice
sounds=/usr/share/asterisk/sounds/en_US_f_Allison
[ -f $sounds/vm-intro.wav ] || { echo "Bail out! asterisk-core-sounds-en-wav is not installed" && exit 1; }
for name in vm-intro vm-goodbye demo-thanks conf-onlyperson; do
	echo "speech train woman $sounds/$name.wav"
done >"$T/list"
for name in vm-options vm-undelete; do
	echo "speech valid woman $sounds/$name.wav"
done >>"$T/list"
printf 'by a test\n' >"$T/about"

learn() { "$voice" learn --scenes 24 --steps 3 --valid 2 --about "$T/about" "$@" "$T/list"; }
learns() { learn "$@" 2>"$T/err"; }
figures() { grep -E '^[[:space:]]+[-0-9.e+, ]+$' "$1" | tr -s ', \t' '\n'; }
finite() { [ "$(figures "$1" | grep -c .)" -gt 4000 ] && ! grep -iE '\<(nan|inf)\>' "$1"; }
differ() { ! cmp -s "$1" "$2"; }

plan 11
learns >"$T/one.c"
ok 'it says how well' grep -aq 'validation: AUC 0\.' "$T/err"
learns >"$T/two.c"
ok 'the same seed gives the same table, bit for bit' cmp "$T/one.c" "$T/two.c"
learns --seed 2 >"$T/other.c"
ok 'another seed another one' differ "$T/one.c" "$T/other.c"
learns --steps 4 >"$T/longer.c"
ok 'so do more steps' differ "$T/one.c" "$T/longer.c"
ok 'all weights are numbers' finite "$T/one.c"
ok 'the provenance is in it' grep -q '^ \* by a test$' "$T/one.c"
ok 'the compiler takes it' "${CC:-cc}" -std=gnu17 -Wall -Wextra -Werror -Ilib -c -o "$T/one.o" "$T/one.c"
ok 'a list is wanted' must_fail 64 "$voice" learn
echo 'song train woman x.wav' >"$T/bad"
ok 'a line that is none' must_fail 65 "$voice" learn "$T/bad"
echo "speech train woman $T/absent.wav" >"$T/bad"
ok 'a recording that is not there' must_fail 65 "$voice" learn "$T/bad"
ok 'an unknown job' must_fail 64 "$voice" dance
