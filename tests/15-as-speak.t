#!/bin/sh
# as-speak on files: on the stream's own clock, as fast as it reads.
. tests/lib.sh


# stream NAME PYTHON: $T/NAME is what the expression joins; ramp(n) is n samples, each telling its place.
stream() {
	PYTHONPATH=tests/fake python3 -c '
import array, sys
from stream import *
def ramp(n, start=0): return array.array("h", [(start + i) % 30000 + 1 for i in range(n)]).tobytes()
def say(u, pcm, **k): return (frame("synthesize", utterance=u, turn=0, kind="answer", text="x", **k)
    + b"".join(audio(u, pcm[i:i+4000]) for i in range(0, len(pcm), 4000)) + frame("audio-stop", utterance=u, status="ok"))
end = frame("call-end", cause="caller-hangup")
open(sys.argv[1], "wb").write(b"".join(eval(sys.argv[2])))' "$T/$1" "$2"
}
# records EXPRESSION: true of the records j of $T/journal.
records() {
	python3 -c 'import json, sys
j = [json.loads(line) for line in open(sys.argv[1])]
assert [r["seq"] for r in j] == list(range(1, len(j) + 1)), j
d = lambda t: [r["data"] for r in j if r["type"] == t]
sys.exit(not eval("(" + sys.argv[2] + ")") and str(j))' "$T/journal" "$1"
}
preload=
# render STREAM [ARG...]: samples to $T/raw, with a journal and a recording.
render() {
	rm -f "$T/journal" "$T/record"
	in=$T/$1 && shift
	LD_PRELOAD=$preload as-speak --raw --journal="$T/journal" --record="$T/record" "$@" <"$in" >"$T/raw"
}
hex() { od -An -v -tx1 | tr -d " \n"; }
size() { [ "$(stat -c %s "$T/$1")" = "$2" ]; }

stream talk '[frame("call-start", call="x", rate=8000), clock(20), say("u1", ramp(1000)), clock(200), say("u2", ramp(8000, 5000)),
	clock(700), frame("unknown", x=1), frame("flush", turn=0), say("u3", ramp(160)), clock(1000), end]'
ok 'a stream is rendered' render talk
check 'to its last clock, and recorded alike' 'size raw 16000 && cmp "$T/raw" "$T/record"'
stream want '[bytes(320), ramp(1000), bytes(2880 - 2000), ramp(4000, 5000), ramp(160), bytes(4480)]'
ok 'each sample in its place' cmp "$T/raw" "$T/want"
ok 'utterances are told of once' records '[(p["utterance"], p["status"], p["timestamp"], p["heard_ms"], p["total_ms"])
	for p in d("played")] == [("u1", "played", 145, 125, 125), ("u2", "cleared", 700, 500, 1000), ("u3", "played", 720, 20, 20)]'
ok 'what passed by is in the journal' records '[r["type"] for r in j] == ["call-start", "synthesize", "audio-stop",
	"playing", "turn", "played", "synthesize", "audio-stop", "playing", "unknown", "flush", "played", "synthesize",
	"audio-stop", "playing", "played", "call-end", "done"] and d("done") == [{"verdict": "caller-hangup"}]'
cp "$T/raw" "$T/raw.0" && cp "$T/journal" "$T/journal.0" && cp "$T/journal" "$T/journal.talk"

same() { render "$@" && cmp "$T/raw" "$T/raw.0" && cmp "$T/journal" "$T/journal.0" && cmp "$T/record" "$T/raw.0"; }
for seed in 1 2 3 4 5; do
	export SHORT_SEED=$seed
	preload=$B/tests/preload/short.so
	ok "the same with short reads and writes, seed $seed" same talk
done
preload=
byte_by_byte() {
	rm -f "$T/journal"
	python3 -c 'import os, sys
for b in open(sys.argv[1], "rb").read(): os.write(1, bytes([b]))' "$T/talk" |
		as-speak --raw --journal="$T/journal" >"$T/raw" && cmp "$T/raw" "$T/raw.0" && cmp "$T/journal" "$T/journal.0"
}
ok 'the same byte by byte' byte_by_byte

as-speak <"$T/talk" >"$T/messages"
check 'as AudioSocket messages: 50 of 323 bytes, and the end' 'size messages 16153 && [ "$(head -c 3 "$T/messages" | hex)" = 100140 ] &&
	[ "$(tail -c 3 "$T/messages" | hex)" = 000000 ]'
CALLPIPE_RATE=16000 as-speak <"$T/talk" >"$T/messages" 2>"$T/err"
check 'at 16 kHz: kind 0x12; audio of another rate is not played' \
	'size messages 32153 && [ "$(head -c 3 "$T/messages" | hex)" = 120280 ] && [ "$(grep -c "not of the call" "$T/err")" = 3 ]'

stream long '[say("u", ramp(8000 * 250)), *(clock(t) for t in range(500, 260500, 500)), end]'
ok 'four minutes, faster than its scribe' render long
check 'all of it recorded' 'size raw 4160000 && cmp "$T/raw" "$T/record"'

stream hang '[say("u", ramp(800)), frame("hangup", cause="x"), clock(2000), say("late", ramp(800)), end]'
ok 'hangup' render hang
check 'plays what is queued, 200 ms of silence, no more' 'size raw 4800'
ok 'and clears what comes later' records '[(p["utterance"], p["status"], p["heard_ms"]) for p in d("played")] ==
	[("u", "played", 100), ("late", "cleared", 0)] and d("done") == [{"verdict": "hangup"}]'

