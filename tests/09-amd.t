#!/bin/sh
# amd on calls that are put together here: words and prompts of Debian's voices, tones of sox, and what only looks like
# them; as files and as streams; and with the manners of a filter.
. tests/lib.sh
. tests/filter.sh

# look TEXT PYTHON: a case in Python, with all of tests/fake/answered.py.
look() {
	text=$1
	{ echo 'from answered import *' && cat; } >"$T/case.py"
	ok "$text" env PYTHONPATH=tests/fake python3 "$T/case.py" "$T"
}

for noise in None -48; do
	look "a word and silence: a person, soon; noise $noise" <<EOF2
for name in HELLOS:
    line = answers($noise)
    line.word(name)
    end = line.now()
    line.silence(2500)
    [event] = verdicts(line)
    same(event["verdict"], "human", name)
    assert 350 <= event["ms"] - end <= 1100, (name, end, event)
EOF2
	look "a prompt that goes on: a machine, in 4 s; noise $noise" <<EOF2
for voice in VOICES:
    line = answers($noise)
    begin = line.now()
    for name in ("vm-theperson", "digits/4", "digits/2", "vm-isunavail", "vm-intro"):
        line.word(f"{voice}/{name}")
        line.silence(150)
    line.silence(1500)
    event = verdicts(line)[-1]
    same(event["verdict"], "machine", voice)
    assert 2500 <= event["ms"] - begin <= 4500, (voice, begin, event)
EOF2
done

look 'a beep behind a greeting, of any kind: voicemail, at once' <<'EOF'
for hz, ms in ((425, 400), (620, 120), (800, 800), (1000, 300), (1400, 500), (1750, 200), (2000, 600)):
    line = answers(-60)
    line.word("fr_CA_f_June/vm-intro")
    line.silence(400)
    line.sound(tone(ms, hz))
    end = line.now()
    line.silence(3000)
    events = verdicts(line)
    same((events[-1]["verdict"], events[-1].get("kind")), ("machine", "voicemail"), (hz, ms, events))
    assert abs(int(events[-1]["reason"].split()[2]) - hz) <= 4, events
    assert events[-1]["ms"] - end <= (900 if hz < 500 else 300), (hz, ms, end, events)
EOF

look 'a greeting of a second and a beep: a machine, although a person was thought to answer' <<'EOF'
line = answers(-60)
line.word("en_US_f_Allison/vm-goodbye")
line.silence(1500)
line.sound(tone(400, 1000))
line.silence(2000)
same([e["verdict"] for e in verdicts(line)], ["human", "machine"])
EOF

look 'fax, special information tones, busy, congestion, ringing, dial tone: each by its kind' <<'EOF'
for kind, verdict, sounds in (
    ("ced", "fax", [(3000, 2100)]), ("cng", "fax", [(500, 1100), (3000, 0), (500, 1100), (3000, 0)]),
    ("sit", "tone", [(330, 950), (330, 1400), (330, 1800), (1000, 0)]), ("sit", "tone", [(380, 914), (276, 1371), (380, 1777), (1000, 0)]),
    ("busy", "tone", [(500, 440), (500, 0)] * 3), ("busy", "tone", [(500, 480, 620), (500, 0)] * 3),
    ("congestion", "tone", [(250, 440), (250, 0)] * 5), ("congestion", "tone", [(250, 480, 620), (250, 0)] * 5),
    ("ringback", "tone", [(1500, 440), (3500, 0)]), ("ringback", "tone", [(2000, 440, 480), (4000, 0)]),
    ("ringback", "tone", [(400, 400, 450), (200, 0), (400, 400, 450), (2000, 0)]), ("dial", "tone", [(4000, 350, 440)])):
    for rate in (8000, 16000):
        line = answers(-60, rate)
        for ms, *hz in sounds:
            line.sound(tone(ms, *hz, rate=rate))
        [event] = verdicts(line)
        same((event["verdict"], event["kind"]), (verdict, kind), (sounds, rate, event))
EOF

look 'who answers behind a ringback tone is heard' <<'EOF'
line = answers(-60)
line.sound(tone(1500, 440))
line.silence(2500)
line.word("en_US_f_Allison/hello")
line.silence(2000)
same([(e["verdict"], e.get("kind")) for e in verdicts(line)], [("tone", "ringback"), ("human", None)])
EOF

look 'nobody: silence, noise, clicks; and somebody who speaks after all' <<'EOF'
for noise in (None, -50, -40):
    line = answers(noise)
    line.silence(8000)
    [event] = verdicts(line)
    same((event["verdict"], event["ms"]), ("silence", 4000), noise)
line = answers(-60)
for _ in range(4):
    line.silence(900)
    line.sound(click())
line.silence(6000)
same([e["verdict"] for e in verdicts(line)], ["silence"])
line = answers(-60)
line.silence(5000)
line.word("fr_CA_f_June/hello")
line.silence(1500)
same([e["verdict"] for e in verdicts(line)], ["silence", "human"])
EOF

look 'the call ends first: not sure; and that stands before call-end' <<'EOF'
line = hello(200)
out = amd(line.frames())
same([(k, d.get("verdict")) for k, d, _, _ in out[-2:]], [("amd", "notsure"), ("call-end", None)])
EOF

