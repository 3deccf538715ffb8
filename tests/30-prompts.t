#!/bin/sh
# prompts: sound, names, what is made again, texts, phrases. SoX is the judge of sound.
# shellcheck disable=SC2034,SC2317 # names in text that is evaluated
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
unset LANG
rms() { sox "$@" -n stats 2>&1 | awk '/^RMS lev dB/ { print $NF }'; }
# Between the samples too: what it reaches at eight times the rate.
true_peak() { sox "$1" -n gain -6 rate -v "$(($(soxi -r "$1") * 8))" stats 2>&1 | awk '/^Pk lev dB/ { print $NF + 6 }'; }
peaks() { for f in between hot speech; do near "$(true_peak "$T/peak/$f.wav")" "$@" || return; done; }
near() { awk "BEGIN { d = ($1) - ($2); print $1, $2; exit d > $3 || d < -($3) }"; }
below() { awk "BEGIN { print $1; exit $1 > $2 }"; }
run() { prompts "$@" >"$T/out" 2>"$T/err"; }
# How the last run ended: name and status.
ended() { jq -r '"\(.name) \(.status)"' "$T/out"; }
state() { find "$1" -type f -printf '%p %i %T@\n' | sort; }

# Formats.
speech=$sounds/vm-nobodyavail.wav
mkdir -p "$T/audio/fr"
sox "$speech" -r 44100 -b 24 -c 2 "$T/audio/wide.wav"
sox "$speech" -r 48000 "$T/audio/flac.v2.flac"
sox "$speech" -r 22050 "$T/audio/fr/vorbis.ogg"
sox "$speech" -r 32000 -e a-law "$T/audio/alaw.au"
sox "$speech" -r 16000 -e floating-point "$T/audio/upper.WAV"
sox "$speech" "$T/audio/aiff.aiff"
cp "$speech" "$T/audio/plain.wav"
echo notes >"$T/audio/notes.txt"
ok 'a folder of many formats' run "$T/audio" "$T/prompts"
check_same 'each is a prompt' ended 'printf "%s made\n" aiff alaw flac.v2 fr/vorbis plain upper wide'
check 'with names kept' '[ "$(cd "$T/prompts" && find . -name "*.wav" | sort | xargs)" = "./aiff.wav ./alaw.wav ./flac.v2.wav ./fr/vorbis.wav ./plain.wav ./upper.wav ./wide.wav" ]'
for f in aiff alaw flac.v2 fr/vorbis upper wide; do
	check "$f: 8 kHz, one channel, 16 bit, as long, as loud" 'soxi "$T/prompts/$f.wav" && [ "$(soxi -t "$T/prompts/$f.wav"):$(soxi -r "$T/prompts/$f.wav"):$(soxi -c "$T/prompts/$f.wav"):$(soxi -b "$T/prompts/$f.wav"):$(soxi -e "$T/prompts/$f.wav")" = "wav:8000:1:16:Signed Integer PCM" ] &&
		near "$(soxi -D "$T/prompts/$f.wav")" "$(soxi -D "$speech")" 0.01 && near "$(rms "$T/prompts/$f.wav")" "$(rms "$speech")" 0.3'
