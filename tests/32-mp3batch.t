#!/bin/sh
# mp3batch: what it makes, in the eyes of other programs, and what it leaves alone.
. tests/lib.sh

voices=/usr/share/asterisk/sounds/en_US_f_Allison
sox -V1 $voices/demo-congrats.wav -t s16 -r 8000 -c 1 "$T/caller" trim 0 9.3
sox -V1 $voices/demo-instruct.wav -t s16 -r 8000 -c 1 "$T/bot" trim 0 12.1
calls=$T/calls/2026/11/25

# call NAME: one that has ended, with what was said in it.
call() {
	mkdir -p "$calls/$1"
	printf '{"call":"%s","uuid":"%s","service":"x","rate":8000,"accepted_at":"2026-11-25T04:20:00.123Z","from":"33611223344","campaign":"Été Ж"}\n' \
		"$1" "$1" >"$calls/$1/call.json"
	cp "$T/caller" "$calls/$1/caller.s16"
	cp "$T/bot" "$calls/$1/bot.s16"
	cat >"$calls/$1/events.jsonl" <<-END
		{"seq":1,"t":5,"type":"result","data":{"disposition":"sold"}}
		{"seq":2,"t":6,"type":"result","data":{"slot":"noon"}}
		{"seq":3,"t":12100,"type":"verdict","data":{"verdict":"hangup"}}
	END
	echo hangup >"$calls/$1/verdict"
	echo '{}' >"$calls/$1/listen.jsonl"
}
# The folder as it was: nothing of ours is left in it.
no_rest() { ! find "$T"/[cf]*/ -name '.?*' | grep .; }
run() { mp3batch "$@" 2>"$T/err" || { code=$? && cat "$T/err" && return $code; }; }
says() { grep -q -e "$1" "$T/err" || { cat "$T/err" && return 1; }; }
probe() { ffprobe -v error -of default=noprint_wrappers=1 -show_entries "$1" "$2"; }
has() { probe "$1" "$2" | grep -Fx "$3" || { probe "$1" "$2" && return 1; }; }
# pcm MP3 CHANNEL: the samples, as another decoder has them.
pcm() { ffmpeg -v error -i "$1" -f s16le -af "pan=mono|c0=c$2" - </dev/null; }
rms() { sox "$@" -n stat 2>&1 | awk '/^RMS.*amplitude/ { print $3 }'; }
# like A B: two files of samples are the same sound: what they differ by is far softer.
like() {
	raw='-t s16 -r 8000 -c 1'
	cmp -n 0 "$1" "$2" && [ "$(wc -c <"$1")" -eq "$(wc -c <"$2")" ] || return
	# shellcheck disable=SC2086
	off=$(sox -V1 -m -v 1 $raw "$1" -v -1 $raw "$2" -t wav - | rms -t wav -)
	# shellcheck disable=SC2086
	awk -v off="$off" -v all="$(rms $raw "$2")" 'BEGIN { print off, all; exit !(off < all / 4) }'
}
sound_files() { (cd "$1" && find . -name '*.s16' -o -name '*.wav' -o -name '*.raw' | sort); }

# ---- a call
call one
ok 'a call is encoded' run "$T/calls"
check 'there is one line at the end' 'says "^mp3batch: 1 recording: 1 done, 0 skipped, 0 failed" && [ "$(wc -l <"$T/err")" = 1 ]'
mp3=$calls/one/recording.mp3
ok 'two channels' has stream=channels "$mp3" channels=2
ok 'at the rate of the call' has stream=sample_rate "$mp3" sample_rate=8000
for tag in title=one call_id=one 'campaign=Été Ж' disposition=sold verdict=hangup TLEN=12100 'date=2026-11-25 04:20' \
	accepted_at=2026-11-25T04:20:00.123Z; do
	ok "its tag has $tag" has "format_tags=${tag%%=*}" "$mp3" "TAG:$tag"
done
check 'no number is in it' '! grep -aq 33611223344 "$mp3"'
check 'mp3val finds no fault' 'mp3val "$mp3" >"$T/val" && ! grep -E "WARNING|ERROR" "$T/val"'
pcm "$mp3" 0 >"$T/left" && pcm "$mp3" 1 >"$T/right"
cp "$T/caller" "$T/caller.long" && truncate -r "$T/bot" "$T/caller.long"
ok 'left is the caller, to the end of the longer side' like "$T/left" "$T/caller.long"
ok 'right is the bot' like "$T/right" "$T/bot"
check 'the sources are there' '[ -s "$calls/one/caller.s16" ] && [ -s "$calls/one/bot.s16" ]'
ok 'nothing else is' no_rest
touch -r "$mp3" "$T/stamp"
cp "$mp3" "$T/first.mp3"
ok 'again' run "$T/calls"
check 'there is nothing to do' 'says "0 done, 1 skipped" && cmp "$mp3" "$T/first.mp3"'
ok '--force' run --force --bitrate=V9 "$calls/one"
check 'does it again' 'says "1 done" && ! cmp -s "$mp3" "$T/first.mp3"'
touch "$calls/one/caller.s16"
ok 'a source that is newer' run "$calls/one"
check 'is encoded again' 'cmp "$mp3" "$T/first.mp3"'