look 'a message can be left: behind the beep, a silence, at the limit; told once, and by --after-beep alone' <<'EOF'
def greeting(*sounds):
    line = answers(-60)
    line.word("en_US_f_Allison/vm-intro")
    for ms, *hz in sounds:
        line.sound(tone(ms, *hz))
    line.silence(4000)
    return line
for line, options, want in (
    (greeting((500, 0), (400, 1000)), ["--after-beep"], ["beep"]), (greeting(), ["--after-beep"], ["silence"]),
    (greeting((500, 0), (400, 1000)), ["--after-beep", "--message-max=1000"], ["limit"]), (greeting(), [], []),
    (greeting((500, 0), (400, 1000), (3000, 0), (400, 1000)), ["--after-beep"], ["beep"])):
    events = verdicts(line, *options)
    same({e["verdict"] for e in events}, {"machine"}, events)
    same([e["message"] for e in events if "message" in e], want, events)
line = greeting()
end = line.now() - 4000
[event] = [e for e in verdicts(line, "--after-beep", "--message-silence=1000") if "message" in e]
assert 900 <= event["ms"] - end <= 1400, (end, event)
EOF

look 'the echo of the bot is nobody; a caller louder than it is' <<'EOF'
def bot(start, ms):
    return [(start, stream.frame("playing", utterance="u", timestamp=start, loop=1)),
            (start + ms, stream.frame("played", utterance="u", timestamp=start + ms, status="played", heard_ms=ms, total_ms=ms, loop=1))]
for db in (-48, -35, -30):
    line = Line(8000, -60)
    line.silence(320)
    for name in ("vm-theperson", "digits/4", "digits/2", "vm-isunavail", "vm-intro"):
        line.word(f"en_US_f_Allison/{name}", db)
        line.silence(100)
    events = [d for k, d, _, _ in amd(line.frames(bot(200, line.now() - 200))) if k == "amd"]
    assert not [e for e in events if e["verdict"] in ("machine", "human")], (db, events)
line = Line(8000, -60)
line.silence(500)
line.word("en_US_f_Allison/hello", -22)
line.silence(3000)
events = [d for k, d, _, _ in amd(line.frames(bot(200, 3000))) if k == "amd"]
same([e["verdict"] for e in events], ["human"])
EOF

look 'a long answer to the bot is no machine; the same talk from the beginning is' <<'EOF'
def talk(line):
    for name in ("vm-theperson", "digits/4", "digits/2", "vm-isunavail", "vm-intro"):
        line.word(f"it_IT_m_Carlo/{name}")
        line.silence(150)
line = answers(-60)
line.word("it_IT_m_Carlo/hello")
line.silence(2200)
at = line.now()
talk(line)
events = [(700, stream.frame("playing", utterance="u", timestamp=700, loop=1)),
          (at - 200, stream.frame("played", utterance="u", timestamp=at - 200, status="played", heard_ms=at - 900, total_ms=at - 900, loop=1))]
same([d["verdict"] for k, d, _, _ in amd(line.frames(events)) if k == "amd"], ["human"])
line = answers(-60)
talk(line)
same([d["verdict"] for k, d, _, _ in amd(line.frames()) if k == "amd"][-1], "machine")
EOF

look 'the stream is passed on as it was; the verdict stands behind the frame that made it' <<'EOF'
line = hello(2000)
frames = list(line.frames())
out = amd(frames)
same(b"".join(raw for kind, _, _, raw in out if kind != "amd"), b"".join(frames))
[i] = [i for i, (kind, *_) in enumerate(out) if kind == "amd"]
same(out[i - 1][1]["timestamp"] + 20, out[i][1]["ms"])
same(out[i][1], verdicts(line)[0])
EOF

look 'audio of another kind is not heard, and the call goes on' <<'EOF'
line = hello(2000)
frames = list(line.frames())
odd = [stream.audio(None, bytes(640), 44100, 0), stream.audio(None, bytes(640), 16000, 20)]
out = amd(frames[:1] + [odd[0]] + frames[1:30] + [odd[1]] + frames[30:])
same([(k, d.get("code", d.get("verdict"))) for k, d, _, _ in out if k in ("error", "amd")], [("error", "audio"), ("amd", "human")])
EOF

for name in $(python3 tests/fake/agent-amd.py --list); do
	ok "agent: $name" env CALLPIPE_LOG=error python3 tests/fake/agent-amd.py "$name"
done

# shellcheck disable=SC2034 # used by name
sound=/usr/share/asterisk/sounds/en_US_f_Allison/vm-intro.wav
ok 'a file that is none: 65' must_fail 65 amd "$T/none.wav"
: >"$T/empty.wav"
ok 'an empty one, too, and the next one is heard' must_fail 65 eval 'amd "$T/empty.wav" "$sound" >"$T/out"'
check 'really' 'grep -q "\"verdict\":\"machine\"" "$T/out"'
ok 'a full disk' must_fail 74 eval 'amd "$sound" >/dev/full'

PYTHONPATH=tests/fake python3 - "$T" >"$T/stream" <<'EOF'
from answered import *
line = hello(1500)
line.sound(tone(300, 1000))
line.silence(600)
sys.stdout.buffer.write(b"".join(line.frames()))
EOF
filter_manners "$T/stream" amd
plan
