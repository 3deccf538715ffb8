#!/bin/sh
# prompts: bad sources, bad folders, full disks, being killed, two at once.
# shellcheck disable=SC2034,SC2317 # names in text that is evaluated
. tests/lib.sh

speech=/usr/share/asterisk/sounds/en_US_f_Allison/vm-nobodyavail.wav
run() { prompts "$@" >"$T/out" 2>"$T/err"; }
said() { grep "^prompts: cannot [a-z ]* '[^']*$1': .*$2" "$T/err"; }

# Sources.
mkdir "$T/bad"
cp "$speech" "$T/bad/good.wav"
: >"$T/bad/empty.wav"
echo 'No sound.' >"$T/bad/text.wav"
head -c 20000 "$speech" >"$T/bad/cut.wav"
sox "$speech" -r 16000 "$T/x.ogg" && head -c 6000 "$T/x.ogg" >"$T/bad/cut.ogg"
sox "$speech" "$T/x.flac" && head -c 9000 "$T/x.flac" >"$T/bad/half.flac"
sox "$speech" "$T/x.aiff" && head -c 20000 "$T/x.aiff" >"$T/bad/cutter.aiff"
sox "$speech" "$T/x.au" && head -c 20000 "$T/x.au" >"$T/bad/cuttest.au"
sox -n -r 8000 "$T/bad/nothing.wav" trim 0 0
head -c 3000 /dev/urandom >"$T/bad/noise.mp3"
printf 'RIFF\377\377\377\377WAVEfmt \377\377\377\377\22\64' >"$T/bad/garbage.wav"
sox "$speech" -r 4000 "$T/bad/slow.wav"
truncate -s 3G "$T/bad/huge.wav"
sox -n -r 8000 -b 8 -e unsigned "$T/bad/long.wav" trim 0 3601
cp "$speech" "$T/bad/$(printf 'latin\351.wav')"
ln -s loop.wav "$T/loop.wav"
mkfifo "$T/fifo.wav"
ok 'bad sources' must_fail 65 run "$T/bad" "$T/loop.wav" "$T/absent.wav" "$T/fifo.wav" /dev/zero "$T/out1"
while read -r name reason; do
	ok "$name: $reason" said "$name" "$reason"
done <<-END
	empty.wav empty file
	text.wav Format not recognised
	cut.wav cut off: 20000 of
	cut.ogg cut off after
	half.flac flac decoder lost sync
	cutter.aiff cut off
	cuttest.au cut off
	nothing.wav no sound
	noise.mp3 .
	garbage.wav .
	slow.wav 4000 Hz
	huge.wav larger than 2 GB
	long.wav longer than 3600 s
	wav no UTF-8
	loop.wav Too many levels
	absent.wav No such file
	fifo.wav not a regular file
	zero not a regular file
END
check 'each has one line' '[ "$(grep -c "^prompts: cannot" "$T/err")" = 18 ]'
check 'the good one is done' '[ "$(find "$T/out1" -name "*.wav")" = "$T/out1/good.wav" ] && jq -e "keys == [\"good\"]" "$T/out1/audio_texts.json" && jq -es "map(select(.status == \"failed\" and .why)) | length == 18" "$T/out"'
check 'a WAV that was written to a pipe has no size, and is whole' 'sox "$speech" -t wav - | cat >"$T/pipe.wav" && run "$T/pipe.wav" "$T/out2" && jq -e ".ms > 2700" "$T/out"'
mkdir "$T/links" && ln -s "$speech" "$T/links/link.wav" && cp "$speech" "$T/links/file.wav"
check 'a link in a folder is left out' 'run "$T/links" "$T/out2" && [ "$(jq -r .name "$T/out")" = file ]'
check 'one that is named is followed' 'run "$T/links/link.wav" "$T/out2" && [ -s "$T/out2/link.wav" ]'
echo precious >"$T/precious" && rm "$T/out2/link.wav" && ln -s "$T/precious" "$T/out2/link.wav"
check 'none is written through' 'run "$T/links/link.wav" "$T/out2" && [ "$(cat "$T/precious")" = precious ] && [ -f "$T/out2/link.wav" ] && [ ! -L "$T/out2/link.wav" ]'