# ---- what may be removed
ok '--delete-raw of what was encoded before' run --delete-raw "$T/calls"
check_same 'the samples are gone, nothing else' 'ls -A "$calls/one"' \
	'printf "%s\n" call.json events.jsonl listen.jsonl recording.mp3 verdict'
ok 'once more' run --delete-raw --force "$T/calls"
check 'the MP3 is what it was' 'says "0 done, 1 skipped" && cmp "$mp3" "$T/first.mp3"'
call two
ok '--delete-raw at once' run --delete-raw "$T/calls"
check 'the samples are gone' '! sound_files "$T/calls" | grep . && cmp "$calls/two/recording.mp3" "$calls/two/recording.mp3"'

call three && run "$calls/three"
# flip FILE PLACE: eight bytes of it are others.
flip() { printf '\377\1\2\3\4\5\6\7' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
bytes=$(wc -c <"$calls/three/recording.mp3")
cp "$calls/three/recording.mp3" "$T/good.mp3"
info=$(grep -abo Xing "$T/good.mp3" | head -n1)
for place in $((${info%%:*} + 60)) $((bytes / 3)) $((bytes / 2)) $((bytes - 8)); do
	cp -p "$T/good.mp3" "$calls/three/recording.mp3" && flip "$calls/three/recording.mp3" "$place"
	ok "an MP3 with bytes flipped at $place of $bytes" must_fail 65 run --delete-raw "$calls/three"
	check 'a message says so, and the source stays' \
		'says "cannot remove the source of .recording.mp3. of .*three.*: it " && cmp "$calls/three/caller.s16" "$T/caller" && cmp "$calls/three/bot.s16" "$T/bot"'
done
cp "$T/good.mp3" "$calls/three/recording.mp3" && truncate -s -2000 "$calls/three/recording.mp3"
ok 'an MP3 that is cut off' must_fail 65 run --delete-raw "$calls/three"
check 'the source stays' 'says "bytes of sound" && cmp "$calls/three/caller.s16" "$T/caller"'
call other && cp "$T/bot" "$calls/other/caller.s16" && run "$calls/other" && cp "$calls/other/recording.mp3" "$calls/three"
rm -r "$calls/other"
ok 'an MP3 of something else' must_fail 65 run --delete-raw "$calls/three"
check 'the message says where it differs' 'says "on the left, in second 0, it is .* dB softer than the source" && cmp "$calls/three/caller.s16" "$T/caller"'
ok '--force makes a good one of it' run --delete-raw --force "$calls/three"
check 'then the source goes' 'cmp "$calls/three/recording.mp3" "$T/good.mp3" && ! sound_files "$calls/three" | grep .'

call half && run "$calls/half" && rm "$calls/half/caller.s16"
ok 'one side is gone already, of a run that was killed' must_fail 65 run --force "$calls/half"
check 'the MP3 is not made again of the other one' 'says "the caller.s side is gone" && cmp "$calls/half/recording.mp3" "$T/good.mp3" || ls -l "$calls/half"'
ok 'but the other side goes' run --delete-raw "$calls/half"
check 'if it is in the MP3' '! sound_files "$calls/half" | grep .'

# ---- recording.wav
call wav
sox -M -t s16 -r 8000 -c 1 "$T/caller" -t s16 -r 8000 -c 1 "$T/bot" "$calls/wav/recording.wav"
ok 'recording.wav is encoded, if there is one, and all goes' run --delete-raw "$calls/wav"
check 'it was the same sound' '! sound_files "$calls/wav" | grep . && pcm "$calls/wav/recording.mp3" 1 >"$T/right" && like "$T/right" "$T/bot"'
call mix
sox -m -t s16 -r 8000 -c 1 "$T/caller" -t s16 -r 8000 -c 1 "$T/bot" "$calls/mix/recording.wav"
ok 'of a mix' run --delete-raw "$calls/mix"
check_same 'caller and bot stay' 'sound_files "$calls/mix"' 'printf "%s\n" ./bot.s16 ./caller.s16'
ok 'and again' run --delete-raw "$calls/mix"
check 'in every night' 'says "1 skipped" && [ -s "$calls/mix/caller.s16" ]'
rm -r "$calls/mix"

# ---- what is left alone
call running && rm "$calls/running/verdict" && sed -i '$d' "$calls/running/events.jsonl"
ok 'a call in progress' run --delete-raw "$T/calls" "$calls/running/caller.s16"
check 'is left alone' '[ -s "$calls/running/caller.s16" ] && [ ! -e "$calls/running/recording.mp3" ] && [ ! -e "$calls/running/caller.mp3" ]'
touch -d '2 hours ago' "$calls/running"/*
ok 'a call that crashed' run --delete-raw "$calls/running"
check 'is encoded' '[ -s "$calls/running/recording.mp3" ]'
call empty && : >"$calls/empty/caller.s16" && rm "$calls/empty/bot.s16"
ok 'a call without sound' run --delete-raw "$calls/empty"
check 'is skipped' 'says "1 skipped" && [ -e "$calls/empty/caller.s16" ] && [ ! -e "$calls/empty/recording.mp3" ]'
call young
ok '--older-than' run --older-than=1h "$calls/young"
check 'skips what is young' 'says "1 skipped"'
touch -d '2 hours ago' "$calls/young"/*
ok 'and takes' run --older-than=1h --delete-raw "$calls/young"
check 'what is not' 'says "1 done"'
check 'an MP3 is as old as its sound' '[ -n "$(find "$calls/young/recording.mp3" -mmin +100)" ]'
call alone && rm "$calls/alone/bot.s16"
ok 'a call of one side' run --delete-raw "$calls/alone"
check 'has two channels' 'has stream=channels "$calls/alone/recording.mp3" channels=2 && pcm "$calls/alone/recording.mp3" 0 >"$T/left" && like "$T/left" "$T/caller"'
ok 'nothing of ours is left anywhere' no_rest
rm -r "$T/calls"

# ---- sound files
mkdir "$T/files"
cd "$T/files" || exit
raw='-t s16 -r 8000 -c 1'
# shellcheck disable=SC2086
{
	sox -M $raw "$T/caller" $raw "$T/bot" stereo.wav
	sox $raw "$T/bot" -r 44100 -b 24 cd.wav
	sox $raw "$T/bot" -r 16000 -e floating-point -b 32 float.wav
	sox $raw "$T/bot" -e a-law alaw.wav
	sox $raw "$T/bot" -r 11000 odd.wav
	sox $raw "$T/bot" -t wav - >pipe.wav
}
cp "$T/bot" mono.s16 && cp stereo.wav 'name with "quotes" and spaces.wav'
ok 'sound files of all kinds' run --rate=8000 --delete-raw .
check 'all went' '! sound_files . | grep .'
for want in stereo:2:8000 cd:1:44100 float:1:16000 alaw:1:8000 odd:1:11025 pipe:1:8000 mono:1:8000; do
	name=${want%%:*} shape=${want#*:}
	ok "$name: ${shape%:*} channels at ${shape#*:}" has stream=channels,sample_rate "$name.mp3" "sample_rate=${shape#*:}"
	ok "$name: ${shape%:*} channels" has stream=channels "$name.mp3" "channels=${shape%:*}"
done
check 'what decodes is what there was' 'pcm float.mp3 0 | sox -t s16 -r 16000 -c 1 - -t s16 -r 8000 "$T/left" && like "$T/left" "$T/bot"'
check 'a title' 'has format_tags=title stereo.mp3 TAG:title=stereo'
rm -- *.mp3
cp "$T/bot" x.s16
ok '--bitrate=16k, to which a length does not fit' run --rate=8000 --bitrate=16k x.s16
check 'is so' '[ "$(probe format=bit_rate x.mp3 | cut -c 1-11)" = bit_rate=16 ]'
ok 'without it nothing is removed' must_fail 78 run --force --rate=8000 --bitrate=16k --delete-raw x.s16
ok 'two channels without a header' run --force --rate=8000 --channels=2 --bitrate=32k x.s16
check 'are two' 'has stream=channels x.mp3 channels=2'
ok 'the rate has to be known' must_fail 64 run --force x.s16
check 'and the message says how' 'says "x.s16.: .*--rate"'
cd "$OLDPWD" || exit
ok 'nothing of ours is left there' no_rest

ok 'a bit rate that is none' must_fail 64 run --bitrate=V10 "$T/files"
ok 'an age that is none' must_fail 64 run --older-than=1 "$T/files"
plan
