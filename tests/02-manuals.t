#!/bin/sh
# Every tool has a manual, --help, --version and the common manners; help and manual name the same options.
. tests/lib.sh

options_of_help() { "$1" --help | sed -n 's/^  \(-[^ -],\|   \) \(--[a-z0-9-]*\).*/\2/p' | sort -u; }
variables_of_help() { "$1" --help | grep -o 'CALLPIPE_[A-Z0-9_]*' | sort -u; }
# In a manual an option is documented where it heads a list item: .It Fl n , Fl -max-calls Ns = Ns Ar N
options_of_manual() {
	sed -n '/^\.It /s/Fl -\([a-z]\)/\n--\1/gp' "man/$1.1" | grep -o '^--[a-z0-9-]*' | sort -u
}
letters_of_help() { "$1" --help | sed -n 's/^  -\([^ -]\),.*/\1/p' | sort -u; }
letters_of_manual() {
	sed -n '/^\.It /s/Fl \([^- ]\)\( \|$\)/\n@\1\n/gp' "man/$1.1" | sed -n 's/^@//p' | sort -u
}
names_variables() {
	for variable in $(variables_of_help "$1"); do
		if ! { grep -q "$variable" "man/$1.1" && grep -q "$variable" man/callpipe.7; }; then echo "$variable" && return 1; fi
	done
}
# A name with a letter too many is found to be a slip, and no name of all the tools is. Empty is unset, so each runs
# as it is on an empty input, however that ends.
every=$(grep -oh 'CALLPIPE_[A-Z0-9_]*' man/callpipe.7 | sort -u)
slips_with() { # NAMES TOOL
	(for name in $1; do export "$name="; done
	CALLPIPE_SPOOL=$T/spool timeout 30 "$2" </dev/null 2>&1 >/dev/null | grep 'did you mean')
}
knows_slips() {
	for variable in $(variables_of_help "$1"); do
		slips_with "${variable}X" "$1" || return 1
		break
	done
	! slips_with "$every" "$1"
}
clean() { mandoc -T lint -W warning "$1" && ! grep -n '[[:space:]]$' "$1"; }
quiet() { "$@" 2>"$T/err" | grep -q . && [ ! -s "$T/err" ]; }
answers() { "$@" >/dev/null && quiet "$@"; }
knows_no() {
	must_fail 64 "$1" --no-such-option >"$T/out" 2>"$T/err" &&
		[ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ] && grep -q "^$1: " "$T/err"
}
# shellcheck disable=SC2016 # $1 is the tool in the inner shell
full() { must_fail 74 sh -c '"$1" --help >/dev/full' sh "$1"; }

for tool in $(find bin -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort); do
	ok "$tool: has a manual page" test -f "man/$tool.1"
	ok "$tool: --help" answers "$tool" --help
	ok "$tool: --version" answers "$tool" --version
	check_same "$tool: help and manual have the same options" "options_of_help $tool" "options_of_manual $tool"
	check_same "$tool: and the same letters" "letters_of_help $tool" "letters_of_manual $tool"
	ok "$tool: manual, and callpipe(7), name every variable" names_variables "$tool"
	ok "$tool: a variable nearly named right is warned of, another tool's is not" knows_slips "$tool"
	ok "$tool: unknown option exits 64 with one line" knows_no "$tool"
	ok "$tool: full disk exits 74" full "$tool"
done
for manual in man/*.[1-8]; do
	ok "$manual is clean" clean "$manual"
done
plan
