#!/bin/sh
# mp3batch: bad files, full disks, several at once, and what is left when it is killed.
. tests/lib.sh

voices=/usr/share/asterisk/sounds/en_US_f_Allison
raw='-t s16 -r 8000 -c 1'
# shellcheck disable=SC2086
sox -V1 $voices/demo-congrats.wav $raw "$T/voice" trim 0 4
mkdir "$T/w"
run() { (cd "$T/w" && mp3batch --rate=8000 "$@") 2>"$T/err" || { code=$? && cat "$T/err" && return $code; }; }
says() { grep -q -e "$1" "$T/err" || { cat "$T/err" && return 1; }; }
no_rest() { ! find "$T/w" -name '.?*' | grep .; }
bad() { # FILE CODE TEXT
	ok "$1: exit $2" must_fail "$2" run "$1"
	check "$1: one line with the reason, and nothing is made" \
		"says \"cannot encode '$1'.*$3\" && [ \$(wc -l <\"\$T/err\") = 2 ] && [ ! -e \"\$T/w/${1%.*}.mp3\" ]"
}
whole() { [ "$(ffmpeg -v error -i "$1" -f s16le - </dev/null | wc -c)" = "$2" ]; }

# ---- bad files
# shellcheck disable=SC2086
{
	sox $raw "$T/voice" "$T/w/good.wav"
	head -c 30000 "$T/w/good.wav" >"$T/w/cut.wav"
	head -c 40 "$T/w/good.wav" >"$T/w/head.wav"
	sox -M $raw "$T/voice" $raw "$T/voice" $raw "$T/voice" "$T/w/three.wav"
	sox $raw "$T/voice" -r 96000 "$T/w/fast.wav"
}
cp LICENSE "$T/w/text.wav"
: >"$T/w/empty.wav"
: >"$T/w/none.s16"
truncate -s 200G "$T/w/huge.raw"
ln -s "$T/voice" "$T/w/link.s16"
mkfifo "$T/w/fifo.s16"
cp "$T/voice" "$T/w/good.raw"
cp "$T/voice" "$T/w/half.s16" && printf x >>"$T/w/half.s16"
bad cut.wav 65 'cut off: 29956 of 64000 bytes'
bad head.wav 65 'cut off'
bad three.wav 65 '3 channels'
bad fast.wav 65 '96000 samples'
bad text.wav 65 'no WAV'
bad empty.wav 65 'empty'
bad none.s16 65 'no sound'
bad huge.raw 65 'longer than 24 hours'
bad link.s16 65 'symbolic link'
bad fifo.s16 65 'no regular file'
bad missing.wav 65 'No such file'
bad good.raw 65 "'good.wav' beside it becomes 'good.mp3'"
bad good.wav 65 "'good.raw' beside it becomes 'good.mp3'"
rm "$T/w/good.raw"
cp "$T/voice" "$T/w/letters.aif"
bad letters.aif 65 'neither'
chmod 0 "$T/w/half.s16"
# Root without its power over files.
plain=
[ "$(id -u)" != 0 ] || plain='setpriv --bounding-set=-dac_override,-dac_read_search'
# shellcheck disable=SC2086
unreadable() { (cd "$T/w" && $plain mp3batch --rate=8000 half.s16) 2>"$T/err" || { code=$? && cat "$T/err" && return $code; }; }
ok 'an unreadable file: exit 74' must_fail 74 unreadable
check 'the reason' 'says "half.s16.*Permission denied"'
chmod 644 "$T/w/half.s16"
ok 'all of them, and good ones' must_fail 65 run --delete-raw .
check 'the others are done' 'says "10 recordings: 2 done, 0 skipped, 8 failed"'
check 'a half sample at the end is none' 'whole "$T/w/half.mp3" 64000 && whole "$T/w/good.mp3" 64000'
check 'links in a folder are not followed' '[ -s "$T/voice" ] && [ -h "$T/w/link.s16" ] && [ ! -e "$T/w/link.mp3" ]'
check 'no bad file is gone' 'ls "$T/w/cut.wav" "$T/w/head.wav" "$T/w/three.wav" "$T/w/fast.wav" "$T/w/text.wav" "$T/w/empty.wav" "$T/w/none.s16" "$T/w/huge.raw"'
ok 'nothing of ours is left' no_rest
mkdir "$T/w/x.mp3" && cp "$T/voice" "$T/w/x.s16"
ok 'an MP3 that is a folder: exit 74' must_fail 74 run --delete-raw x.s16
check 'the source stays' '[ -s "$T/w/x.s16" ]'
ok 'nothing of ours is left by that' no_rest
rm -r "$T/w"