# Folders.
ok 'no operands' must_fail 64 run
check 'a file is no folder' 'must_fail 64 run "$speech" "$T/bad/good.wav" && grep -q "the last operand" "$T/err" && cmp "$speech" "$T/bad/good.wav"'
check 'nor in a source' 'must_fail 64 run "$T/links" "$T/links/made" && grep -q "where they come from" "$T/err"'
check 'nor the source itself' 'must_fail 64 run "$T/links" "$T/links/../links" && [ ! -e "$T/links/audio_texts.json" ]'
check 'a prompt is no source' 'must_fail 65 run "$T/out2/link.wav" "$T/out2" && grep -q "it is in the folder" "$T/err"'
ok 'a folder whose parent is not there' must_fail 74 run "$speech" "$T/a/b"
ok 'a wrong gain' must_fail 64 run -g 41 "$speech" "$T/out3"
ok 'and a wrong norm' must_fail 64 run -g norm:3 "$speech" "$T/out3"
ok '--verify alone' must_fail 64 run --verify "$speech" "$T/out3"
check 'a folder that begins with a dash' 'cd "$T" && CALLPIPE_STT=command CALLPIPE_STT_COMMAND="wc -c" run -t -- "$speech" -out && [ -s ./-out/vm-nobodyavail.wav ] && jq -e ".text != \"\"" "$T/out"'
check 'output that cannot be written' '(prompts "$speech" "$T/out3" >/dev/full 2>"$T/err"; [ $? = 74 ])'

# Disks: in a mount namespace of its own; who is not root is so there.
mounted() { # OPTIONS TEXT: run the text of shell with a disk at $T/disk
	set -- "$1" "$2" --mount
	[ "$(id -u)" = 0 ] || set -- "$@" --map-root-user
	options=$1 text=$2 && shift 2
	mkdir -p "$T/disk"
	T=$T speech=$speech unshare "$@" sh -c 'mount -t tmpfs -o "$1" tmpfs "$T/disk" && eval "$2"' sh "$options" "$text"
}
cp "$speech" "$T/links/z.wav"
check 'a full disk' 'mounted size=64k "prompts $T/links $speech $T/disk >$T/out 2>$T/err; code=\$?; find $T/disk -type f >$T/x; exit \$code"; [ $? = 74 ] &&
	[ "$(grep -c "cannot write the prompt of .*No space left" "$T/err")" = 2 ] && ! grep part "$T/x"'
check 'a limit on files' '(ulimit -f 20; prompts "$speech" "$T/out4" >"$T/out" 2>"$T/err"; [ $? = 74 ]) && grep -q "cannot write the prompt of .*File too large" "$T/err" && [ -z "$(find "$T/out4" -name "*wav*")" ]'
check 'a disk that is read-only' 'mounted size=9m "prompts $T/links $T/disk >$T/out 2>$T/err && mount -o remount,ro $T/disk && prompts $T/links $T/disk >$T/out 2>$T/err && prompts -g 3 $T/links $T/disk >$T/out 2>$T/err"; [ $? = 74 ] &&
	[ "$(grep -c "cannot write the prompt of .*Read-only" "$T/err")" = 2 ]'
check 'is none if nothing has changed' 'jq -es "all(.status == \"failed\")" "$T/out"'

# Killed at any time, it is done the next time: the same bytes.
mkdir "$T/many"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sox "$speech" -r 44100 "$T/many/$i.wav" gain "-$i"; done
run "$T/many" "$T/whole"
for ms in 010 020 030 040 060 080 100 130 160 200 250 300; do
	timeout -s KILL "0.$ms" prompts "$T/many" "$T/killed" >"$T/out" 2>"$T/err"
	for f in "$T/killed"/*.wav; do
		[ ! -e "$f" ] || cmp "$f" "$T/whole/${f##*/}" || touch "$T/broken"
	done
done
check 'killed: what is there is whole' '[ ! -e "$T/broken" ]'
check 'the next run makes what is missing' 'run "$T/many" "$T/killed" && diff -r -x ".*.part" "$T/whole" "$T/killed"'
cat >"$T/slow" <<-'END'
	echo "$PPID" >"$T/pid" # of stt, which runs this
	exec sleep 5
END
check 'stopped, it stops stt' 'T=$T CALLPIPE_STT=command CALLPIPE_STT_COMMAND="sh $T/slow" start prompts -t "$speech" "$T/stopped" >"$T/out" 2>"$T/err" && stopped=$! &&
	wait_for 20 test -s "$T/pid" && kill -TERM "$stopped" && wait_for 5 eval "! kill -0 $(cat "$T/pid")" && { wait "$stopped"; [ $? = 143 ]; }'
prompts "$T/many" "$T/both" >"$T/out.1" 2>"$T/err.1" &
prompts "$T/many" "$T/both" >"$T/out.2" 2>"$T/err.2"
code=$?
wait $!
check 'two at once: one makes them, one sees that' '[ "$? $code" = "0 0" ] && [ "$(cat "$T/out.1" "$T/out.2" | jq -r .status | sort | uniq -c | xargs)" = "12 made 12 same" ] && diff -r "$T/whole" "$T/both"'
plan
