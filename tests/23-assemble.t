#!/bin/sh
# assemble: recordings that sox and ffprobe read as they should be, transcripts that strict readers read.
# shellcheck disable=SC2034,SC2086 # texts for check; a list of options
. tests/lib.sh

# call NAME: a call that ended well, 26 s, with a tone on each side: the bot an octave higher, and louder.
call() {
	mkdir -p "$T/$1" && cp tests/data/call/* "$T/$1"
	[ -f "$T/caller.s16" ] || sox -n -r 8000 -b 16 -e signed -t raw "$T/caller.s16" synth 25 sine 500 vol 0.1
	[ -f "$T/bot.s16" ] || sox -n -r 8000 -b 16 -e signed -t raw "$T/bot.s16" synth 26 sine 1000 vol 0.2
	cp "$T/caller.s16" "$T/bot.s16" "$T/$1"
}
raw='-t raw -r 8000 -b 16 -e signed -c 1'
# stat FILE WHAT [EFFECT...]: a figure of sox stat.
stat() { file=$1 what=$2 && shift 2 && sox "$file" -n "$@" stat 2>&1 | awk -F: -v what="$what" '$1 ~ what { print $2 + 0; exit }'; }
probe() { ffprobe -v error -of csv=p=0 -show_entries "stream=codec_name,sample_rate,channels:format=duration" "$1" | xargs; }
near() { awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { exit !(a - b <= d && b - a <= d) }' || { echo "$1, not $2" && false; }; }
# says TEXT COMMAND [ARG...]: it ends well, and says that.
says() {
	text=$1 && shift
	"$@" 2>"$T/err" || { cat "$T/err" && return 1; }
	grep -qF -e "$text" "$T/err" || { cat "$T/err" && return 1; }
}

call a
ok 'a call is done' says '1 call: 1 done, 0 skipped, 0 failed' assemble "$T/a"
check 'ffprobe: both sides, and the longer one' '[ "$(probe "$T/a/recording.wav")" = "pcm_s16le,8000,2 26.000000" ]'
check_same 'left is the caller, then silence' 'sox "$T/a/recording.wav" $raw - remix 1' 'cat "$T/a/caller.s16" && head -c 16000 /dev/zero'
check_same 'right is the bot' 'sox "$T/a/recording.wav" $raw - remix 2' 'cat "$T/a/bot.s16"'
check 'nothing else is left behind' '[ "$(find "$T/a" -newer "$T/a/caller.s16" -name ".*" -type f | wc -l)" = 0 ]'
ok 'again: nothing to do' says '0 done, 1 skipped' assemble "$T/a"
ok 'another layout is another recording' says '1 done' assemble --layout=mix "$T/a"
ok 'and then is there' says '1 skipped' assemble --layout=mix "$T/a"
ok 'unless it is asked for' says '1 done' assemble --layout=mix --force "$T/a"

# The sum, and a sum that is too much.
check 'mix: one sample a time' '[ "$(probe "$T/a/recording.wav")" = "pcm_s16le,8000,1 26.000000" ]'
check_same 'mix: the sum' 'sox "$T/a/recording.wav" -t raw -' \
	'sox -R -D -m -v 1 $raw "$T/a/caller.s16" -v 1 $raw "$T/a/bot.s16" -t raw -r 8000 -b 16 -e signed -c 1 -'
call loud
for side in caller bot; do sox -n -r 8000 -b 16 -e signed -t raw "$T/loud/$side.s16" synth 2 sine 1000 vol 0.95; done
check 'mix: two that are loud' 'assemble --layout=mix "$T/loud" && near "$(stat "$T/loud/recording.wav" Maximum.amplitude)" 0.98 0.019'
check 'mix: are not clipped' 'sox "$T/loud/recording.wav" -n stats 2>&1 | awk "/^Flat factor/ { exit !(\$3 < 1) }"'

# One line after the other.
ok 'sequence' says '1 done' assemble -l sequence "$T/a"
pieces=$(jq '[.conversation[] | (.t1 - .t0) / 1000] | add + 0.4 * (length - 1)' "$T/a/transcript.json")
check 'sequence: every line, and 0.4 s between two' 'near "$(soxi -D "$T/a/recording.wav")" "$pieces" 0.01'
check 'sequence: bot, bot, caller' 'near "$(stat "$T/a/recording.wav" Rough trim 0.1 1.5)" 1000 60 &&
	near "$(stat "$T/a/recording.wav" Rough trim 5.7 2.5)" 500 60'
check 'sequence: the gap is silence' '[ "$(stat "$T/a/recording.wav" Maximum.amplitude trim 1.72 0.38)" = 0 ]'
check 'sequence: the caller is as loud as the bot' 'near "$(stat "$T/a/recording.wav" RMS.*amplitude trim 5.7 2.5)" \
	"$(stat "$T/a/recording.wav" RMS.*amplitude trim 0.1 1.5)" 0.005'
sox $raw "$T/caller.s16" $raw "$T/a/caller.s16" vol 0.1
check 'sequence: but by no more than 8 dB' 'assemble -l sequence -f "$T/a" &&
	near "$(stat "$T/a/recording.wav" RMS.*amplitude trim 5.7 2.5)" 0.01776 0.0005'

# 16 kHz, and a hole.
call wide
sed -i 's/8000/16000/' "$T/wide/call.json"
truncate -s 320000 "$T/wide/bot.s16" && truncate -s 640000 "$T/wide/bot.s16" && rm "$T/wide/caller.s16"
ok 'a side is missing' says "wide/caller.s16' is missing: there is no such file" assemble "$T/wide"
check '16 kHz' '[ "$(probe "$T/wide/recording.wav")" = "pcm_s16le,16000,2 20.000000" ]'
check 'a hole is silence' '[ "$(stat "$T/wide/recording.wav" Maximum.amplitude trim 10.1)" = 0 ]'
check 'what is missing is in the transcript' '[ "$(jq -c .missing "$T/wide/transcript.json")" = \
	"[{\"file\":\"caller.s16\",\"reason\":\"there is no such file\"}]" ]'

# The transcripts are read by others, and all say the same.
same_words() { # DIR: cues of both kinds, lines of text, and the conversation
	jq -r '.conversation[] | [.t0, .speaker, .text // .transcription] | @tsv' "$1/transcript.json" >"$T/want"
	for kind in srt vtt; do
		tests/fake/subtitles.py $kind "$1/transcript.$kind" >"$T/cues" || return 1
		jq -r '.[] | [.start, (.speaker | ascii_upcase), .text] | @tsv' "$T/cues" | diff "$T/want" - || return 1
	done
	cut -f2- "$T/want" | sed 's/\t/: /' | diff - "$1/transcript.txt"
}
ok 'the same words in all' same_words "$T/a"
check 'members as they were before us' 'jq -e "
	.call_id == \"a\" and .duration_seconds == 25.26 and .started_at == \"2026-11-25T23:02:05.187Z\" and
	.assembled_audio == \"recording.wav\" and (.conversation | length) == 11 and .missing == [] and
	([.conversation[] | has(\"turn\", \"speaker\", \"audio_file\", \"duration\", \"sentiment\", \"confidence\", \"timestamp\")] | all)" \
	"$T/a/transcript.json"'
check 'what nobody heard is not said' 'grep "Is it your —" "$T/a/transcript.txt" && ! grep connection "$T"/a/transcript.[tsv]*'

# Names, folders, lists.
call b/x/y
mkdir "$T/out"
ok 'into another folder, by call' says '2 done' assemble --out="$T/out" "$T/a" "$T/b"
check 'there they are' '[ "$(ls "$T/out" | xargs)" = "a.json a.srt a.txt a.vtt a.wav y.json y.srt y.txt y.vtt y.wav" ]'
check 'and not here' '[ "$(ls "$T/b/x/y" | xargs)" = "bot.s16 call.json caller.s16 events.jsonl session.json verdict" ]'
ok 'a list, with the names of the seed' says '1 done' sh -c 'echo "$1" | assemble --name=full --layout=sequence' - "$T/b/x/y"
check 'there they are, too' '[ "$(ls "$T/b/x/y" | grep y | xargs)" = \
	"full_call_assembled_y.wav transcript_y.json transcript_y.srt transcript_y.txt transcript_y.vtt" ]'
check 'the transcript knows' '[ "$(jq -r .assembled_audio "$T/b/x/y/transcript_y.json")" = full_call_assembled_y.wav ]'
ok 'the same call there: nothing to do' says '2 skipped' assemble --out="$T/out" "$T/a" "$T/b"

# Once it is an MP3, or the sides are gone.
assemble -f "$T/a" 2>"$T/err" && mv "$T/a/recording.wav" "$T/a/recording.mp3"
ok 'an MP3 is as good' says '1 skipped' assemble "$T/a"
mv "$T/a/recording.mp3" "$T/a/recording.wav" && rm "$T/a"/*.s16
ok 'without its sides a recording stays' says '1 skipped' assemble "$T/a"
ok 'even if everything is made again' says '1 done' assemble -f -l mix "$T/a"
check 'and is named' '[ "$(soxi -c "$T/a/recording.wav") $(jq -r .assembled_audio "$T/a/transcript.json")" = "2 recording.wav" ]'
plan
