#!/bin/sh
# tts: the filter on recorded streams, a sentence alone, the cache.
# shellcheck disable=SC2034 # names in text that is evaluated
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
# A sentence alone.
seconds() { soxi -D "$1"; }
ok '--say into a file' tts --say 'Good morning.' -o "$T/a.wav"
check 'which is WAV, 8 kHz, one channel' '[ "$(soxi -r "$T/a.wav") $(soxi -c "$T/a.wav") $(soxi -b "$T/a.wav")" = "8000 1 16" ]'
check 'and to stdout the same' 'tts --say "Good morning." >"$T/b.wav" && cmp "$T/a.wav" "$T/b.wav"'
check 'at 16 kHz as long' 'tts -r 16000 --say "Good morning." >"$T/w.wav" && [ "$(soxi -r "$T/w.wav")" = 16000 ] &&
	awk "BEGIN { d = $(seconds "$T/w.wav") - $(seconds "$T/a.wav"); exit d > 0.02 || d < -0.02 }"'
check 'the telephone band is whole: below 3.4 kHz it is what the program says' '
	espeak-ng --stdout -v en "Good morning." >"$T/e.wav" &&
	band() { sox "$1" -n sinc 2500-3300 stats 2>&1 | awk "/^RMS lev dB/ { print \$NF }"; } &&
	awk "BEGIN { d = $(band "$T/e.wav") - $(band "$T/a.wav"); print d; exit d > 1 || d < -1 }"'
for l in en fr ar ru uk de es it pt-BR zh; do
	check "a voice for $l" 'tts -l "$l" --say "1 2 3" >"$T/$l.wav" && [ "$(seconds "$T/$l.wav" | tr -d .)" -gt 300000 ]'
done
check 'a gain of 6 dB is one' 'tts -g -6 --say "Good morning." >"$T/g.wav" &&
	peak() { sox "$1" -n stats 2>&1 | awk "/^Pk lev dB/ { print \$NF }"; } &&
	awk "BEGIN { d = $(peak "$T/a.wav") - $(peak "$T/g.wav"); exit d < 5.9 || d > 6.1 }"'
# What the program is given.
given() { tts -l "$1" -c "sh -c 'cat >$T/given; exit 1'" --say "$2" -o "$T/x.wav" 2>"$T/err" || cat "$T/given"; }
check_same 'numbers, money and times are words' 'given en "You owe \$12.50 at 14:30."; given fr "Rappelez le 06 12 34 56 78."; given uk "5 гривень"' 'cat <<END
You owe twelve dollars and fifty cents at two thirty p.m.
Rappelez le zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit.
п'"'"'ять гривень
END'
check 'written with digits or in words: the same sound' 'tts --say "You have 3 messages." >"$T/x.wav" && tts --say "You have three messages." | cmp - "$T/x.wav"'
check 'settings come from the environment' 'CALLPIPE_TTS=none CALLPIPE_RATE=16000 tts --say 0123456789 >"$T/x.wav" && [ "$(soxi -r "$T/x.wav")" = 16000 ]'
check 'none: silence of about the length' '[ "$(sox "$T/x.wav" -n stats 2>&1 | awk "/^Pk lev dB/ { print \$NF }")" = -inf ] && [ "$(seconds "$T/x.wav" | tr -d .)" -gt 1500000 ]'
ok 'a program that is not there' must_fail 71 tts -c no-such-program --say x -o "$T/x.wav"
ok 'no engine of that name' must_fail 64 tts -e loudspeaker --say x -o "$T/x.wav"
check 'the same from the environment' 'CALLPIPE_TTS=loudspeaker must_fail 78 tts --say x -o "$T/x.wav" 2>"$T/err" &&
	grep -qx "tts: cannot use CALLPIPE_TTS .loudspeaker.: there are command, deepgram, elevenlabs, none, openai, piper" "$T/err"'
check 'a number of the environment' 'CALLPIPE_TTS_RAW_RATE=7 must_fail 78 tts --say x -o "$T/x.wav" 2>"$T/err" &&
	grep -qx "tts: cannot use CALLPIPE_TTS_RAW_RATE .7.: it is not within 8000 to 192000" "$T/err"'
ok 'a full disk' eval 'must_fail 74 tts --say x >/dev/full'

