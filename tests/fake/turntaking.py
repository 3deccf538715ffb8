#!/usr/bin/env python3
"""Who speaks when: whole calls in which a caller interrupts, coughs, hums, pauses and talks over a farewell, at seeded
times, judged by what went over the line both ways.

    turntaking.py PORT SPOOL WORK SEED CALLS

CALLS of each kind, TOGETHER of them at a time. Answered on PORT by
    CALLPIPE_SPOOL=SPOOL as-answer sh -c 'as-listen | vad | stt | agent -s WORK/turns.json | tts | as-speak'
with the recogniser WORK/words, which goes by the length of what it gets; what it needs is written by `make`:
    turntaking.py make WORK
Prints TAP.
"""

import array
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import uuid
import wave

SOUNDS = "/usr/share/asterisk/sounds/en_US_f_Allison"
FRAME = 160  # samples of 20 ms
AUDIBLE = 104  # -50 dBFS
SLACK = int(os.environ["SLACK"])  # see tests/run
TOGETHER = 28 if SLACK == 1 else 6
PROMPT_S = 6
BARGE_IN_MS = 200 * SLACK

SCENARIO = {
    "name": "turns", "language": "en", "start": "question",
    "listen": {"end_silence_ms": 700, "no_input_ms": 3000, "barge_in": "words"},
    "states": {
        "question": {
            "play": "prompt.wav",
            "on": [{"any": True, "result": {"said": "{{heard.text}}"}, "goto": "answer"},
                   {"no_match": 1, "result": {"said": "nonsense"}, "goto": "answer"},
                   {"no_input": 1, "result": {"said": "nothing"}, "goto": "farewell"}]},
        "answer": {
            "play": "answer.wav",
            "on": [{"any": True, "goto": "farewell"}, {"no_match": 1, "goto": "farewell"}, {"no_input": 1, "goto": "farewell"}]},
        "farewell": {"play": "farewell.wav", "hangup": True}},
}

# Of 8 kHz samples in a WAV on stdin: a cough is nothing, a hum is "mm-hm", and words are their length in tenths.
WORDS = """#!/bin/sh
n=$(wc -c)
if [ "$n" -lt 17600 ]; then :
elif [ "$n" -lt 24000 ]; then echo mm-hm
else echo "words $((n / 1600))"
fi
"""


def sox(*args):
    subprocess.run(["sox", "-D", *map(str, args)], check=True)


def make(work):
    trimmed = ["silence", "1", "0.02", "1%", "reverse", "silence", "1", "0.02", "1%", "reverse"]
    sox(f"{SOUNDS}/demo-congrats.wav", f"{work}/prompt.wav", "trim", "0", PROMPT_S)
    sox(f"{SOUNDS}/auth-thankyou.wav", f"{work}/answer.wav")
    sox(f"{SOUNDS}/vm-goodbye.wav", f"{SOUNDS}/vm-goodbye.wav", f"{work}/farewell.wav")
    sox("-n", "-r", "8000", "-b", "16", "-c", "1", f"{work}/cough.wav", "synth", "0.15", "noise", "gain", "-12")
    sox(f"{SOUNDS}/digits/oh.wav", f"{work}/hum.wav", *trimmed, "trim", "0", "0.35")
    sox(f"{SOUNDS}/demo-echotest.wav", f"{work}/speech.wav", *trimmed)
    with open(f"{work}/turns.json", "w", encoding="utf-8") as f:
        json.dump(SCENARIO, f)
    with open(f"{work}/words", "w", encoding="utf-8") as f:
        f.write(WORDS)
    os.chmod(f"{work}/words", 0o755)


def samples(path):
    with wave.open(path) as w:
        return array.array("h", w.readframes(w.getnframes()))