done
check_same 'what is right already keeps its samples' 'sox "$speech" -t raw -' 'sox "$T/prompts/plain.wav" -t raw -'
check 'one line counts, without a terminal' '[ "$(wc -l <"$T/err")" = 1 ] && grep -q "7 prompts: 7 done, 0 skipped, 0 failed" "$T/err"'
check 'all may read it' '[ "$(stat -c %a "$T/prompts/plain.wav" "$T/prompts/audio_texts.json" | sort -u)" = 644 ]'
check 'the list has file, duration and text of each' 'jq -e "keys == [\"aiff\",\"alaw\",\"flac.v2\",\"fr/vorbis\",\"plain\",\"upper\",\"wide\"] and
	all(.[]; keys == [\"duration\",\"file\",\"text\"] and .text == \"\") and .[\"fr/vorbis\"].file == \"fr/vorbis.wav\"" "$T/prompts/audio_texts.json"'
check 'its durations are right' 'near "$(jq .wide.duration "$T/prompts/audio_texts.json")" "$(soxi -D "$T/prompts/wide.wav")" 0.001'
ok '16 kHz' run --rate=16000 "$T/audio/wide.wav" "$T/16k"
check 'are that' '[ "$(soxi -r "$T/16k/wide.wav")" = 16000 ] && near "$(soxi -D "$T/16k/wide.wav")" "$(soxi -D "$speech")" 0.01'

# Level.
sox -n -r 8000 -b 16 "$T/soft.wav" synth 3 sine 440 gain -40
sox -n -r 8000 -b 16 "$T/loud.wav" synth 3 sine 440 gain -1.5
for g in 3 +6 8 10 -3 -6 -10; do
	check "gain $g" 'run --gain "$g" "$T/soft.wav" "$T/gain" && near "$(rms "$T/gain/soft.wav")" "$(rms "$T/soft.wav") + $g" 0.05'
done
check 'norm: a tone at -22 dBov, however loud it was' 'run -g norm "$T/soft.wav" "$T/loud.wav" "$T/norm" && near "$(rms "$T/norm/soft.wav")" -22 0.1 && near "$(rms "$T/norm/loud.wav")" -22 0.1'
check 'norm:-26' 'run -g norm:-26 "$T/loud.wav" "$T/norm" && near "$(rms "$T/norm/loud.wav")" -26 0.1'
sox "$speech" "$T/quiet.wav" gain -20
sox "$speech" "$T/pauses.wav" pad 1 6
cp "$speech" "$T/speech.wav"
check 'norm: speech is as loud as it was softer' 'run -g norm "$T/quiet.wav" "$T/speech.wav" "$T/norm" && near "$(rms "$T/norm/quiet.wav")" "$(rms "$T/norm/speech.wav")" 0.3'
check 'or between pauses' 'run -g norm "$T/pauses.wav" "$T/norm" && sox -V1 "$T/norm/pauses.wav" "$T/trim.wav" trim 1 -6 && near "$(rms "$T/trim.wav")" "$(rms "$T/norm/speech.wav")" 0.5'
sox -n -r 8000 "$T/silence.wav" trim 0 1
check 'norm: silence is silence' 'run -g norm "$T/silence.wav" "$T/norm" && [ "$(rms "$T/norm/silence.wav")" = -inf ] && jq -e ".level_dbov == -100 and .gain_db == 0" "$T/out"'

# True peak: of a tone whose samples are 3 dB below its curve, and of speech that is made much louder.
python3 -c 'import struct,sys
sys.stdout.buffer.write(struct.pack("<16000h", *(32767 if i // 2 % 2 else -32767 for i in range(16000))))' |
	sox -t raw -r 8000 -e signed -b 16 -c 1 - "$T/between.wav"
check 'the curve between samples goes beyond full scale' 'near "$(true_peak "$T/between.wav")" 3 0.3'
# SoX cannot make floats beyond full scale.
sox "$speech" -t raw -r 44100 - | python3 -c 'import struct, sys
s = [4 * v[0] / 32768 for v in struct.iter_unpack("<h", sys.stdin.buffer.read())]
n = 4 * len(s)
sys.stdout.buffer.write(struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", n + 36, b"WAVEfmt ", 16, 3, 1, 44100, 176400, 4, 32, b"data", n) + struct.pack(f"<{len(s)}f", *s))
sys.exit(max(s) < 2)' >"$T/hot.wav"
ok 'a file of floats far beyond full scale' test "$(soxi -V1 -e "$T/hot.wav")" = 'Floating Point PCM'
check 'peaks are kept below -1 dB, and not far below' 'run -g 0 "$T/between.wav" "$T/hot.wav" "$T/peak" && run -g 10 "$T/speech.wav" "$T/peak" && peaks -1.15 0.15'
check 'what was beyond full scale is not clipped' 'sox "$T/peak/hot.wav" -n stats 2>&1 | awk "/^Flat factor/ { f = \$NF } /^Pk count/ { c = \$NF } END { print f, c; exit f > 0 || c > 2 }"'
check 'the speech is louder' 'near "$(rms "$T/peak/speech.wav")" "$(rms "$speech") + 8" 2'
# A tone of 300 Hz with a loud part: clipping makes harmonics, a jump of the gain a click.
python3 -c 'import math, struct, sys
n = 24000
loud = lambda t: 0.2 + 0.8 * (0.5 - 0.5 * math.cos(math.pi * max(0, min(1, (t - 1) * 20, (2 - t) * 20))))
sys.stdout.buffer.write(struct.pack(f"<{n}h", *(round(29000 * loud(i / 8000) * math.sin(2 * math.pi * 300 * i / 8000)) for i in range(n))))' |
	sox -t raw -r 8000 -e signed -b 16 -c 1 - "$T/swell.wav"
above() { sox -V1 -D "$1" -b 24 "$T/above.wav" sinc 800 trim 0.2 -0.2 && sox "$T/above.wav" -n stats 2>&1 | awk '/^Pk lev dB/ { print $NF }'; }
sox -D "$T/swell.wav" "$T/clipped.wav" gain 10 2>"$T/x"
check 'SoX alone clips' 'near "$(above "$T/clipped.wav")" -6 3'
check 'here nothing clicks' 'run -g 10 "$T/swell.wav" "$T/peak" && below "$(above "$T/peak/swell.wav")" -55'
check 'and it says what it did' 'jq -e ".gain_db == 10 and .limited_db < -9 and .limited_db > -11" "$T/out"'

# What has not changed.
state "$T/prompts" >"$T/before"
ok 'again' run "$T/audio" "$T/prompts"
check_same 'nothing is done' 'cat "$T/before"' 'state "$T/prompts"'
check 'and that is what is said' '[ "$(ended | cut -d" " -f2 | sort -u)" = same ] && grep -q "0 done, 7 skipped" "$T/err"'
only() { [ "$(ended | grep -v same | xargs)" = "$1" ] || { ended && false; }; }
touch "$T/audio/plain.wav" && cp "$T/audio/plain.wav" "$T/copy" && mv "$T/copy" "$T/audio/plain.wav"
check 'a new date is no change' 'run "$T/audio" "$T/prompts" && only ""'
check 'another sound is' 'sox "$sounds/vm-goodbye.wav" -r 16000 "$T/audio/plain.wav" && run "$T/audio" "$T/prompts" && only "plain made" && near "$(soxi -D "$T/prompts/plain.wav")" "$(soxi -D "$sounds/vm-goodbye.wav")" 0.01'
check 'another gain is for all' 'run -g 3 "$T/audio" "$T/prompts" && [ "$(ended | grep -c made)" = 7 ]'
check 'a prompt that is gone, or damaged' 'rm "$T/prompts/wide.wav" && truncate -s 1000 "$T/prompts/alaw.wav" && run -g +3 "$T/audio" "$T/prompts" && only "alaw made wide made" && [ "$(stat -c %s "$T/prompts/alaw.wav")" -gt 40000 ]'
check '--force makes all' 'run -f -g 3 "$T/audio" "$T/prompts" && [ "$(ended | grep -c made)" = 7 ]'
check 'without its own file all is made again' 'rm "$T/prompts/.prompts.json" && run -g 3 "$T/audio" "$T/prompts" && [ "$(ended | grep -c made)" = 7 ]'
check 'a list on stdin' 'printf "%s\n" "$T/audio/wide.wav" "$T/audio/fr/vorbis.ogg" | prompts -g 3 - "$T/prompts" >"$T/out" && only "vorbis made"'
check 'no - is needed' 'printf "%s\n" "$T/audio/wide.wav" | prompts -g 3 "$T/prompts" >"$T/out" && only ""'
check 'a source that is gone leaves its prompt' 'rm "$T/audio/upper.WAV" && run -g 3 "$T/audio" "$T/prompts" && [ -s "$T/prompts/upper.wav" ] && jq -e .upper "$T/prompts/audio_texts.json"'

# Names.
mkdir "$T/twice"
cp "$speech" "$T/twice/hello.wav" && cp "$T/audio/flac.v2.flac" "$T/twice/hello.flac"
ok 'two sources with one name are a mistake' must_fail 65 run "$T/twice" "$speech" "$T/one"
check 'which is said, and the others are done' 'grep -q "hello.wav.*is the prompt of .*hello.flac" "$T/err" && [ -s "$T/one/vm-nobodyavail.wav" ] && [ -s "$T/one/hello.wav" ]'
check 'one that is named twice is none' 'run "$speech" "$speech" "$T/one"'

# Texts, by a recogniser that counts the bytes it was given.
export CALLPIPE_STT=command CALLPIPE_STT_COMMAND="sh -c 'wc -c | sed s/^/bytes:/'"
text() { jq -r ".\"$1\".text" "$T/prompts/audio_texts.json"; }
put() { jq "$1" "$T/prompts/audio_texts.json" >"$T/new.json" && cp "$T/new.json" "$T/prompts/audio_texts.json"; }
check '--transcribe' 'run -g 3 -t "$T/audio" "$T/prompts" && [ "$(text wide)" = "bytes:$(stat -c %s "$T/prompts/wide.wav")" ] && [ "$(text fr/vorbis)" = "bytes:$(stat -c %s "$T/prompts/fr/vorbis.wav")" ]'
state "$T/prompts" >"$T/before"
check_same 'again: nothing is done' 'cat "$T/before"' 'run -g 3 -t "$T/audio" "$T/prompts" && state "$T/prompts"'
put '.wide.text = "Nobody is there." | .wide.note = "by hand" | .own = {"file": "own.wav", "text": "Mine."}'
for how in '-t' '-f -t' '-t -g 6' ''; do
	check "what was put right stays: $how" 'run $how "$T/audio" "$T/prompts" && [ "$(text wide)" = "Nobody is there." ] && [ "$(text own)" = Mine. ] && jq -e ".wide.note == \"by hand\"" "$T/prompts/audio_texts.json"'
done
check 'but not of another sound' 'sox "$sounds/vm-goodbye.wav" -r 44100 "$T/audio/wide.wav" && run "$T/audio" "$T/prompts" && [ -z "$(text wide)" ]'
check 'which is asked for' 'run -t "$T/audio" "$T/prompts" && only "wide made" && text wide | grep -q bytes:'
check 'what was removed is asked for again' 'put ".alaw.text = \"\" | del(.plain)" && run -t "$T/audio" "$T/prompts" && only "alaw made" && text alaw | grep -q bytes: && text plain | grep -q bytes:'
check '--force asks again' 'CALLPIPE_STT_COMMAND="sh -c \"echo other\"" run -t -f "$T/audio" "$T/prompts" && [ "$(text alaw)" = other ]'
check 'a text of ours is kept when there is nothing to tell of what it is' 'rm "$T/prompts/.prompts.json" && put ".alaw.text = \"Mine.\"" && run -t -f "$T/audio" "$T/prompts" && [ "$(text alaw)" = Mine. ]'
check 'nothing heard is an answer' 'cp "$speech" "$T/audio/none.wav" && run -t --stt none "$T/audio" "$T/prompts" && run -t "$T/audio" "$T/prompts" && only ""'
cp "$speech" "$T/audio/late.wav"
fails="sh -c \"echo no model >&2; exit 1\""
check 'a recogniser that fails' 'CALLPIPE_STT_COMMAND="$fails" must_fail 75 run -t "$T/audio" "$T/prompts" && only "late failed" && grep -q "no model" "$T/err" && grep -q "cannot transcribe .*late.wav" "$T/err" && [ -s "$T/prompts/late.wav" ]'
check 'is asked again the next time' 'run -t "$T/audio" "$T/prompts" && only "late made" && text late | grep -q bytes:'
check 'one that is not there' 'rm -r "$T/16k" && PATH=$(mktemp -d "$T/bin.XXX") "$B/bin/prompts" -t "$T/audio/wide.wav" "$T/16k" >"$T/out" 2>"$T/err"; [ $? = 71 ] && grep -q "cannot run stt" "$T/err"'
for i in $(seq 20); do echo "$speech" && cp "$speech" "$T/audio/many.$i.wav"; done >"$T/x"
check 'more than fit into one run' 'run -t "$T/audio" "$T/prompts" && [ "$(ended | grep -c "many.*made")" = 20 ] && [ "$(text many.20)" = "bytes:$(stat -c %s "$T/prompts/many.20.wav")" ]'
echo '{"wide": ' >"$T/prompts/audio_texts.json"
ok 'a list that cannot be read is a mistake' must_fail 65 run -f "$T/audio" "$T/prompts"
check 'and is left alone' 'grep -q "audio_texts.json.: line 2" "$T/err" && [ "$(cat "$T/prompts/audio_texts.json")" = "{\"wide\": " ]'
check 'on a terminal there is a table' 'rm "$T/prompts/audio_texts.json" && script -qec "prompts $T/audio $T/prompts" "$T/typescript" >"$T/x" && grep -q "43.6 .*2.79 .*alaw" "$T/x" && ! grep -q "{" "$T/x"'

# Texts that are spoken.
unset CALLPIPE_STT CALLPIPE_STT_COMMAND
export CALLPIPE_CACHE='' CALLPIPE_TTS_TIMEOUT=20000
mkdir "$T/texts"
printf 'Bonjour,\n  je vous écoute.\r\n' >"$T/texts/hello.txt" && echo 'Nobody is there.' >"$T/texts/plain.v1.txt" && cp "$speech" "$T/texts/plain.v1.wav"
spoken() { run --texts -l fr "$T/texts" "$T/spoken"; }
said() { jq -r ".\"$1\".text" "$T/spoken/audio_texts.json"; }
check '--texts: a text is spoken, and is what it says' 'spoken && [ "$(said hello)" = "Bonjour, je vous écoute." ] &&
	tts --language=fr --say="$(said hello)" >"$T/spoken.wav" && near "$(soxi -D "$T/spoken/hello.wav")" "$(soxi -D "$T/spoken.wav")" 0.01 && near "$(rms "$T/spoken/hello.wav")" "$(rms "$T/spoken.wav")" 0.3'
check 'one beside a recording is what that says' '[ "$(said plain.v1)" = "Nobody is there." ] && near "$(soxi -D "$T/spoken/plain.v1.wav")" "$(soxi -D "$speech")" 0.01'
state "$T/spoken" >"$T/before"
check_same 'again: nothing is done' 'cat "$T/before"' 'spoken && state "$T/spoken"'
check 'another text is spoken, and nothing else' 'echo "Au revoir." >"$T/texts/hello.txt" && spoken && only "hello made" && [ "$(said hello)" = "Au revoir." ]'
check 'another text of a recording is put down' 'echo "No one." >"$T/texts/plain.v1.txt" && spoken && only "" && [ "$(said plain.v1)" = "No one." ]'
check 'a recording takes the place of a spoken text' 'sox "$sounds/vm-goodbye.wav" "$T/texts/hello.wav" && spoken && only "hello made" && [ "$(said hello)" = "Au revoir." ] && near "$(soxi -D "$T/spoken/hello.wav")" "$(soxi -D "$sounds/vm-goodbye.wav")" 0.01'
printf ' \n' >"$T/texts/empty.txt" && printf 'caf\351\n' >"$T/texts/latin1.txt" && head -c 9000 /dev/zero | tr '\0' a >"$T/texts/long.txt"
for bad in 'empty nothing to say' 'latin1 no UTF-8' 'long longer than 8 KiB'; do
	check "a text that is bad: ${bad#* }" 'must_fail 65 run --texts "$T/texts/${bad%% *}.txt" "$T/spoken" && grep -q "${bad%% *}.txt.: .*${bad#* }" "$T/err" && [ ! -e "$T/spoken/${bad%% *}.wav" ]'
done
check 'a voice that fails' 'rm "$T/texts/hello.wav" && CALLPIPE_TTS_COMMAND=false must_fail 71 run --texts -f "$T/texts/hello.txt" "$T/spoken" && grep -q "hello.txt.: tts has not said it" "$T/err" && [ "$(soxi -D "$T/spoken/hello.wav")" = "$(soxi -D "$sounds/vm-goodbye.wav")" ]'
ok 'without --texts none is taken' must_fail 65 run "$T/texts/hello.txt" "$T/spoken"

# Phrases.
scenario=tests/data/scenario/support.json
export CALLPIPE_CACHE="$T/cache"
check '--speak --verify before it: all is missing' 'must_fail 1 run --speak=$scenario --verify'
check '--speak: a line for each phrase, with size and duration, and the sum' 'run --speak $scenario && jq -es "(.[:-1] | length > 10 and all(.status == \"made\" and .bytes > 0 and .ms > 0)) and .[-1].made == length - 1" "$T/out"'
check 'as tts has it' 'tts --prime=$scenario | tail -n1 | jq -e ".made == 0"'
check '--verify after it' 'run -s $scenario --verify'
ok '--speak takes no files' must_fail 64 run --speak=$scenario "$speech" "$T/x"
ok 'nor texts' must_fail 64 run --speak=$scenario --texts
ok 'nor a gain' must_fail 64 run --speak=$scenario --gain=3
plan
