#!/bin/sh
# Who speaks when, in more than a hundred whole calls at seeded times: tests/fake/turntaking.py. SEED makes other times.
. tests/lib.sh

mkdir "$T/work"
tests/fake/turntaking.py make "$T/work" || echo 'Bail out! the sounds cannot be made'
export CALLPIPE_SPOOL="$T/spool" CALLPIPE_STT=command CALLPIPE_STT_COMMAND="$T/work/words"
cat >"$T/call" <<EOF
#!/bin/sh
cd "$T/work" && as-listen | vad | stt | agent -s turns.json | tts | as-speak
EOF
chmod +x "$T/call"
serve as-answer "$T/call"
tests/fake/turntaking.py "$port" "$T/spool" "$T/work" "${SEED:-1}" 22
diag "$T/serve.err"
