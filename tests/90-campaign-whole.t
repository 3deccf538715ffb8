#!/bin/sh
# A campaign of 200 contacts from the file to the export, over the fake of Asterisk and real calls: tests/fake/campaign-whole.py.
# alone: two dozen calls at a time, with phones that hang on what they hear
. tests/lib.sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside
campaign init >"$T/out" || exit 1
python3 tests/fake/campaign-whole.py "$T"
