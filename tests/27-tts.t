#!/bin/sh
# tts: the filter on recorded streams, a sentence alone, the cache.
. tests/lib.sh
. tests/filter.sh

export CALLPIPE_TTS_TIMEOUT=20000 # on a busy machine too
files=/usr/share/asterisk/sounds/en_US_f_Allison
frames() { PYTHONPATH=tests/fake python3 -c "import sys
from stream import *
w = sys.stdout.buffer.write
$1"; }
# What was asked and said: type, utterance, status; one line for all chunks of an utterance: bytes of audio.
told() { PYTHONPATH=tests/fake python3 -c 'import sys
from stream import *
n = {}
for t, d, p, raw in read(open(sys.argv[1], "rb")):
	u = d.get("utterance", "")
	if t == "audio-chunk": n[u] = n.get(u, 0) + len(p)
	elif t == "audio-stop": print(t, u, d["status"], n.get(u, 0))
	elif t == "error": print(t, d["code"], d["text"])
	elif t != "clock": print(t, u)' "$1"; }
# The samples of an utterance.
samples() { PYTHONPATH=tests/fake python3 -c 'import sys
from stream import *
for t, d, p, raw in read(open(sys.argv[1], "rb")):
	if t == "audio-chunk" and d.get("utterance") == sys.argv[2]: sys.stdout.buffer.write(p)' "$1" "$2"; }

frames '
w(frame("call-start", call="c", rate=8000))
w(clock(500))
w(audio(None, bytes(320), timestamp=500))
w(frame("synthesize", utterance="u1", turn=0, text="Hello! How can I help you?"))
w(frame("synthesize", utterance="u2", turn=0, text="Bonjour.", language="fr-FR"))
w(frame("synthesize", utterance="u3", turn=0, file="'$files'/vm-nobodyavail.wav"))
w(clock(1000))
w(frame("x-else", n=1))
w(frame("call-end", cause="caller-hangup"))' >"$T/call"
filter_manners "$T/call" tts --offline

told "$T/manners" | sed 's/ ok [1-9][0-9]*$/ ok and audio/' >"$T/told"
cat >"$T/want" <<'END'
call-start 
audio-chunk 
END
check_same 'each sentence stands behind its synthesize' 'grep -v "^audio-chunk" "$T/told"' 'cat <<END
call-start 
synthesize u1
usage 
audio-start u1
audio-stop u1 ok and audio
synthesize u2
usage 
audio-start u2
audio-stop u2 ok and audio
synthesize u3
audio-start u3
audio-stop u3 ok and audio
x-else 
call-end 
END'
plan
