"""A call around agent(1): the head of a pipeline (as-listen, vad, stt) and its tail (tts, as-speak), from the manuals
alone, in simulated time.

Each frame is followed by a mark that comes back when the agent has done with it, so that no test waits for a clock.
The agent's own programs (tools) run in real time; a case waits for what they lead to.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream

SCENARIO = "tests/data/agent/rules.json"
LOOP = ("playing", "played", "listen")


class Utterance:
    def __init__(self, data, now, voice_ms=100):
        self.id, self.data = data["utterance"], data
        self.firm = data.get("interruptible") is False
        self.ready, self.heard = now + voice_ms, 0
        self.total = 200 + 50 * len(data.get("text", "")) // 20 * 20
        self.begun = False


class Line:
    """The agent, and all that is around it."""

    def __init__(self, *args, scenario=SCENARIO, env=None, call=None, start=True):
        self.dir = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
        environ = dict(os.environ, CALLPIPE_DIR=self.dir, **(env or {}))
        self.agent = subprocess.Popen(
            ["agent", "-s", scenario, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
        )
        self.frames = stream.read(self.agent.stdout)
        self.now, self.turn, self.marks = 0, 0, 0
        self.sent = b""
        self.out = []  # (type, data) the agent has added
        self.done = 0  # of them: before what the caller did last, or waited for
        self.queue, self.heard = [], []  # to be said; (text, status) that is over
        self.voice = self.paused = False
        self.resume_at = None
        self.listen = None
        self.names = set()
        self.last_words = None  # hangup or transfer
        self.echo = []  # what has to come back as it is
        if start:
            data = {"call": "c1", "uuid": "c1", "rate": 8000, "service": "rules"}
            data.update(call or {})
            self.send("call-start", **data)

    # ---- the stream ----

    def send(self, kind, /, **data):
        raw = stream.frame(kind, **data)
        if not (kind in LOOP and data.get("loop")):
            self.echo.append(raw)
        self.marks += 1
        mark = stream.frame("x-mark", n=self.marks)
        self.sent += raw
        self.agent.stdin.write(raw + mark)
        self.agent.stdin.flush()
        while True:
            kind, data, _, raw = self.next()
            if kind == "x-mark":
                assert data["n"] == self.marks and not self.echo, "a frame did not come through: %r" % self.echo
                return
            self.take(kind, data, raw)

    def next(self):
        signal.alarm(30)
        frame = next(self.frames)
        signal.alarm(0)
        return frame

    def take(self, kind, data, raw):
        if self.echo and raw == self.echo[0]:
            self.echo.pop(0)
            return
        self.out.append((kind, data))
        assert "loop" not in data, "the agent wrote %s with loop" % kind
        if kind == "synthesize":
            self.on_synthesize(data)
        elif kind == "flush":
            assert data["turn"] == self.turn, "flush for turn %s, not %s" % (data["turn"], self.turn)
            assert not self.last_words, "flush after %s" % self.last_words
            self.clear()
            self.paused, self.resume_at = False, None
        elif kind == "resume":
            assert data["turn"] == self.turn, "resume for turn %s, not %s" % (data["turn"], self.turn)
            self.paused, self.resume_at = False, None
        elif kind == "listen":
            self.listen = data
        elif kind in ("hangup", "transfer"):
            assert not self.last_words, "%s after %s" % (kind, self.last_words)
            self.last_words = kind

    def wait_for(self, kind):
        """Something that comes in real time: a tool has ended. It may have come with what the caller did last."""
        while True:
            for at, (got, data) in enumerate(self.out[self.done :], self.done):
                if got == kind:
                    self.done = at + 1
                    self.send("x-nothing")  # what it leads to is there, too
                    return data
            self.done = len(self.out)
            got, data, _, raw = self.next()
            self.take(got, data, raw)

    def all(self, kind):
        return [d for k, d in self.out if k == kind]

    def since(self, n):
        return [k for k, _ in self.out[n:]]

    # ---- the tail ----

    def on_synthesize(self, data):
        assert not self.last_words, "said something after %s" % self.last_words
        assert data["utterance"] not in self.names, "the name %s twice" % data["utterance"]
        assert 0 < len(data.get("text", "").encode()) <= 1024
        self.names.add(data["utterance"])
        if data["kind"] == "filler" and self.queue and not self.queue[0].begun and self.now < self.queue[0].ready:
            self.queue.insert(0, Utterance(data, self.now))
            return
        if data["kind"] == "answer":
            for u in [u for u in self.queue if u.data["kind"] == "filler" and not u.begun]:
                self.over(u, "cleared")
        self.queue.append(Utterance(data, self.now, self.voice_ms if data["kind"] == "answer" else 100))
        ahead = sum(not u.begun for u in self.queue)
        assert ahead <= 2, "%d sentences ahead" % ahead

    pending = ()
    voice_ms = 100  # from the synthesize of an answer to its sound

    def over(self, u, status):
        self.queue.remove(u)
        self.heard.append((u.data.get("text"), status, u.heard))
        self.pending = (*self.pending, dict(utterance=u.id, timestamp=self.now, status=status, heard_ms=u.heard, total_ms=u.total, loop=1))

    def clear(self):
        for u in list(self.queue):
            self.over(u, "cleared")

    def tell(self):
        while self.pending:
            data, self.pending = self.pending[0], self.pending[1:]
            self.send("played", **data)

    def play(self):
        if self.resume_at is not None and self.now >= self.resume_at and not self.voice:
            self.paused, self.resume_at = False, None
        if not self.queue:
            return
        u = self.queue[0]
        if u.data["kind"] == "filler" and not u.begun and len(self.queue) > 1 and self.now >= self.queue[1].ready:
            self.over(u, "cleared")
            return
        if not (u.firm or self.last_words or (not self.paused and (u.begun or not self.voice))):
            return
        if self.now < u.ready:
            return
        if not u.begun:
            u.begun = True
            self.send("playing", utterance=u.id, timestamp=self.now, loop=1)
            return
        u.heard = min(u.heard + 20, u.total)
        if u.heard == u.total:
            self.over(u, "played")

    # ---- time ----

    def run(self, ms):
        for _ in range(ms // 20):
            self.now += 20
            self.play()
            self.tell()
            if self.now % 500 == 0:
                self.send("clock", timestamp=self.now, dropped_ms=0)
            self.tell()

    def until(self, test, ms=120000):
        end = self.now + ms
        while not test():
            assert self.now < end, "nothing came of it: %r" % self.out[-5:]
            self.run(20)

    def quiet(self):
        self.until(lambda: not self.queue)

    def hearing(self, text, ms=200):
        self.until(lambda: self.queue and self.queue[0].heard >= ms and text in self.queue[0].data["text"])

    # ---- the caller ----

    def voice_starts(self):
        self.done = len(self.out)
        self.turn += 1
        self.voice, self.resume_at = True, None
        if self.queue and self.queue[0].begun and not self.queue[0].firm and not self.last_words:
            self.paused = True
        self.bound = self.listen
        self.send("voice-started", timestamp=self.now, turn=self.turn)

    def voice_stops(self, cause="silence"):
        self.voice = False
        if self.paused:
            self.resume_at = self.now + 1500
        self.send("voice-stopped", timestamp=self.now, turn=self.turn, cause=cause)

    def transcript(self, text, **more):
        self.done = len(self.out)
        more.setdefault("listen", (self.bound or {}).get("id", ""))
        self.send("transcript", turn=self.turn, text=text, **more)
        self.tell()

    def say(self, text, ms=500, wait=500):
        self.voice_starts()
        self.run(ms)
        self.voice_stops()
        self.run(wait)
        self.transcript(text)

    def key(self, digit, gap=200):
        self.done = len(self.out)
        if self.voice:
            self.voice_stops("key")
        if self.queue and self.queue[0].begun and not self.queue[0].firm and not self.last_words:
            self.paused, self.resume_at = True, self.now + 1500
        self.send("dtmf", digit=digit, timestamp=self.now)
        self.tell()
        self.run(gap)

    def keys(self, digits):
        for d in digits:
            self.key(d)

    # ---- the end ----

    def hang_up(self, expect=0):
        """call-end; the frames behind it, and all that is left: the session."""
        self.agent.stdin.write(stream.frame("call-end", cause="caller-hangup"))
        self.agent.stdin.close()
        behind, ended = [], False
        for kind, data, _, raw in self.frames:
            if kind == "call-end":
                ended = True
            else:
                self.out.append((kind, data))
                behind += [kind] if ended else []
        assert ended, "call-end did not come through"
        assert self.agent.wait(30) == expect, "exit code %d" % self.agent.returncode
        self.agent.stdout.close()
        self.behind = behind
        return self.session()

    def session(self):
        with open(self.dir + "/session.json", encoding="utf-8") as f:
            return json.load(f)

    def states(self):
        return [d["to"] for d in self.all("state")]

    def texts(self):
        return [d.get("text") for d in self.all("synthesize")]
