#!/usr/bin/env python3
"""A call whose line gives back what the bot says, and a caller who speaks over it: how bin/vad tells them apart.

The bot pauses when vad says that a voice has begun, as as-speak does, and goes on 1.5 s after its end. The caller says a
word every few seconds. Prints one line of JSON: words there were and words that began a turn within 200 ms, the median
of that time, and the voices that were only echo.

Usage: echo-line.py [--echo DB] [--delay MS] [--caller DB] [--seconds S] [--seed N] [vad option ...]
"""

import argparse
import array
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream
from words import SOUNDS, WORDS, load, scaled, to_level, trimmed

RATE, FRAME = 8000, 160
BOT = ["demo-congrats", "demo-moreinfo", "demo-abouttotry", "vm-intro"]
BOT_DB = -20
RESUME_FRAMES = 75


class Vad:
    """bin/vad, fed frame by frame: what it decided at a frame is known before the next."""

    def __init__(self, args):
        self.proc = subprocess.Popen(["vad", "--all", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.frames = stream.read(self.proc.stdout)

    def put(self, frame):
        self.proc.stdin.write(frame)
        self.proc.stdin.flush()

    def hear(self, pcm, at):
        """Events at this frame: a mark behind it says when there are no more."""
        self.put(stream.audio(None, pcm.tobytes(), RATE, at) + stream.frame("x-mark"))
        events = []
        for kind, data, _, _ in self.frames:
            if kind == "x-mark":
                return events
            if kind in ("voice-started", "voice-stopped"):
                events.append((kind, data["timestamp"]))
        raise ValueError("vad has left")

    def end(self):
        self.put(stream.frame("call-end", cause="caller-hangup"))
        self.proc.stdin.close()
        for _ in self.frames:
            pass
        return self.proc.wait()


def caller(rng, seconds, db):
    """Samples of the caller alone, and where the words are (ms)."""
    pcm, words = array.array("h", bytes(2 * RATE * seconds)), []
    at = RATE * 2
    while at < len(pcm) - 2 * RATE:
        word = to_level(trimmed(load(rng.choice(WORDS)), RATE), db)
        pcm[at : at + len(word)] = word
        words.append((at * 1000 // RATE, (at + len(word)) * 1000 // RATE))
        at += len(word) + rng.randrange(4 * RATE, 8 * RATE)
    return pcm[: RATE * seconds], words


def run(opt, vad):
    rng = random.Random(opt.seed)
    near, words = caller(rng, opt.seconds, opt.caller)
    bot = array.array("h")
    while len(bot) < len(near):
        bot.extend(to_level(load("en_US_f_Allison/" + rng.choice(BOT)), BOT_DB))
    echo = scaled(bot, opt.echo) if opt.echo < 0 else array.array("h", bytes(2 * len(bot)))
    line = [array.array("h", bytes(2 * FRAME))] * (opt.delay // 20)
    pos, paused, active, started = 0, -1, False, []
    vad.put(stream.frame("playing", utterance="u", timestamp=0, loop=1))
    for k in range(len(near) // FRAME):
        if not active and paused < 0:
            line.append(echo[pos : pos + FRAME])
            pos += FRAME
        else:
            line.append(array.array("h", bytes(2 * FRAME)))
            paused -= not active
        heard = array.array("h", (max(-32768, min(32767, a + b + round(rng.gauss(0, 12))))
                                  for a, b in zip(near[k * FRAME : (k + 1) * FRAME], line[k])))
        for kind, _ in vad.hear(heard, k * 20):
            active = kind == "voice-started"
            paused = RESUME_FRAMES
            if active:
                started.append(k * 20 + 20)
    return words, started


def main():
    p = argparse.ArgumentParser()
    for name, default in (("echo", -25), ("delay", 120), ("caller", -22), ("seconds", 120), ("seed", 1)):
        p.add_argument(f"--{name}", type=int, default=default)
    opt, rest = p.parse_known_args()
    vad = Vad(rest)
    words, started = run(opt, vad)
    assert vad.end() == 0
    late = [min((s - a for s in started if a <= s <= b + 200), default=10**6) for a, b in words]
    echo = [s for s in started if not any(a <= s <= b + 200 for a, b in words)]
    print(json.dumps({"echo_db": opt.echo, "caller_db": opt.caller, "delay_ms": opt.delay, "words": len(words),
                      "within_200_ms": sum(ms <= 200 for ms in late), "heard": sum(ms < 10**6 for ms in late),
                      "median_ms": sorted(late)[len(late) // 2], "echo_voices": len(echo), "first_echo": echo[:6]}))


main()
