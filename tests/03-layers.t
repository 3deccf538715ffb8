#!/bin/sh
# What the compiler does not check: layers, sizes, and what a codec may not touch.
# shellcheck disable=SC2086 # lists of names are meant to be split
. tests/lib.sh

programs=$(find lib bin -name '*.[ch]')
sources="$programs $(find tests -name '*.[ch]' ! -path '*/data/*')"
layers='scenario record model db net stream audio text codec base' # includes point only down this list

# Print nothing and succeed, or print what is wrong.
none() { ! grep -nE "$@" /dev/null; }

points_down() {
	below=" ${layers#*"$1"} "
	grep -rn '^#include "' "lib/$1" | while IFS=: read -r file line text; do
		path=${text#*\"} && path=${path%\"*}
		case $below in
		*" ${path%%/*} "*) continue ;;
		esac
		[ "${path%%/*}" = "$1" ] || [ -f "${file%/*}/$path" ] || echo "$file:$line: $text"
	done | { ! grep .; }
}
tools_keep_apart() {
	for tool in bin/*/; do
		sed -n 's/^#include "\([^"]*\)".*/\1/p' "$tool"*.[ch] | sort -u | while read -r path; do
			[ -f "lib/$path" ] || [ -f "$tool$(basename "$path")" ] || echo "$tool includes '$path'"
		done
	done | { ! grep .; }
}
short() { wc -l $sources | awk '$2 != "total" && $1 > 600 { print; long = 1 } END { exit long }'; }
fuzzed() {
	for header in lib/codec/*.h; do
		name=$(basename "$header" .h)
		[ -f "tests/fuzz/$name.c" ] || echo "$header has no tests/fuzz/$name.c"
		[ -f "tests/unit/$name.c" ] || echo "$header has no tests/unit/$name.c"
	done | { ! grep .; }
}
known_layers() {
	for folder in lib/*/; do
		case " $layers " in
		*" $(basename "$folder") "*) ;;
		*) echo "$folder is not a layer" ;;
		esac
	done | { ! grep .; }
}

plan 17
ok 'lib holds layers only' known_layers
for layer in $layers; do
	ok "lib/$layer includes what is below it" points_down "$layer"
done
ok 'a tool includes lib and its own parts' tools_keep_apart
ok 'no file is longer than 600 lines' short
ok 'no struct has a typedef' none '^typedef (struct|union|enum)' $sources
ok 'no descriptor is made non-blocking: an inherited one is shared' none 'F_SETFL|FIONBIO' $programs
ok 'codecs do no I/O' none \
	'#include <(unistd|fcntl|poll|sys/(socket|uio|ioctl|stat|file))\.h>|\<(read|write|send|recv|open)\(' \
	lib/codec/*.[ch]
ok 'every codec has a unit test and a fuzz target' fuzzed
