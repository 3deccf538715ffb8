#!/bin/sh
# The Makefile: a tool is a folder and a manual, users' flags and folders count, install puts what is there.
. tests/lib.sh
# Not this build's flags, nor the jobs of a make that runs the tests.
unset B MAKEFLAGS MFLAGS MAKELEVEL SANITIZE CI
export CFLAGS=-O0 # it is the making that counts

tree=$T/tree out=$T/out
mkdir "$tree" "$tree/tests"
for part in Makefile lib bin man pipelines; do
	if [ -e $part ]; then cp -R $part "$tree"; fi
done
mkdir -p "$tree/bin/zz-toy" "$tree/man" "$tree/pipelines/zz/sql"
cat >"$tree/bin/zz-toy/zz-toy.c" <<'C'
#include <stdio.h>
#include "part.h"
int main(void)
{
	puts(toy_word());
	return 0;
}
C
echo 'const char *toy_word(void);' >"$tree/bin/zz-toy/part.h"
printf '#include "part.h"\nconst char *toy_word(void)\n{\n\treturn "toy";\n}\n' >"$tree/bin/zz-toy/part.c"
echo '.Dd $Mdocdate$' >"$tree/man/zz-toy.1"
echo '.Dd $Mdocdate$' >"$tree/man/zz-toy.5"
printf '#!/bin/sh\n' >"$tree/pipelines/zz/call" && chmod +x "$tree/pipelines/zz/call"
echo 'SELECT 1;' >"$tree/pipelines/zz/sql/one.sql"

in_tree() { (cd "$tree" && "$@"); }
by_user() { in_tree make -s -j2 CFLAGS='-O0 -Wall' CPPFLAGS=-DX LDFLAGS=-Wl,-z,now "$@"; }
installs() { [ "$(stat -c %a "$out/opt/x/$1")" = "$2" ]; }
# No file that was copied from there names another place than it is in.
at_home() {
	grep -q '^ExecStart=/opt/x/bin/as-answer ' "$out/opt/x/share/callpipe/pipelines/deploy/systemd/callpipe@.service" &&
		! grep -rI /usr/local "$out/opt/x/share/callpipe"
}
nothing_left() { find "$out" -type f | { ! grep .; }; }
up_to_date() { in_tree make -q all; }

plan 17
ok 'a new folder in bin is built' in_tree make -s -j2
check_same 'it runs' "$tree/build/bin/zz-toy" 'echo toy'
ok 'a second make has nothing to do' up_to_date
ok 'other CFLAGS make it again' must_fail 1 in_tree make -q all CFLAGS=-O1
sed -i s/toy/car/ "$tree/bin/zz-toy/part.c" && sed -i s/toy_word/car_word/ "$tree/bin/zz-toy/zz-toy.c" "$tree/bin/zz-toy/part.h"
ok 'a changed header is noticed' in_tree make -s -j2
check_same 'by all that includes it' "$tree/build/bin/zz-toy" 'echo car'
ok 'the user'\''s flags work' by_user
ok 'make install' by_user install DESTDIR="$out" PREFIX=/opt/x
ok 'installs tools' installs bin/zz-toy 755
ok 'installs manuals by section' installs share/man/man1/zz-toy.1 644
ok 'installs formats' installs share/man/man5/zz-toy.5 644
ok 'installs programs of pipelines' installs share/callpipe/pipelines/zz/call 755
ok 'installs files of pipelines' installs share/callpipe/pipelines/zz/sql/one.sql 644
ok 'with the paths of its prefix' at_home
ok 'make uninstall' in_tree make -s uninstall DESTDIR="$out" PREFIX=/opt/x
ok 'leaves nothing' nothing_left
ok 'make clean' in_tree make -s clean
