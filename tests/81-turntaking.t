#!/bin/sh
# Who speaks when, in more than a hundred whole calls at seeded times (thirty with sanitizers): tests/fake/turntaking.py.
# SEED makes other times.
# alone: words within 200 ms
. tests/lib.sh

mkdir "$T/work"
tests/fake/turntaking.py make "$T/work" || { echo 'not ok 1 - the sounds are made' && exit 1; }
export CALLPIPE_SPOOL="$T/spool" CALLPIPE_STT=command CALLPIPE_STT_COMMAND="$T/work/words"
cat >"$T/call" <<EOF
#!/bin/sh
cd "$T/work" && as-listen | vad | stt | agent -s turns.json | tts | as-speak
EOF
chmod +x "$T/call"
serve as-answer "$T/call"
tests/fake/turntaking.py "$port" "$T/spool" "$T/work" "${SEED:-1}" $((SLACK == 1 ? 22 : 6))
diag "$T/serve.err"
