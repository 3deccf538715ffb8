#!/bin/sh
# vad on human words at known times, on tones, keys and echo, and with the manners of a filter.
. tests/lib.sh
. tests/filter.sh

# look TEXT PYTHON: a case in Python, with all of tests/fake/words.py.
look() {
	text=$1
	{ echo 'from words import *' && cat; } >"$T/case.py"
	ok "$text" env PYTHONPATH=tests/fake python3 "$T/case.py"
}

for line in '8000 -22 None' '8000 -22 -55' '8000 -22 -42' '8000 -36 None' '8000 -36 -58' '16000 -22 None' '16000 -22 -55'; do
	# shellcheck disable=SC2086 # three numbers
	set -- $line
	look "30 words of five voices at $2 dB, noise $3, $1 Hz: each found, with its times" <<EOF2
line = Line($1, $3)
line.silence(1500)
for word in WORDS:
    line.word(word, $2)
    line.silence(1300)
found = turns(vad(line.frames()))
assert len(found) == len(line.words), (len(found), found)
late = sorted(t[0] - w[0] for t, w in zip(found, line.words))
end = sorted(t[1] - w[1] for t, w in zip(found, line.words))
print(late, end)
# a word that begins with a hiss is noticed with its vowel
assert late[0] >= -100 and late[20] <= 60 and late[-1] <= 220
assert end[1] >= -200 and end[-1] <= 300 and abs(end[15]) <= 150
assert all(t[2] == "silence" for t in found)
EOF2
done

look 'while the bot plays a word is noticed in 140 ms, mostly' <<'EOF'
line = Line(8000, -60)
line.silence(3000)
for word in WORDS:
    line.word(word)
    line.silence(3000)
out = vad(line.frames([(0, stream.frame("playing", utterance="u", timestamp=0, loop=1))]), "--all")
d = sorted(delays(out, line.words))
print(d)
assert d[15] <= 100 and sum(ms <= 140 for ms in d) >= 24 and d[-1] <= 260
EOF

look 'only the audio of turns is passed on, as the bytes that were read' <<'EOF'
line = Line(8000, -60)
line.silence(2000)
line.word(WORDS[3])
line.silence(2000)
line.word(WORDS[5])
line.silence(100)
frames = list(line.frames())
out = vad(frames)
(a, a_end, _), (b, b_end, why) = turns(out)
at, inside, heard = 0, False, []
for kind, data, payload, raw in out:
    if kind == "voice-started":
        inside, first = True, True
    elif kind == "voice-stopped":
        inside = False
        heard.append(at)
    elif kind == "audio-chunk":
        assert inside and raw in frames, data
        if first:
            start = a if not heard else b
            assert start - 320 < data["timestamp"] <= start - 300, (data, start)
        assert first or data["timestamp"] == at, (data, at)
        first, at = False, data["timestamp"] + 20
assert heard[0] == a_end + 700, (heard, a_end)
assert why == "silence" and out[-1][0] == "call-end" and out[-2][0] == "voice-stopped", out[-1]
assert [raw for kind, _, _, raw in out if kind in ("clock", "call-start", "call-end")] == [
    f for f in frames if b'"audio-chunk"' not in f]
assert b"".join(raw for kind, _, _, raw in vad(frames, "--all") if "voice" not in kind) == b"".join(frames)
assert [e for e in vad(frames, "--all") if "voice" in e[0]] == [e for e in out if "voice" in e[0]]
few = [data["timestamp"] for kind, data, _, _ in vad(frames, CALLPIPE_VAD_PRE_ROLL="0") if kind == "audio-chunk"]
assert few[0] == a, (few[0], a)
EOF

look 'a pause of 0.8 s: one turn at 1000 ms, two at 600, by a listen that passes' <<'EOF'
line = Line(8000, -55)
line.silence(1000)
line.word(WORDS[0])
line.silence(800)
line.word(WORDS[1])
line.silence(2000)
def ask(ms): return turns(vad(line.frames([(0, stream.frame("listen", id="l", end_silence_ms=ms, loop=1))])))
assert len(ask(1000)) == 1 and len(ask(600)) == 2, (ask(1000), ask(600))
assert len(turns(vad(line.frames(), "--end-silence=1000"))) == 1
assert len(turns(vad(line.frames([(0, stream.frame("listen", id="l", end_silence_ms=1000)), (20, stream.frame("listen", id="m"))]), "--end-silence=600"))) == 2
EOF

