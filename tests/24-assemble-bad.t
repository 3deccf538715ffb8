#!/bin/sh
# assemble: calls that crashed, files that are not what they should be, disks without room, and kill -9.
. tests/lib.sh

# call NAME [BYTES]: a call that ended well, with so much silence on each side.
call() {
	mkdir -p "$T/$1" && cp tests/data/call/* "$T/$1"
	truncate -s "${2:-400000}" "$T/$1/caller.s16" "$T/$1/bot.s16"
}
# says CODE TEXT COMMAND [ARG...]: exits so, and among its messages is one with the text; with code 0 it may warn.
says() {
	code=$1 text=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" || { cat "$T/err" && return 1; }
	grep -qF -e "$text" "$T/err" || { cat "$T/err" && return 1; }
}
old() { touch -d '5 minutes ago' "$T/$1" "$T/$1"/*; } # a call that has been quiet for so long
missing() { jq -c '[.missing[] | "\(.file) \(.line // "-") \(.reason)"]' "$T/$1/transcript.json"; }
no_parts() { [ "$(find "$T" -name '.*.part' | wc -l)" = 0 ]; }

# What is left of a call is used.
call crashed
sed -n '1,20p;22,45p' "$T/crashed/events.jsonl" >"$T/journal"
(sed 5q "$T/journal" && echo 'no json' && sed 1,5d "$T/journal" && echo '{"seq":46,"t":15000,"type":"of-the-future","data":{"x":[1]}}' &&
	printf '{"seq":47,"t":15001,"ty') >"$T/crashed/events.jsonl"
rm "$T/crashed/verdict" "$T/crashed/bot.s16" && old crashed
ok 'a crash: done' says 0 '1 done' assemble "$T/crashed"
check 'what is missing is said' 'grep "bot.s16. is missing" "$T/err" && grep "2 lines are no records, the first is line 6: no JSON object" "$T/err" &&
	grep "1 records were lost" "$T/err" && grep "its end is missing" "$T/err"'
check 'and is in the transcript' '[ "$(missing crashed)" = "[\"bot.s16 - there is no such file\",\"events.jsonl 6 no JSON object\",\"events.jsonl 47 cut off\",\"events.jsonl - 1 records were lost\",\"events.jsonl - its end\"]" ] || { missing crashed && false; }'
check 'what was said before' 'grep "CLIENT: four seven one one" "$T/crashed/transcript.txt"'
check 'and its sound' '[ "$(soxi -s "$T/crashed/recording.wav")" = 200000 ]'
ok 'once' says 0 '1 skipped' assemble "$T/crashed"

call odd 400001
rm "$T/odd/events.jsonl"
old odd
ok 'without a journal, with half a sample' says 0 '1 done' assemble -l sequence "$T/odd"
check 'there is a recording' '[ "$(soxi -s "$T/odd/recording.wav")" = 200000 ]'
check 'an empty transcript' '[ ! -s "$T/odd/transcript.txt" ] && tests/fake/subtitles.py vtt "$T/odd/transcript.vtt"'
check 'that says why' '[ "$(missing odd)" = "[\"events.jsonl - there is no journal\",\"caller.s16 - half of its last sample\",\"bot.s16 - half of its last sample\"]" ] || { missing odd && false; }'
mkdir "$T/bare" && cp tests/data/call/call.json "$T/bare" && old bare
ok 'nothing but call.json' says 0 '1 done' assemble "$T/bare"
ok 'is done once, too' says 0 '1 skipped' assemble "$T/bare"

# Words that would end a cue, a line or a tag.
call hostile
python3 - "$T/hostile/events.jsonl" <<'EOF'
import json, sys
texts = ["a --> b", "<v Bot>no</v> & <script>", "1\n\n2\n00:00:01.000 --> 00:00:02.000\nx", "&lt;", "\r\n\x00\x07", "", "\u2028x\u0085y\u200f",
         "\U0001f600 \u0645\u0631\u062d\u0628\u0627", "-" * 5000 + ">", "NOTE x", "\ufeffWEBVTT", "---", "BOT: x"]
records = []
for i, text in enumerate(texts * 3):
  records.append({"type": "transcript", "data": {"turn": i + 1, "text": text, "start": 100 * i, "end": 100 * i + (i % 3) * 700}})
records.append({"type": "result", "data": {"n": 10**30, "x\x00y": "z\x00"}})
records.append({"type": "tool-call", "data": {"id": "t", "name": "n", "arguments": {"n": 10**30}}})
records.append({"type": "verdict", "data": {"verdict": "hangup"}})
with open(sys.argv[1], "w") as f:
  for i, r in enumerate(records):
    f.write(json.dumps({"seq": i + 1, "t": i * 100, **r}, ensure_ascii=i % 2, separators=(",", ":")) + "\n")
EOF
ok 'words that would break the files' says 0 '1 done' assemble "$T/hostile"
check 'SubRip is read' 'tests/fake/subtitles.py srt "$T/hostile/transcript.srt" >"$T/cues" && [ "$(jq length "$T/cues")" = 39 ]'
check 'WebVTT is read, and gives them back' 'tests/fake/subtitles.py vtt "$T/hostile/transcript.vtt" >"$T/cues" &&
	[ "$(jq -r ".[1].text" "$T/cues")" = "<v Bot>no</v> & <script>" ] && [ "$(jq -r ".[3].text" "$T/cues")" = "&lt;" ]'
check 'a line each' '[ "$(wc -l <"$T/hostile/transcript.txt")" = 39 ]'
check 'JSON is JSON' 'jq -e ".conversation | length == 39" "$T/hostile/transcript.json"'

# What is no call, or no file, is said, and the others are done.
call good
call link && rm "$T/link/caller.s16" && ln -s ../good/caller.s16 "$T/link/caller.s16"
call fifo && rm "$T/fifo/bot.s16" && mkfifo "$T/fifo/bot.s16"
call folder && rm "$T/folder/events.jsonl" && mkdir "$T/folder/events.jsonl" && old folder
mkdir "$T/none"
ok 'two that cannot be used and one that can' says 65 '5 calls: 1 done, 0 skipped, 4 failed' \
	assemble "$T/link" "$T/fifo" "$T/folder" "$T/good" "$T/nowhere"
check 'each is said' 'grep "link/caller.s16.: Too many levels" "$T/err" && grep "fifo/bot.s16.: Invalid" "$T/err" &&
	grep "folder/events.jsonl.: Invalid" "$T/err" && grep "nowhere.: No such file" "$T/err"'
check 'no recording is made of half of them' '[ ! -e "$T/link/recording.wav" ] && [ ! -e "$T/fifo/recording.wav" ]'
check 'but what does not need it' '[ -s "$T/link/transcript.json" ] && [ -s "$T/folder/recording.wav" ] && [ ! -e "$T/folder/transcript.json" ]'
ok 'no call directory' says 65 "none': it is no call directory" sh -c 'echo "$1" | assemble' - "$T/none"
check 'the current directory is a call by its own name' '(cd "$T/good" && assemble -f .) && [ "$(jq -r .call_id "$T/good/transcript.json")" = good ]'
ok 'nothing named, nothing done' assemble "$T/none"
ok 'no such folder to put them' says 74 "nowhere': No such file" assemble --out="$T/nowhere" "$T/good"
ok 'nor is a file one' says 74 "Not a directory" assemble --out="$T/good/call.json" "$T/good"
ok 'no such layout' says 64 layout assemble --layout=round "$T/good"

mkdir "$T/out" "$T/later"
cp -r "$T/good" "$T/later" && sed -i s/2026-11-25T23/2026-11-26T23/ "$T/later/good/call.json"
ok 'a UUID that was used again' says 65 'there is another call of that name' assemble --out="$T/out" "$T/good" "$T/later"
check 'keeps its place' '[ "$(jq -r .started_at "$T/out/good.json")" = 2026-11-25T23:02:05.187Z ]'

call live && sed -i '$d' "$T/live/events.jsonl" && rm "$T/live/verdict"
ok 'a call in progress' says 0 '1 skipped' assemble "$T/live"

# Others write while it reads.
for name in caller.s16 bot.s16; do
	call "grows-$name"
	ok "$name grows" says 75 "$name has changed while it was read" \
		env LD_PRELOAD="$B/tests/preload/growing.so" GROWING="$name" assemble "$T/grows-$name"
	check 'there is no recording of it' '[ ! -e "$T/grows-$name/recording.wav" ]'
	ok 'later there is' says 0 '1 done' assemble "$T/grows-$name"
done

# No room.
call big 8000000
ok 'a file may not be that large' says 74 "big': File too large" sh -c 'ulimit -f 5000 && assemble "$1"' - "$T/big"
check 'nothing half is left' '[ ! -e "$T/big/recording.wav" ] && no_parts'
own_mounts='unshare --mount'
[ "$(id -u)" = 0 ] || own_mounts="$own_mounts --map-root-user"
cat >"$T/mounted" <<EOF
mkdir "$T/disk" && mount -t tmpfs -o size=2m tmpfs "$T/disk" && cp -a "$T/odd" "$T/good" "$T/disk" || exit 71
rm "$T"/disk/*/recording.wav && truncate -s 4000000 "$T"/disk/good/*.s16 && head -c 700k /dev/zero >"$T/disk/full"
assemble "$T"/disk/good "$T"/disk/odd 2>"$T/full.err"; echo full \$?
ls -A "$T"/disk/good "$T"/disk/odd >"$T/full.ls"
mount -o remount,ro "$T/disk" && assemble -f "$T/disk/odd" 2>"$T/ro.err"; echo read-only \$?
EOF
ok 'disks of its own' eval '$own_mounts sh "$T/mounted" >"$T/mounted.out"'
check 'a full disk' '[ "$(grep full "$T/mounted.out")" = "full 74" ] && grep "good.: No space left" "$T/full.err" && grep "1 done, 0 skipped, 1 failed" "$T/full.err"'
check 'what has room is done, and nothing is half' 'grep -x recording.wav "$T/full.ls" | wc -l | grep -x 1 && ! grep part "$T/full.ls"'
check 'a disk that is read-only' '[ "$(grep read "$T/mounted.out")" = "read-only 74" ] && grep "Read-only file system" "$T/ro.err"'

# Killed at any time.
whole() { # what is there is whole
	[ ! -e "$T/big/recording.wav" ] || [ "$(soxi -s "$T/big/recording.wav")" = 4000000 ] || return 1
	[ ! -e "$T/big/transcript.json" ] || jq -e .call_id "$T/big/transcript.json" || return 1
}
killed_and_whole() {
	for ms in 02 04 07 10 13 16 20 25 30 40 60 90; do
		timeout -s KILL "0.0$ms" assemble -f "$T/big" 2>/dev/null
		whole || return 1
	done
}
rm -f "$T"/big/transcript.*
ok 'killed at twelve moments: nothing is half' killed_and_whole
ok 'and then it is made' says 0 '1 done' assemble -f "$T/big"
check 'with nothing left behind' 'whole && no_parts'

# Memory does not grow with the call.
peak() { # kB of memory at most
	python3 -c 'import resource, subprocess, sys
subprocess.run(["assemble", "-f", *sys.argv[1:]], check=True, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}
check 'memory of a call of 8 minutes is that of a short one' '[ $(($(peak "$T/big") - $(peak "$T/good"))) -lt 1000 ]'
plan