stream odd '[say("twice", ramp(80)), say("twice", ramp(80)), frame("synthesize", utterance="x" * 65), frame("synthesize", utterance=7),
	audio("nobody", b"12"), audio("nobody", b"12"), audio(None, b"1234"), frame("audio-start", utterance="server", rate=8000),
	audio("server", ramp(80) + b"1"), frame("audio-stop", utterance="server", status="failed"), audio("late", b""),
	frame("synthesize", utterance="silent"), frame("audio-stop", utterance="silent", status="cancelled"),
	frame("synthesize", utterance="open"), clock(100), end]'
ok 'a stream full of oddities' render odd
ok 'each utterance has one end' records 'sorted((p["utterance"], p["status"]) for p in d("played")) ==
	[("open", "cleared"), ("server", "failed"), ("silent", "cleared"), ("twice", "played")]'
ok 'each fault is told of once' records '[e["text"].split(" ")[1].strip(":") for e in d("error")] ==
	["\x27twice\x27", "has", "has", "\x27nobody\x27", "\x27late\x27"]'

stream hostile '[frame("voice-started", turn=2**63 - 1, timestamp=-2**63), frame("voice-stopped", turn=-2**63, timestamp=-2**63),
	clock(100), say("u", ramp(800)), clock(300), frame("voice-started", turn=1, timestamp=2**63 - 1), frame("voice-stopped", turn=1, timestamp=2**63 - 1),
	frame("resume", turn=1), clock(500), frame("call-end", cause="terminated")]'
ok 'numbers that cannot be' render hostile
ok 'are not believed: time within the call, a resume of this turn' records '[(p["status"], p["heard_ms"]) for p in d("played")] ==
	[("played", 100)] and d("turn")[0]["speech_end"] == 0'
ok 'an as-listen that was told to end is no caller who hung up' records 'd("done") == [{"verdict": "timeout"}]'

stream large '[b"{\"type\":\"state\",\"payload_length\":65536}\n{\"text\":\"" + b"x" * 65525 + b"\"}",
	b"{\"type\":\"listen\",\"payload_length\":11}\n{\"id\":\n\"l\"}", clock(100), end]'
ok 'data that is too large for the journal, or on two lines' render large
ok 'is told of, and counted' records '[e["code"] for e in d("error")] == ["record", "stream"] and d("done")[0]["lost_records"] == 1'

python3 -c 'import sys, wave
w = wave.open(sys.argv[1], "wb")
w.setparams((2, 2, 44100, 0, "NONE", ""))
w.writeframes(bytes(range(200)) * 882)' "$T/tone.wav"
stream clocks '[*(clock(t) for t in range(0, 3000, 500)), end]'
ok 'a prompt' render clocks --prompt "$T/tone.wav"
cp "$T/raw" "$T/raw.0" && cp "$T/journal" "$T/journal.0"
ok 'is rendered alike every time' same clocks --prompt "$T/tone.wav"
ok 'and told of' records '[p["status"] for p in d("played")] == ["played"] and 990 <= d("played")[0]["heard_ms"] <= 1010'
ok 'a missing prompt ends the call' render clocks --prompt "$T/none.wav"
ok 'as failed' records '[p["status"] for p in d("played")] == ["failed"]'

ok 'no input' must_fail 70 as-speak </dev/null
ok 'no stdin' eval 'must_fail 74 as-speak <&-'
ok 'no stdout' eval 'must_fail 74 as-speak <"$T/talk" >&-'
as-speak --raw </dev/null >"$T/raw" 2>"$T/err"
check 'nothing to render, one line about it' 'size raw 0 && [ "$(cat "$T/err")" = "as-speak: stream ends without call-end: the filter before died" ]'
head -c 1000 "$T/talk" >"$T/cut"
ok 'a stream cut off inside a frame' must_fail 70 render cut
ok 'fails what was open' records 'd("played")[-1]["status"] == "failed" and d("error")[-1]["fatal"] and not d("done")'
{ head -n 2 "$T/talk" && head -c 5000 /dev/zero; } >"$T/zeros"
ok 'garbage' must_fail 65 render zeros
check 'and where it begins' 'as-speak <"$T/zeros" 2>&1 >/dev/null | grep -q "at byte $(head -n 2 "$T/talk" | wc -c): frame"'
stream jump '[clock(0), clock(10**15), end]'
ok 'time that jumps by years' must_fail 65 render jump
ok 'a full disk on stdout' must_fail 74 eval 'as-speak <"$T/talk" >/dev/full'
ok 'a full disk under the record' must_fail 74 eval 'as-speak --journal=/dev/full <"$T/talk" >/dev/null'
# 4 KiB, of which the journal takes less
coded() { { as-speak --journal="$T/journal" --record="$T/record" <"$T/talk" || echo $? >"$T/code"; } | cat >/dev/null; }
rm -f "$T/journal" "$T/record" "$T/code"
(ulimit -f 8 && coded) 2>"$T/err"
check 'a limit on files: audio is lost, and said so; the journal is whole' '[ "$(cat "$T/code")" = 74 ] && grep -q "File too large" "$T/err" &&
	size record 4096 && cmp "$T/journal" "$T/journal.talk"'
check 'a reader that leaves' '{ as-speak <"$T/long" && echo 0 >"$T/code"; } | head -c 100 >/dev/null && [ "$(cat "$T/code")" = 0 ]'
ok 'a rate that is none' must_fail 64 as-speak --rate=11025
ok 'an operand' must_fail 64 as-speak x
ok 'a call directory that is none' must_fail 71 env CALLPIPE_DIR="$T" as-speak
plan