look 'a shorter silence takes effect at once, a longer one too' <<'EOF'
line = Line(8000, -55)
line.silence(1000)
line.word(WORDS[0])
end = line.now()
line.silence(3000)
listen = stream.frame("listen", id="l", end_silence_ms=200, loop=1)
out = vad(line.frames([(end // 20 * 20 + 500, listen)]))
kinds = [kind for kind, *_ in out]
assert kinds[kinds.index("listen") + 1] == "voice-stopped" and turns(out)[0][2] == "silence", kinds
longer = vad(line.frames([(end // 20 * 20 + 500, stream.frame("listen", id="l", end_silence_ms=2000))]))
last = [data["timestamp"] for kind, data, _, _ in longer if kind == "audio-chunk"][-1] + 20
assert last == turns(longer)[0][1] + 2000, (last, turns(longer))
EOF

look 'the longest turn' <<'EOF'
line = Line(8000, -55)
line.silence(1000)
line.sound(to_level(load("en_US_f_Allison/demo-congrats")[: 8 * 7500], -22))
line.silence(1500)
found = turns(vad(line.frames([(0, stream.frame("listen", id="l", max_ms=3000, loop=1))])))
print(found)
assert len(found) >= 3 and all(t[2] == "max" for t in found[:-1]) and found[-1][2] == "silence"
assert all(b[0] == a[1] for a, b in zip(found, found[1:])) and found[0][1] - found[0][0] == 3000
assert len(turns(vad(line.frames(), "--max=0"))) == 1
EOF

look 'a key ends the turn, and is not heard' <<'EOF'
line = Line(8000, -55)
line.silence(1000)
line.sound(to_level(load("en_US_f_Allison/demo-congrats")[: 8 * 3000], -22))
line.silence(1000)
line.tone(120, 770, 1336)
key = line.now()
line.silence(1500)
out = vad(line.frames([(2000, stream.frame("dtmf", digit="5", timestamp=1990)), (key + 40, stream.frame("dtmf", digit="5", timestamp=key))]))
kinds, found = [kind for kind, *_ in out], turns(out)
print(found)
assert kinds[kinds.index("dtmf") + 1] == "voice-stopped" and found[0][2] == "key" and 1900 <= found[0][1] <= 1990
assert len(found) == 2 and 2190 <= found[1][0] <= 2300 and found[1][2] == "silence"
EOF

look 'tones are no voice' <<'EOF'
for rate in (8000, 16000):
    line = Line(rate, -60)
    line.silence(1000)
    for key in ((697, 1209), (770, 1336), (852, 1477), (941, 1633), (350, 440), (440, 480), (480, 620), (425,), (1100,), (2100,), (1000,), (1400,)):
        for db in (-8, -25):
            for ms in (100, 1000):
                line.tone(ms, *key, db=db)
                line.silence(500)
    found = turns(vad(line.frames()))
    assert not found, (rate, found)
EOF

look 'late audio in place of silence: a step back' <<'EOF'
line = Line(8000, -55)
line.silence(1000)
line.word(WORDS[4])
line.silence(1500)
line.word(WORDS[6])
line.silence(1500)
frames = list(line.frames())
audio = [i for i, f in enumerate(frames) if b'"audio-chunk"' in f]
# where the first word is there is silence first
fill = [stream.audio(None, bytes(320), 8000, t) for t in range(1000, 1400, 20)]
late = turns(vad(frames[: audio[50]] + fill + frames[audio[50] :]))
plain = turns(vad(frames))
print(late, plain)
assert len(late) == 2 and all(abs(a[0] - b[0]) <= 60 and abs(a[1] - b[1]) <= 300 for a, b in zip(late, plain))
EOF

look 'audio of other sizes, in chunks of 64 ms' <<'EOF'
line = Line(16000, -55)
line.silence(1000)
line.word(WORDS[4])
line.silence(1500)
whole = turns(vad(line.frames()))
pcm = line.done()
frames = [stream.audio(None, pcm[i : i + 1024].tobytes(), 16000, i // 16) for i in range(0, len(pcm), 1024)]
odd = turns(vad(frames + [stream.frame("call-end", cause="x")]))
assert odd == whole, (odd, whole)
EOF

look 'what cannot be heard is told of, once; the call goes on' <<'EOF'
silence = bytes(320)
out = vad([stream.audio(None, silence, 8000, 0), stream.audio(None, silence, 16000, 20), stream.audio(None, silence, 11025, 40),
           stream.frame("audio-chunk", silence, rate=8000, width=4), stream.frame("audio-chunk", b"123", rate=8000, timestamp=2**63 - 1),
           stream.frame("dtmf", digit="1", timestamp=-(2**63)), stream.frame("played", timestamp=2**63 - 1), stream.frame("call-end")])
assert [kind for kind, *_ in out] == ["error", "dtmf", "played", "call-end"], out
assert out[0][1]["code"] == "audio" and out[0][1]["fatal"] is False
assert [kind for kind, *_ in vad([stream.audio("u", b"1234"), stream.frame("call-end")])] == ["audio-chunk", "call-end"]
EOF

look 'times that cannot be do not make it deaf' <<'EOF'
line = Line(8000, -55)
line.silence(3000)
line.word(WORDS[4])
line.silence(1000)
events = [(1000, stream.frame("dtmf", digit="1", timestamp=2**62)), (1000, stream.frame("played", utterance="u", timestamp=2**62)),
    (1200, stream.frame("listen", id="l", end_silence_ms=2**62, max_ms=-(2**62))), (1400, stream.frame("listen", id="m", end_silence_ms=0))]
found = turns(vad(line.frames(events)))
assert len(found) == 1 and found[0][2] == "silence" and abs(found[0][0] - 3000) <= 60, found
EOF

# echo_line DB MOST LEAST [OPTION...]: so many voices that are only echo, so many words noticed within 200 ms.
echo_line() {
	db=$1 most=$2 least=$3 && shift 3
	tests/fake/echo-line.py --echo="$db" --seconds=60 "$@" >"$T/echo" && cat "$T/echo" && python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
sys.exit(not (r["echo_voices"] <= int(sys.argv[2]) and r["within_200_ms"] >= int(sys.argv[3])))' "$T/echo" "$most" "$least"
}
ok 'over a bot whose echo comes back 25 dB lower callers are noticed, the echo is not' echo_line -25 1 7
ok 'so at 15 dB' echo_line -15 3 7
ok 'and without an echo a low voice is' echo_line 0 0 7 --caller=-36
ok 'what the guard is for: without it the bot is always interrupted' must_fail 1 echo_line -25 4 0 --echo-margin=0

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
cat >"$T/turns.py" <<'EOF'
import json, sys
def turns(path): return [json.loads(line) for line in open(path)]
a, b = turns(sys.argv[1]), turns(sys.argv[2])
assert [(t["file"][-9:], t["turn"]) for t in a] == [("grats.wav", 1), ("its/5.wav", 1)] and a[0]["end"] > 29000, a
assert abs(a[1]["start"] - b[0]["start"]) <= 40 and abs(a[1]["end"] - b[0]["end"]) <= 40, (a, b)
EOF
vad --max=0 "$sounds/demo-congrats.wav" "$sounds/digits/5.wav" >"$T/turns"
vad --rate=16000 "$sounds/digits/5.wav" >"$T/wide"
ok 'files: a line of JSON a turn, nearly the same at 16 kHz' python3 "$T/turns.py" "$T/turns" "$T/wide"
ok 'a file that is none: exit 65' eval 'must_fail 65 vad "$T/none.wav" "$sounds/digits/5.wav" >"$T/out" 2>"$T/err" &&
	[ "$(wc -l <"$T/err")" = 1 ] && grep -q "^vad: cannot read .*none.wav" "$T/err" && [ -s "$T/out" ]'
ok 'files to a full disk: exit 74' eval 'must_fail 74 vad "$sounds/digits/5.wav" >/dev/full'
cat >"$T/svg.py" <<'EOF'
import sys
from xml.dom import minidom
svg = minidom.parse(sys.argv[1])
text = [t.firstChild.data for t in svg.getElementsByTagName("text")]
kinds = {e.getAttribute("class") for e in svg.getElementsByTagName("path") + svg.getElementsByTagName("rect")}
assert set(sys.argv[2:]) <= kinds and "0:01" in text and "1" in text, (kinds, text)
EOF
vad --plot="$T/a<&.svg" "$sounds/digits/5.wav" >/dev/null
ok '--plot draws a whole picture' python3 "$T/svg.py" "$T/a<&.svg" level score threshold voice turn wait
ok 'one that cannot be written: exit 74' must_fail 74 vad --plot="$T/none/x.svg" "$sounds/digits/5.wav"
ok '--plot of two files: exit 64' must_fail 64 vad --plot="$T/x.svg" "$sounds/digits/5.wav" "$sounds/digits/6.wav"
ok '--stay above --start: exit 64' must_fail 64 vad --stay=80 --start=70
check 'the same from the environment: exit 78, and which' 'CALLPIPE_VAD_BARGE=30 must_fail 78 vad 2>"$T/err" &&
	grep -q "cannot use CALLPIPE_VAD_BARGE .30." "$T/err" && CALLPIPE_VAD_STAY=80 must_fail 78 vad 2>"$T/err" &&
	grep -q "cannot use CALLPIPE_VAD_STAY .80." "$T/err"'

PYTHONPATH=tests/fake python3 -c 'import sys
from words import *
line = Line(8000, -60)
line.silence(1000)
for word in WORDS[:4]:
    line.word(word)
    line.silence(900)
events = [(0, stream.frame("playing", utterance="u", loop=1)), (2000, stream.frame("dtmf", digit="1", timestamp=2000)),
    (3000, stream.frame("played", utterance="u", timestamp=2900, loop=1)), (4000, stream.frame("listen", id="l", end_silence_ms=400))]
sys.stdout.buffer.write(b"".join(line.frames(events)))' >"$T/talk"
filter_manners "$T/talk" vad
check 'there were turns in it' 'grep -ac voice-started "$T/manners" | grep -qx "[2-9]"'
filter_manners "$T/talk" vad --all --plot="$T/talk.svg"
vad --plot="$T/talk.svg" <"$T/talk" >"$T/out"
ok 'a picture of a stream' python3 "$T/svg.py" "$T/talk.svg" bot muted turn
plan
