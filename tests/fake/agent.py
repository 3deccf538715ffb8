#!/usr/bin/env python3
"""A filter for tests: passes the stream on and acts by a plan, in the stream's own time.

    agent.py [--vad] 'AT_MS ACTION [ARG ...]' ...

    say ID tone:HZ:MS | FILE.s16    synthesize, audio-start, audio, audio-stop
    hangup | transfer NAME | flush | pause | resume
    exit CODE                       die without a word

With --vad it is ears too: caller audio louder than a threshold is a voice; one that lasts for less than 800 ms is
answered by resume, a longer one by flush, as an agent would.
Every frame that comes in goes out as the bytes it was, but for playing and played, whose end it is: those are
written to the file named by AGENT_LOG, if set.
"""

import array
import math
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream

RATE = int(os.environ.get("CALLPIPE_RATE", "8000"))
LOUD = 500
WORDS_MS = 800
QUIET_MS = 200


def sound(what):
    if what.startswith("tone:"):
        _, hz, ms = what.split(":")
        n = RATE * int(ms) // 1000
        return array.array("h", [int(8000 * math.sin(2 * math.pi * float(hz) * i / RATE)) for i in range(n)]).tobytes()
    with open(what, "rb") as f:
        return f.read()


class Ears:
    def __init__(self, out):
        self.out, self.turn, self.since, self.last, self.flushed = out, 0, None, 0, False

    def hear(self, at, pcm):
        loud = max(map(abs, array.array("h", pcm)), default=0) > LOUD
        if loud:
            self.last = at
        if loud and self.since is None:
            self.since, self.flushed, self.turn = at, False, self.turn + 1
            self.out(stream.frame("voice-started", turn=self.turn, timestamp=at))
        elif self.since is not None and not self.flushed and self.last - self.since > WORDS_MS:
            self.flushed = True
            self.out(stream.frame("flush", turn=self.turn))
        if self.since is not None and at - self.last > QUIET_MS:
            self.since = None
            self.out(stream.frame("voice-stopped", turn=self.turn, timestamp=self.last))
            if not self.flushed:
                self.out(stream.frame("resume", turn=self.turn))


def act(out, verb, *args):
    if verb == "say":
        pcm = sound(args[1])
        out(stream.frame("synthesize", utterance=args[0], turn=0, kind="prompt", text=args[0]))
        out(stream.frame("audio-start", utterance=args[0], rate=RATE))
        for k in range(0, len(pcm), 16000):
            out(stream.audio(args[0], pcm[k : k + 16000], RATE))
        out(stream.frame("audio-stop", utterance=args[0], status="ok"))
    elif verb == "transfer":
        out(stream.frame("transfer", to=args[0], reason="test"))
    elif verb == "exit":
        os._exit(int(args[0]))
    else:
        out(stream.frame(verb))


def main():
    args = sys.argv[1:]
    vad = "--vad" in args
    plan = sorted((int(a.split()[0]), a.split()[1:]) for a in args if a != "--vad")
    log = open(os.environ.get("AGENT_LOG", os.devnull), "a", encoding="utf-8")
    write = sys.stdout.buffer.write

    def out(b):
        write(b)

    ears, now = Ears(out), 0
    for kind, data, payload, raw in stream.read(sys.stdin.buffer):
        if kind in ("playing", "played"):
            print(kind, data, file=log, flush=True)
            continue
        out(raw)
        if kind == "clock" or (kind == "audio-chunk" and "utterance" not in data):
            now = max(now, data["timestamp"])
        if vad and kind == "audio-chunk" and "utterance" not in data:
            ears.hear(data["timestamp"], payload)
        while plan and kind != "call-end" and plan[0][0] <= now:
            act(out, *plan.pop(0)[1])
        sys.stdout.buffer.flush()


main()
