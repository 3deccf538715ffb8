#!/bin/sh
# The same calls as in 80-helpline, a few of them, at 16 kHz from end to end.
# quiet: a recogniser in every call, that has 10 s
. tests/lib.sh

export CALLPIPE_SPOOL="$T/spool" CALLPIPE_FROM_DIR="$T/from" CALLPIPE_CACHE="$T/cache" CALLPIPE_TECHNICIAN="$T/technician"
export CALLPIPE_RATE=16000
mkdir "$T/from" "$T/work"
export CALLPIPE_STT_TIMEOUT=$((10000 * SLACK))
echo yes >"$CALLPIPE_TECHNICIAN"
(cd pipelines/support && tts --timeout=$((5000 * SLACK)) --prime support.json) >/dev/null || { echo 'not ok 1 - the phrases are made' && exit 1; }
serve as-answer pipelines/support/call
tests/fake/helpline.py "$port" "$T/spool" "$T/from" "$T/work" keyed spoken mixed nonsense 'hang up while the bot speaks'
diag "$T/serve.err"
