#!/bin/sh
# stt: engine deepgram, in calls against a server that speaks Deepgram's protocol and shares no code with it, with all its
# faults; with vad before it; on files.
. tests/lib.sh
export PYTHONPATH=tests/fake PYTHONDONTWRITEBYTECODE=1

python3 tests/fake/deepgram-calls.py >"$T/calls"
grep -v "^1\.\." "$T/calls"
n=$(grep -c -e "^ok " -e "^not ok " "$T/calls")
check "all of them" 'tail -n 1 "$T/calls" | grep -qx "1\.\.$((n - 1))"'

# A voice through vad; a file.
python3 tests/fake/deepgram.py >"$T/said" 2>"$T/fake.err" &
pids="$! $pids"
wait_for 10 test -s "$T/said" || { echo "Bail out! deepgram.py does not start" && exit 1; }
port=$(head -n 1 "$T/said")
export CALLPIPE_STT=deepgram CALLPIPE_STT_URL="ws://127.0.0.1:$port" CALLPIPE_STT_KEY=dg-secret-0123456789 CALLPIPE_SPOOL="$T"
bye=/usr/share/asterisk/sounds/en_US_f_Allison/vm-goodbye.wav
events() { python3 -c 'import sys
from stream import *
for type_, data, payload, raw in read(sys.stdin.buffer):
	if type_ in sys.argv[1:]: print(type_, data.get("turn", ""), "words" if data.get("text") else "")' "$@"; }
python3 -c 'import sys, wave
from stream import *
out, ms = sys.stdout.buffer, 0
out.write(frame("call-start", call="test", uuid="test", rate=8000))
pcm = bytes(16000) + wave.open(sys.argv[1]).readframes(1 << 20) + bytes(32000)
for pcm in (pcm, pcm):
	for at in range(0, len(pcm) - 319, 320):
		if ms % 500 == 0: out.write(clock(ms))
		out.write(audio(None, pcm[at:at + 320], 8000, ms))
		ms += 20
out.write(frame("call-end", cause="caller-hangup"))' "$bye" >"$T/voice"
vad <"$T/voice" | stt -w yes >"$T/out" 2>"$T/err"
check_same 'a recorded voice through vad' 'events voice-stopped transcript error <"$T/out"' \
	'printf "voice-stopped 1 \ntranscript 1 words\nvoice-stopped 2 \ntranscript 2 words\n"'
check_same 'a file' 'stt -f --hints="goodbye|hello" "$bye" | grep -c word' 'echo 1'
check 'with its phrases' 'grep -q "\"keyterm\": \[\"goodbye\", \"hello\"\]" "$T/said"'
check 'a file without a service' 'CALLPIPE_STT_URL=http://127.0.0.1:1 must_fail 75 stt -f "$bye" >"$T/out" 2>"$T/err" && grep -q "^stt: deepgram: " "$T/err"'
check 'no key' 'CALLPIPE_STT_URL="" CALLPIPE_STT_KEY="" must_fail 78 stt </dev/null 2>"$T/err" && grep -q DEEPGRAM_API_KEY "$T/err"'
check 'a URL that is none' 'must_fail 64 stt --url=ftp://x </dev/null 2>"$T/err" && grep -q "^stt: cannot use --url" "$T/err"'
check '--probe' 'stt --probe "$bye" >"$T/probe" 2>"$T/err" && grep -qx "status: 101" "$T/probe" && grep -q "^request: GET $CALLPIPE_STT_URL/v1/listen?model=" "$T/probe" && grep -qx "request id: req-[0-9]*" "$T/probe" &&
	grep -qx "first byte: [0-9.]* ms" "$T/probe" && grep -qx "header: dg-request-id: .*" "$T/probe" && grep -q "^text: word" "$T/probe" || { cat "$T/probe" "$T/err" && false; }'
check '--probe with a key that is none' 'CALLPIPE_STT_KEY=wrong-key-12345 must_fail 69 stt --probe >"$T/probe" 2>"$T/err" && grep -qx "status: 401" "$T/probe" &&
	grep -q "^failed: .*INVALID_AUTH" "$T/probe" && ! grep -q wrong-key "$T/probe" || { cat "$T/probe" "$T/err" && false; }'
check '--probe where nobody is' 'CALLPIPE_STT_URL=http://127.0.0.1:1 must_fail 75 stt --probe >"$T/probe" 2>"$T/err" && [ "$(grep -c ^ended: "$T/probe")" = 1 ]'
check 'the key is nowhere' '! grep -r dg-secret "$T/out" "$T/err" "$T/said" "$T/breakers" "$T/probe"'
plan
