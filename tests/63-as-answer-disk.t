#!/bin/sh
# as-answer: a spool that cannot be written and a disk that is full: the call goes on, and is told what is lost.
# quiet: no gap of 250 ms
. tests/lib.sh
. tests/fake/answer.sh

# What as-listen would read from the loop FIFO, in $T/loop.
with_loop='cat "$CALLPIPE_DIR/loop" >"$0" & exec tests/fake/speaker.py --pid-file "$@"'
# told CODE TEXT: one event about it came round the loop.
told() {
	python3 -c 'import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
mine = [e["data"] for e in events if e["type"] == "error" and e["data"]["code"] == sys.argv[2]]
sys.exit(not (len(mine) == 1 and sys.argv[3] in mine[0]["text"] and mine[0]["loop"] == 1
	and mine[0]["fatal"] is False and mine[0]["stage"] == "as-answer") and str(events))' "$T/loop" "$@"
}

# --- no spool at all: a file is in its place
export TMPDIR="$T/tmp"
mkdir "$TMPDIR"
good=$spool spool=$T/file/spool && : >"$T/file"
answer --linger=0 sh -c "$with_loop" "$T/loop" "$pid" --done=1000
check 'a call without a spool' "call 1 && heard 1 'end == \"end\" and list(sounds) == [\"1000\"]'"
ok 'ends well' exited 0
elsewhere=$(echo "$TMPDIR"/callpipe-*/"$(uuid 1)")
ok 'its record is elsewhere' grep -q '"type":"verdict"' "$elsewhere/events.jsonl"
check 'whole' "(dir_of() { echo '$elsewhere'; }; journal 1 'of(\"done\")') && [ -s '$elsewhere/call.json' ] && [ -s '$elsewhere/bot.s16' ]"
ok 'which says why, as nothing came round the loop' grep -q '"stage":"as-answer".*Not a directory.*"code":"spool"' \
	"$elsewhere/events.jsonl"
ok 'as the pipeline was told' told spool "its record is in '$elsewhere'"
ok 'and that nobody counts calls' told slots 'the number of calls is not limited'
ok 'the log says it too' grep -q "cannot keep the call in '$T/file/spool': Not a directory" "$T/serve.err"
ok 'and that the dialplan has no verdict' grep -q "cannot write verdict 'hangup'" "$T/serve.err"
answer --linger=0 sh -c "$with_loop" "$T/loop" "$pid"
check 'a call that fails besides' "call 2 --signal KILL --at 500 && heard 2 'sounds[\"8000\"][\"frames\"] == 25 and end == \"end\"' && exited 70"
spool=$good
rm -rf "$TMPDIR"/callpipe-*

# --- a spool that exists but takes no directory for calls
: >"$spool/calls"
answer_fake -- --done=500
check 'calls in the way' 'call 3 && exited 0 && verdict_is 3 hangup'
ok 'are kept elsewhere' grep -q '"type":"verdict"' "$TMPDIR"/callpipe-*/"$(uuid 3)/events.jsonl"
rm "$spool/calls"

# --- a full disk: a limit on the size of files, below what a journal needs
serve sh -c 'ulimit -f 96; as-answer --spool="$0" --linger=0 sh -c "$@"; echo $? >>"$2/exits"' "$spool" \
	"$(echo "$with_loop" | sed 's/"\$0"/"$0"\/loop/')" "$T" "$pid" --done=4000 --records=240
: >"$T/exits"
as-answer --status --spool="$spool" >"$T/before"
ok 'a call on a full disk' call 4
check 'notices nothing' "heard 4 'end == \"end\" and list(sounds) == [\"1000\"] and max_gap_ms < ms(250)'"
check 'and ends well' 'exited 0 && verdict_is 4 hangup'
ok 'the pipeline was told' told record 'File too large'
ok 'the log says what is lost' grep -qE 'lost [0-9]+ journal records and [0-9]+ bytes of journal, [1-9][0-9]* bytes of audio' "$T/serve.err"
check 'the journal has whole lines as far as it goes' "journal 4 'len(j) > 10'"
check 'and the recording, too' 'size=$(stat -c %s "$(dir_of 4)/bot.s16") && echo "$size" && [ "$size" -ge 48000 ]'
plan