# ---- disks
mkdir "$T/disk"
own='unshare --mount'
[ "$(id -u)" = 0 ] || own="$own --map-root-user"
cat >"$T/on" <<'E2'
#!/bin/sh
# on OPTIONS: mp3batch on a disk of its own; what is there in the end is listed.
mount -t tmpfs -o "$1" tmpfs "$T/disk" && cp "$T/voice" "$T/disk/a.s16" || exit 71
[ "$2" = full ] && { head -c 100M /dev/zero >"$T/disk/fill" 2>/dev/null; truncate -s -4096 "$T/disk/fill"; }
[ "$2" = ro ] && mount -o remount,ro "$T/disk"
mp3batch --rate=8000 --delete-raw "$T/disk" 2>"$T/err"
code=$?
cmp "$T/voice" "$T/disk/a.s16" && ls -A "$T/disk" >"$T/list"
exit $code
E2
export T
# shellcheck disable=SC2086
on() { $own sh "$T/on" "$@"; }
ok 'a full disk: exit 74' must_fail 74 on size=96k full
check 'the reason' 'says "cannot encode .*a.s16.*No space left"'
check_same 'the source is there, and nothing else' 'cat "$T/list"' 'printf "%s\n" a.s16 fill'
ok 'a read-only folder: exit 74' must_fail 74 on size=1m ro
check 'the reason' 'says "cannot encode .*a.s16.*Read-only"'
check_same 'the source is there' 'cat "$T/list"' 'echo a.s16'

# ---- several at once
mkdir "$T/w"
for i in $(seq 60); do
	d=$T/w/day/$i && mkdir -p "$d" && echo '{}' >"$d/call.json" && cp "$T/voice" "$d/caller.s16" && touch -d '2 hours ago' "$d"/*
done
for k in 1 2 3; do
	start sh -c 'cd "$T/w" && exec mp3batch --delete-raw --workers=2 day' 2>"$T/err.$k"
done
for pid in $pids; do wait "$pid"; done
pids=
check 'three at once over 60 calls: each is done once' \
	'[ "$(sed -n "s/.*: \([0-9]*\) done.*/\1/p" "$T"/err.[123] | awk "{ n += \$1 } END { print n }")" = 60 ] && ! grep -v "0 failed" "$T"/err.[123]'
check 'all are done' '[ "$(find "$T/w" -name recording.mp3 -size +0 | wc -l)" = 60 ] && ! find "$T/w" -name "*.s16" | grep .'
ok 'nothing of ours is left of that' no_rest
rm -r "$T/w"

# ---- a claim
mkdir "$T/w" && truncate -s 8M "$T/w/long.s16"
locked() { [ -s "$T/w/.long.mp3.lock" ]; }
start sh -c 'cd "$T/w" && exec mp3batch --rate=8000 --workers=1 long.s16' 2>/dev/null
tool=$!
wait_for 30 locked
worker=$(sed 's/.* //' "$T/w/.long.mp3.lock")
kill -STOP "$worker"
ok 'what somebody else is at, and be it asleep' run long.s16
check 'is skipped' 'says "0 done, 1 skipped, 0 failed" && [ ! -e "$T/w/long.mp3" ]'
kill -KILL "$worker"
ok 'whose worker is killed says so' must_fail 70 wait "$tool"
pids=
check 'what it leaves' 'ls -A "$T/w" | grep "part$" && locked'
truncate -s 2M "$T/w/long.s16"
ok 'is taken over' run long.s16
check 'and done, and nothing is left of it' 'says "1 done" && [ -s "$T/w/long.mp3" ] && no_rest'
: >"$T/w/.long.mp3.lock"
ok 'a claim that was left behind at the very end' run long.s16
check 'goes, too' 'says "1 skipped" && no_rest'
rm -r "$T/w"

# ---- killed at any moment
mkdir "$T/w"
bytes=$((2 * $(wc -c <"$T/voice")))
called() { # NAME
	d=$T/w/$1 && mkdir "$d" && echo '{}' >"$d/call.json" && cp "$T/voice" "$d/caller.s16" && cp "$T/voice" "$d/bot.s16" &&
		touch -d '2 hours ago' "$d"/*
}
sound() { # every call has its samples or an MP3 of all of them, which is looked at once
	for d in "$T"/w/*; do
		if [ -e "$d/recording.mp3" ]; then
			[ -e "$T/seen-${d##*/}" ] || whole "$d/recording.mp3" $bytes ||
				{ echo "$d has half an MP3" && return 1; }
			: >"$T/seen-${d##*/}"
		elif ! cmp "$d/caller.s16" "$T/voice" || ! cmp "$d/bot.s16" "$T/voice"; then
			echo "$d has lost its samples"
			return 1
		fi
	done
}
for i in 1 2 3 4 5 6 7 8; do called $i; done
kills=0 fine=0
for moment in 5 11 17 23 29 35 41 47 53 59 65 71 80 90 100 120; do
	called "at$moment"
	setsid mp3batch --delete-raw "$T/w" 2>/dev/null &
	sleep "0.$(printf '%03d' "$moment")"
	kill -s KILL -- -$! 2>/dev/null && kills=$((kills + 1))
	wait $!
	sound >"$T/lost" && fine=$((fine + 1))
done
check 'killed at 16 moments, it has lost and halved nothing' '[ $fine = 16 ] || ! cat "$T/lost"'
check 'it was killed' 'echo $kills && [ $kills -ge 3 ]'
ok 'once more' run --delete-raw .
check 'all are done' 'sound && [ "$(find "$T/w" -name recording.mp3 | wc -l)" = 24 ] && ! find "$T/w" -name "*.s16" | grep .'
ok 'nothing of ours is left of all that' no_rest
plan
