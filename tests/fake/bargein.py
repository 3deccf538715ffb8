#!/usr/bin/env python3
"""Barge-in by the sample: streams with seeded timings through as-speak on the stream's own clock.

Each case is a list of (call time, event). A model of the rules in callpipe-stream(5), written from the manual,
says which samples of the prompt must be on the line in which 20 ms slot; as-speak must say the same, sample by
sample, and close every utterance exactly once with the right status.
Prints TAP. Usage: bargein.py [seed ...]
"""

import array
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream

RATE = 8000
FRAME = RATE // 50
RESUME_MS = 1500


def ramp(start, n):
    """n samples, none of them zero, no two neighbours alike: each says where it comes from."""
    return array.array("h", [(start + i) % 32000 + 1 for i in range(n)])


class Model:
    """What the manual says as-speak does, in slots of 20 ms."""

    def __init__(self):
        self.queue = []  # utterances: dict id pcm pos begun interruptible
        self.voice = False
        self.turn = -1
        self.paused = None
        self.resume_at = None
        self.now = 0
        self.line = array.array("h")
        self.closed = []

    def close(self, u, status):
        self.closed.append((u["id"], status, u["pos"] * 1000 // RATE))
        self.queue.remove(u)

    def apply(self, kind, arg):
        head = self.queue[0] if self.queue else None
        if kind == "say":
            self.queue.append(dict(arg, pos=0, begun=False))
        elif kind == "voice-started":
            self.voice, self.turn, self.resume_at = True, max(self.turn, arg), None
            if head and head["begun"] and head["interruptible"] and not self.paused:
                self.paused = "voice"
        elif kind == "voice-stopped":
            self.voice = False
            if self.paused == "voice":
                self.resume_at = self.now + RESUME_MS
        elif kind == "pause":
            self.paused, self.resume_at = "agent", None
        elif kind == "resume":
            if arg >= self.turn:
                self.paused, self.resume_at = None, None
        elif kind == "flush":
            for u in list(self.queue):
                self.close(u, "cleared")
            self.paused, self.resume_at = None, None

    def slot(self, now):
        self.now = now
        if self.resume_at is not None and now >= self.resume_at and not self.voice:
            self.paused, self.resume_at = None, None
        out = array.array("h")
        while len(out) < FRAME and self.queue:
            u = self.queue[0]
            if u["interruptible"] and (self.paused or (self.voice and not u["begun"])):
                break
            u["begun"] = True
            piece = u["pcm"][u["pos"] : u["pos"] + FRAME - len(out)]
            out.extend(piece)
            u["pos"] += len(piece)
            if u["pos"] == len(u["pcm"]):
                self.close(u, "played")
        out.extend([0] * (FRAME - len(out)))
        self.line.extend(out)


def make_case(rng):
    """Utterances from the start, then voices, keys and decisions at random times."""
    events, t, turn = [], 0, 0
    for i in range(rng.randint(1, 3)):
        at = rng.choice([0, 0, rng.randrange(0, 3000)])
        events.append((at, "say", {"id": f"u{i}", "pcm": ramp(i * 9000, rng.randrange(1, 24000)),
                                   "interruptible": rng.random() < 0.85}))
    for _ in range(rng.randint(1, 6)):
        t += rng.randrange(20, 2500)
        turn += 1
        events.append((t, "voice-started", turn))
        if rng.random() < 0.2:  # two voice-starts without a stop between
            turn += 1
            events.append((t + rng.randrange(0, 200), "voice-started", turn))
        t += rng.randrange(20, 1500)
        events.append((t, "voice-stopped", turn))
        what = rng.random()
        delay = rng.choice([0, rng.randrange(0, 400), RESUME_MS + rng.randrange(0, 800)])
        if what < 0.35:
            events.append((t + delay, "resume", turn - rng.choice([0, 0, 0, 1])))
        elif what < 0.65:
            events.append((t + delay, "flush", turn))
        elif what < 0.75:
            events.append((max(0, t - 100), "pause", turn))
            events.append((t + delay, "resume", turn))
    events.sort(key=lambda e: e[0])
    return events


def encode(kind, arg):
    if kind != "say":
        return stream.frame(kind, turn=arg)
    out = stream.frame("synthesize", utterance=arg["id"], turn=0, kind="prompt", text="x",
                       interruptible=arg["interruptible"])
    out += stream.frame("audio-start", utterance=arg["id"], rate=RATE)
    pcm = arg["pcm"].tobytes()
    for k in range(0, len(pcm), 6000):
        out += stream.audio(arg["id"], pcm[k : k + 6000])
    return out + stream.frame("audio-stop", utterance=arg["id"], status="ok")


def run(seed, work):
    rng = random.Random(seed)
    events, model, out = make_case(rng), Model(), stream.frame("call-start", call="x", rate=RATE)
    end = max(e[0] for e in events) + 25000
    for now in range(0, end, 20):
        # an event at t is on the stream before the clock passes t: it takes effect in the slot from t on
        while events and events[0][0] <= now:
            _, kind, arg = events.pop(0)
            model.apply(kind, arg)
            out += encode(kind, arg)
        model.slot(now)
        out += stream.clock(now + 20)
    for u in list(model.queue):
        model.close(u, "cleared")
    out += stream.frame("call-end", cause="test")
    journal = os.path.join(work, f"{seed}.jsonl")
    done = subprocess.run(["as-speak", "--raw", "--journal", journal, f"--resume-after={RESUME_MS}"],
                          input=out, stdout=subprocess.PIPE, check=True)
    got = array.array("h", done.stdout)
    if got != model.line:
        k = next((i for i, (a, b) in enumerate(zip(got, model.line)) if a != b), min(len(got), len(model.line)))
        return f"line differs at sample {k} ({k / 8} ms) of {len(model.line)}, got {len(got)}"
    closed = [json.loads(l) for l in open(journal, encoding="utf-8")]
    closed = [(r["data"]["utterance"], r["data"]["status"], r["data"]["heard_ms"]) for r in closed if r["type"] == "played"]
    if sorted(closed) != sorted(model.closed):
        return f"played {closed}, expected {model.closed}"
    return None


def main():
    seeds = [int(a) for a in sys.argv[1:]] or range(1, 201)
    bad = 0
    with tempfile.TemporaryDirectory() as work:
        for n, seed in enumerate(seeds, 1):
            why = run(seed, work)
            bad += why is not None
            print(f"{'not ok' if why else 'ok'} {n} - seed {seed}" + (f": {why}" if why else ""))
    print(f"1..{len(seeds)}")
    return bad > 0


sys.exit(main())