def audible(s):
    """Numbers of the 20 ms frames that are."""
    return [i for i in range(len(s) // FRAME) if max(map(abs, s[i * FRAME:(i + 1) * FRAME])) > AUDIBLE]


def speech(work, rng, name, low, high):
    """A piece of speech of a random length, that begins and ends with sound."""
    path, length = f"{work}/{name}.wav", rng.uniform(low, high)
    sox(f"{work}/speech.wav", path, "trim", 0, f"{length:.2f}", "silence", "1", "0.02", "1%", "reverse", "silence", "1",
        "0.02", "1%", "reverse")
    return path


class Call:
    def __init__(self, port, spool, work, script):
        self.spool, self.uuid = spool, str(uuid.uuid4())
        heard, sent = f"{work}/{self.uuid}.heard.wav", f"{work}/{self.uuid}.sent.wav"
        out = subprocess.run(["as-dial", "--json", "--uuid", self.uuid, "--record", heard, "--record-sent", sent, "-e", script,
                              f"127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True, check=False).stdout
        self.report = json.loads(out.splitlines()[-1])
        self.heard, self.sent = samples(heard), samples(sent)
        folder = next(d for d, _, files in os.walk(f"{spool}/calls") if d.endswith(self.uuid) and files)
        with open(f"{folder}/events.jsonl", encoding="utf-8") as f:
            self.journal = [json.loads(line) for line in f]
        with open(f"{folder}/bot.s16", "rb") as f:
            self.bot = array.array("h", f.read())

    def of(self, kind):
        return [r["data"] for r in self.journal if r["type"] == kind]

    def said(self):
        return [d["said"] for d in self.of("result")]

    def ended(self):
        """The server ended the call, and the farewell was played whole."""
        last = self.of("played")[-1:]
        return (self.report["end"] == "server-end" and last and last[0]["status"] == "played"
                and last[0]["heard_ms"] == last[0]["total_ms"])

    def has_whole(self, s):
        """The bot said all of s that is sound, in order, with nothing but silence between the pieces."""
        s = s[audible(s)[0] * FRAME:(audible(s)[-1] + 1) * FRAME]
        begin = next((i for i in range(len(self.bot)) if self.bot[i:i + FRAME] == s[:FRAME]), None)
        if begin is None:
            return False
        at = begin
        for i in range(0, len(s), FRAME):
            step = s[i:i + FRAME]
            while at < len(self.bot) and self.bot[at:at + FRAME] != step:
                if any(self.bot[at:at + FRAME]):
                    return False
                at += FRAME
            at += FRAME
        return at <= len(self.bot)

    def talks_over(self):
        """Frames in which the bot is heard while the caller has been speaking for longer than it may take to notice."""
        voiced, bot = set(audible(self.sent)), set(audible(self.heard))
        limit = BARGE_IN_MS // 20
        return sorted(i for i in bot if all(i - k in voiced for k in range(limit + 1)))


def cough(c, sounds):
    if not c.has_whole(sounds["prompt"]):
        return "the prompt is not whole"
    if not any(d["status"] == "played" for d in c.of("played")[:1]):
        return f"played {c.of('played')[:1]}"
    if c.said() != ["nothing"]:
        return f"result {c.said()}"
    return None


def words(c, _):
    late = c.report["barge_in_ms"]
    if not late or late[0] is None or late[0] > BARGE_IN_MS:
        return f"the bot was heard for {late} ms"
    if [d["status"] for d in c.of("played")] != ["cleared", "played", "played"]:
        return f"played {c.of('played')}"
    if len(c.said()) != 1 or not c.said()[0].startswith("words "):
        return f"result {c.said()}"
    return None


def goes_on(c, _):
    said = c.said()
    if len(said) != 1 or said[0].count("words") != 2:
        return f"result {said}"
    if c.talks_over():
        return f"the bot was heard over the caller in frames {c.talks_over()[:5]}"
    return None


def over_farewell(c, _):
    if len(c.said()) != 1:
        return f"result {c.said()}"
    return None


# kind: (script of a random caller, judgement beyond a whole farewell)
KINDS = {
    "a cough costs no sample": (lambda w, r: f"barge {w}/cough.wav after {r.randint(400, 4500)}; expect end within 25", cough),
    "a hum costs no sample": (lambda w, r: f"barge {w}/hum.wav after {r.randint(400, 4500)}; expect end within 25", cough),
    "words stop the bot": (lambda w, r: f"barge {speech(w, r, r.random(), 1.2, 2.5)} after {r.randint(400, 4500)}; "
                                        "expect end within 15", words),
    "a caller who goes on is answered once": (
        lambda w, r: f"wait; say {speech(w, r, r.random(), 1.0, 2.0)}; silence 0.8; "
                     f"say {speech(w, r, r.random(), 1.0, 2.0)}; expect end within 15", goes_on),
    "the farewell is whole": (lambda w, r: f"wait; say {speech(w, r, r.random(), 1.0, 1.5)}; wait; silence 3.6; "
                                           f"say {w}/speech.wav; expect end within 15", over_farewell),
}


def main():
    if sys.argv[1] == "make":
        return make(sys.argv[2])
    port, spool, work, seed, calls = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    sounds = {name: samples(f"{work}/{name}.wav") for name in ("prompt", "farewell")}
    rng = random.Random(seed)
    jobs = [(kind, script(work, rng), judge) for kind, (script, judge) in KINDS.items() for _ in range(calls)]
    rng.shuffle(jobs)
    bad = {kind: [] for kind in KINDS}

    def run(job):
        kind, script, judge = job
        call = Call(port, spool, work, script)
        why = judge(call, sounds) or (None if call.ended() else f"ended {call.report['end']}, {call.of('played')[-1:]}")
        return kind, why and f"{script}: {why} ({call.uuid})"

    with concurrent.futures.ThreadPoolExecutor(TOGETHER) as pool:
        for kind, why in pool.map(run, jobs):
            if why:
                bad[kind].append(why)
    print(f"1..{len(KINDS)}")
    for i, (kind, reasons) in enumerate(bad.items(), 1):
        print(f"{'not ok' if reasons else 'ok'} {i} - {kind}, {calls} times (seed {seed})")
        for why in reasons[:5]:
            print(f"# {why}")
    return any(bad.values())


if __name__ == "__main__":
    sys.exit(main())