# The cache.
export CALLPIPE_SPOOL="$T/spool"
kept() { find "$T/spool/cache" -name '*.s16' | wc -l; }
check 'the first time it is made' 'tts --offline <"$T/call" >"$T/fresh" && told "$T/fresh" | grep -q "^usage"'
check 'and kept, a file each' '[ "$(kept)" = 3 ]'
check 'whose names are true' 'find "$T/spool/cache" -name "*.s16" | while read -r f; do
	python3 -c "import os, sys, zlib
key, rate, samples, crc, s16 = os.path.basename(sys.argv[1]).split(\".\")
b = open(sys.argv[1], \"rb\").read()
sys.exit(not (rate == \"8000\" and len(b) == 2 * int(samples) and zlib.crc32(b) == int(crc, 16)))" "$f" || exit; done'
check 'the second time it is not made' 'tts --offline -c "sh -c \"exit 1\"" -e none <"$T/call" >"$T/other" &&
	tts --offline <"$T/call" >"$T/cached" && ! told "$T/cached" | grep -q "^usage" && [ "$(grep -ac "\"cached\":true" "$T/cached")" = 3 ]'
for u in u1 u2 u3; do
	check "$u is the same bytes" 'samples "$T/fresh" $u >"$T/x" && samples "$T/cached" $u >"$T/y" && [ -s "$T/x" ] && cmp "$T/x" "$T/y"'
done
damage() { # by command line $1 on each file
	find "$T/spool/cache" -name '*.s16' | while read -r f; do eval "$1"; done
	tts --offline <"$T/call" >"$T/again" 2>"$T/err" && [ ! -s "$T/err" ] && [ "$(kept)" = 3 ] &&
		[ "$(told "$T/again" | grep -c '^usage')" = 2 ] && samples "$T/again" u1 | cmp - "$T/u1" &&
		tts --offline <"$T/call" >"$T/again" && [ "$(grep -ac '"cached":true' "$T/again")" = 3 ]
}
samples "$T/fresh" u1 >"$T/u1"
ok 'files that are cut off are made again' damage 'truncate -s -100 "$f"'
ok 'and empty ones' damage ': >"$f"'
ok 'and damaged ones' damage 'printf x | dd of="$f" bs=1 seek=999 conv=notrunc status=none'
ok 'and folders in their place' damage 'rm "$f" && mkdir "$f.d" && ln -s /dev/zero "$f"'
find "$T/spool/cache" -name '*.d' -delete
check 'another rate has files of its own' 'sed "s/8000}/16000}/" "$T/call" >"$T/wide" && tts --offline <"$T/wide" >"$T/again" && [ "$(kept)" = 6 ]'
check 'another voice too' 'tts --offline -v en-us <"$T/call" >"$T/again" && [ "$(kept)" = 8 ]'
check 'a sound file that was written anew is read anew' 'cp "$files/vm-nobodyavail.wav" "$T/s.wav" &&
	frames "w(frame(\"synthesize\", utterance=\"u\", file=\"$T/s.wav\")); w(frame(\"call-end\"))" >"$T/one" &&
	tts --offline <"$T/one" >"$T/x" && cp "$files/vm-goodbye.wav" "$T/s.wav" && tts --offline <"$T/one" >"$T/y" &&
	! cmp -s "$T/x" "$T/y" && [ "$(kept)" = 10 ]'
check 'a folder that cannot be written: said once, and the call goes on' '
	CALLPIPE_CACHE=/proc/nowhere tts --offline <"$T/call" >"$T/again" 2>"$T/err" &&
	[ "$(told "$T/again" | grep -c "^error cache")" = 1 ] && [ "$(told "$T/again" | grep -c "ok")" = 3 ] && [ "$(wc -l <"$T/err")" = 1 ]'
frames '
for u in ("vm-goodbye", "vm-nobodyavail", "vm-intro"):
	w(frame("synthesize", utterance=u, file="'$files'/" + u + ".wav"))
w(frame("call-end"))' >"$T/files" # espeak-ng itself writes a file, which the limit meets
check 'a full disk too' '(ulimit -f 8 && CALLPIPE_CACHE="$T/small" tts --offline <"$T/files" 2>"$T/err") | cat >"$T/again" &&
	[ "$(told "$T/again" | grep -c "^error cache")" = 1 ] && [ "$(told "$T/again" | grep -c " ok ")" = 3 ] &&
	[ -z "$(find "$T/small" -type f ! -name .swept)" ]'
check 'many at once, one cache' 'for i in 1 2 3 4 5 6 7 8; do CALLPIPE_CACHE="$T/many" tts --offline <"$T/call" >"$T/many.$i" & done; wait
	for i in 1 2 3 4 5 6 7 8; do samples "$T/many.$i" u1 | cmp - "$T/u1" || exit; done
	[ "$(find "$T/many" -name "*.s16" | wc -l)" = 3 ] && [ -z "$(find "$T/many" -name "*.tmp")" ]'

# What is old goes, then what is oldest.
age() { find "$T/spool/cache" -name '*.s16' | sort | awk -v n="$1" 'NR <= n' | xargs touch -d "$2"; }
sweep() { touch -d '2 hours ago' "$T/spool/cache/.swept" && tts "$@" --say "sweep $*" -o "$T/x.wav"; }
age 4 '31 days ago'
check 'what was not used for 30 days is removed' 'sweep && [ "$(kept)" = 7 ]'
check 'the oldest, when there is too much' 'find "$T/spool/cache" -name "*.s16" | sort | head -n 2 >"$T/oldest" && truncate -s 2M "$(head -n 1 "$T/oldest")" &&
	age 1 "29 days ago" && sweep --cache-max 1 && ! ls "$(head -n 1 "$T/oldest")" 2>"$T/err" && [ "$(kept)" = 7 ]'
age 1 '3 days ago'
check 'what is used is young again' 'f=$(find "$T/spool/cache" -name "*.s16" -size -100k | sort | head -n 1) &&
	touch -d "3 days ago" "$T/spool/cache"/*/*.s16 && tts --offline <"$T/wide" >"$T/x" && [ -n "$(find "$T/spool/cache" -name "*.s16" -mtime -1)" ]'

# The cache filled beforehand.
scenario=tests/data/scenario/support.json
ok '--prime without a cache is a mistake' eval 'CALLPIPE_SPOOL= must_fail 78 tts --prime $scenario'
export CALLPIPE_CACHE="$T/primed"
ok '--verify before it: all is missing' eval 'must_fail 1 tts --prime $scenario --verify >"$T/verify"'
ok '--prime' eval 'tts --prime $scenario >"$T/prime"'
check 'a line of JSON for each, and the sum' 'jq -es "(.[:-1] | all(.status == \"made\" and .bytes > 0 and (.text or .file))) and
	.[-1].made == length - 1 and .[-1].bytes == (.[:-1] | map(.bytes) | add) and .[-1].variable == 1" "$T/prime" >"$T/x"'
ok '--verify after it' eval 'tts --prime $scenario --verify >"$T/verify"'
check 'again: nothing is made' 'tts --prime $scenario | tail -n 1 | jq -e ".made == 0 and .cached > 10" >"$T/x"'
check 'on a terminal it is a table' 'script -qec "tts --prime $scenario" "$T/typescript" >"$T/x" && grep -q "Welcome to the help line" "$T/x" && ! grep -q "{" "$T/x"'
check 'what it made is what a call needs' 'frames "w(frame(\"call-start\", rate=8000)); w(frame(\"synthesize\", utterance=\"u\", text=\"Welcome to the help line.\", language=\"en\")); w(frame(\"call-end\"))" |
	tts --offline -c "espeak-ng --stdin --stdout -b 1 -v {voice}" >"$T/x" && grep -aq "\"cached\":true" "$T/x"'
ok 'a scenario with a mistake' eval 'echo "{}" >"$T/bad.json" && must_fail 65 tts --prime "$T/bad.json" 2>"$T/err" && grep -q "bad.json" "$T/err"'
ok 'a phrase that cannot be said' eval 'must_fail 71 tts -c "sh -c \"echo no voice >&2; exit 1\"" --prime $scenario >"$T/x" && grep -q "no voice" "$T/x"'
ok 'a cache that cannot be filled' eval 'must_fail 74 tts -C /proc/nowhere --prime $scenario >"$T/x"'
plan
