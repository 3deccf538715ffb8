#!/usr/bin/env python3
"""tts as a process, frame by frame, with engines that do everything an engine can do wrong (voice.py): TAP."""

import collections
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 30
results = [0, 0]


def ok(cond, text, *why):
    results[0] += 1
    results[1] += not cond
    print(("ok" if cond else "not ok"), results[0], "-", text)
    if not cond:
        for w in why:
            print("#", repr(w)[:2000])
    sys.stdout.flush()


class Tts:
    """One tts, in a language that nobody knows, so that texts stay as they are. A thread reads what it says."""

    def __init__(self, folder, *args, mode="gate", read=True, **env):
        self.folder = folder
        command = f"{sys.executable} {HERE}/voice.py {folder} {mode}"
        self.err = tempfile.TemporaryFile()
        self.p = subprocess.Popen(
            ["tts", "-l", "zz", "-t", "20000", "-c", command, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.err, env={**os.environ, **env}
        )
        self.frames = queue.Queue()
        self.seen = []
        if read:
            threading.Thread(target=self.read, daemon=True).start()
        self.send("call-start", call="c", rate=8000)

    def read(self):
        try:
            for type_, data, payload, _ in stream.read(self.p.stdout):
                self.frames.put((type_, data, payload))
        except ValueError as e:
            self.frames.put(("broken", {"why": str(e)}, b""))
        self.frames.put(None)

    def send(self, type_, **data):
        self.p.stdin.write(stream.frame(type_, **data))
        self.p.stdin.flush()

    def say(self, text, **data):
        name = text.split()[0].partition(":")[0]
        self.send("synthesize", utterance=name, turn=0, text=text, **data)

    def until(self, type_, utterance=None):
        """All frames to the first of this type, it included."""
        got = []
        while True:
            f = self.frames.get(timeout=PATIENCE)
            if f is None:
                return got
            got.append(f)
            self.seen.append(f)
            if f[0] == type_ and (utterance is None or f[1].get("utterance") == utterance):
                return got

    def path(self, name, kind):
        return f"{self.folder}/{name}.{kind}"

    def open(self, name):
        with open(self.path(name, "open"), "w", encoding="ascii"):
            pass

    def pid(self, name, kind="pid"):
        """Of the engine that says name, when it has begun."""
        end = time.monotonic() + PATIENCE
        while not os.path.exists(self.path(name, kind)) and time.monotonic() < end:
            time.sleep(0.005)
        with open(self.path(name, kind), encoding="ascii") as f:
            return int(f.read())

    def end(self, cause="caller-hangup"):
        """The rest, its exit code."""
        self.send("call-end", cause=cause)
        self.p.stdin.close()
        return self.until("nothing"), self.p.wait(PATIENCE)

    def messages(self):
        self.err.seek(0)
        return self.err.read().decode()


def gone(pid):
    """Dead, and waited for by whoever has it, or about to be."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                if f.read().rpartition(") ")[2].startswith(("Z", "X")):
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.005)
    return False


def audio(frames, name):
    return b"".join(p for t, d, p in frames if t == "audio-chunk" and d.get("utterance") == name)


def stops(frames):
    return [(d["utterance"], d["status"]) for t, d, _ in frames if t == "audio-stop"]


def errors(frames):
    return [(d["code"], d["text"]) for t, d, _ in frames if t == "error"]


def ms(pcm):
    return len(pcm) / 16


def test_stream(folder):
    t = Tts(folder)
    t.say("a1 now")
    got = t.until("audio-chunk", "a1")
    ok([f[0] for f in got][:2] == ["call-start", "synthesize"], "what is added stands behind the synthesize", got)
    ok(ms(got[-1][2]) <= 100 and got[-1][1]["timestamp"] == 0, "the first chunk is small", got[-1][1])
    ok(not os.path.exists(t.path("a1", "open")), "and leaves while the rest is not made")
    t.say("a2 next")
    t.say("a3 later")
    t.pid("a2")
    t.send("clock", timestamp=500, dropped_ms=0)
    t.until("clock")
    ok(True, "events are passed on meanwhile")
    ok(not os.path.exists(t.path("a3", "pid")), "the next is made while this one is, the one after it waits")
    t.open("a2")
    t.open("a3")
    t.send("clock", timestamp=1000, dropped_ms=0)
    got = t.until("clock")
    ok(not audio(got, "a2"), "nothing overtakes")
    t.open("a1")
    t.until("audio-stop", "a3")
    ok(stops(t.seen) == [("a1", "ok"), ("a2", "ok"), ("a3", "ok")], "in order, each once", stops(t.seen))
    begun = [d["utterance"] for k, d, _ in t.seen if k == "audio-start"]
    ok(begun == ["a1", "a2", "a3"], "each with one audio-start", begun)
    whole = audio(t.seen, "a1")
    ok(abs(ms(whole) - 1500) < 1 and whole == audio(t.seen, "a3"), "all of the sound", ms(whole))
    at = 0
    right = True
    for k, d, p in t.seen:
        if k == "audio-chunk" and d["utterance"] == "a1":
            right = right and d["timestamp"] == at // 16 and d["rate"] == 8000 and len(p) <= 3840 and len(p) % 2 == 0
            at += len(p)
    ok(right, "chunks one behind the other")
    used = [d for k, d, _ in t.seen if k == "usage"]
    ok([d["n"] for d in used] == [6, 7, 8] and used[0]["unit"] == "characters", "their characters are told", used)
    t.say("a4:pieces in pieces")
    t.until("audio-stop", "a4")
    ok(audio(t.seen, "a4") == whole, "in pieces of 7 bytes the same samples")
    rest, code = t.end()
    ok(code == 0 and rest[-1][0] == "call-end" and not t.messages(), "the end", rest, code, t.messages())


def test_flush(folder):
    t = Tts(folder)
    for name in ("b1", "b2", "b3"):
        t.say(name)
    t.until("audio-chunk", "b1")
    pids = [t.pid("b1"), t.pid("b2")]
    t.send("flush", turn=1)
    t.until("flush")
    t.say("b4:ok")
    got = t.until("audio-stop", "b4")
    ok(stops(got) == [("b1", "cancelled"), ("b2", "cancelled"), ("b3", "cancelled"), ("b4", "ok")], "flush ends what was asked before it", stops(got))
    ok(not any(audio(got, n) for n in ("b1", "b2", "b3")), "no late chunk of it")
    ok(all(map(gone, pids)), "its engines are killed")
    ok(not os.path.exists(t.path("b3", "pid")), "what had not begun never does")
    t.send("flush", turn=2)
    t.until("flush")
    _, code = t.end()
    ok(code == 0, "a flush of nothing")


FAULTS = [
    # mode, status, audio there is, in the reason
    ("half", "failed", True, "exit code 3"),
    ("killed", "failed", True, "signal 11"),
    ("garbage", "failed", False, "no WAV"),
    ("empty", "failed", False, "written nothing"),
    ("head", "failed", False, "cut off"),
    ("says", "failed", False, "the voice has"),
    ("deaf", "ok", True, ""),
    ("orphan", "ok", True, ""),
    ("loud", "ok", True, ""),
    ("hang", "failed", False, "written nothing for 3000 ms"),
    ("lingers", "failed", True, "written nothing for 3000 ms"),
]


def test_faults(folder):
    for mode, status, sound, why in FAULTS:
        t = Tts(folder, "-t", "3000" if "3000" in why else "20000", mode=mode)
        t.say(f"c-{mode}")
        t.say(f"d-{mode}:ok" if mode != "deaf" else f"d-{mode}")
        t.until("audio-stop", f"d-{mode}")
        ok(stops(t.seen)[0][1] == status and bool(audio(t.seen, f"c-{mode}")) == sound, f"an engine: {mode}: {status}", t.seen)
        said = errors(t.seen)
        ok(len(said) == (status == "failed") and all(c == "engine" and why in x for c, x in said), "and why", said)
        ok(stops(t.seen)[1][1] == "ok" and ms(audio(t.seen, f"d-{mode}")) > 1400, "the next one is said", stops(t.seen))
        if os.path.exists(t.path(f"c-{mode}", "pid")):
            ok(gone(t.pid(f"c-{mode}")), "it is gone")
        if mode == "orphan":
            ok(gone(t.pid("c-orphan", "child")), "with what it left behind")
        _, code = t.end()
        ok(code == 0 and len(t.messages().splitlines()) == len(said), "the call goes on", code, t.messages())


def test_long(folder):
    t = Tts(folder, mode="endless")
    t.say("e1")
    t.say("e2:ok")
    t.until("audio-stop", "e2")
    ok(stops(t.seen) == [("e1", "failed"), ("e2", "ok")] and gone(t.pid("e1")), "one that does not end is cut", stops(t.seen))
    ok(59000 < ms(audio(t.seen, "e1")) <= 60000, "at 60 s", ms(audio(t.seen, "e1")))
    t.end()


def test_ends(folder):
    t = Tts(folder)
    t.say("f1")
    t.say("f2")
    t.until("audio-chunk", "f1")
    pids = [t.pid("f1"), t.pid("f2")]
    rest, code = t.end()
    ok(code == 0 and rest[-1][0] == "call-end", "call-end ends it, whatever is under way", rest)
    ok(stops(rest) == [("f1", "cancelled"), ("f2", "cancelled")], "the ends of what is open come before it", stops(rest))
    ok(all(map(gone, pids)), "and its engines with it")

    t = Tts(folder)
    t.say("g1")
    t.until("audio-chunk", "g1")
    pid = t.pid("g1")
    t.p.stdin.close()
    rest = t.until("nothing")
    ok(t.p.wait(PATIENCE) == 70 and rest[-1][0] == "error" and rest[-1][1]["fatal"] is True, "a predecessor that dies", rest)
    ok(gone(pid), "its engine too")

    for sig in (signal.SIGTERM, signal.SIGINT):
        t = Tts(folder)
        t.say(f"h{sig:d}")
        t.until("audio-chunk")
        pid = t.pid(f"h{sig:d}")
        t.p.send_signal(sig)
        ok(t.p.wait(PATIENCE) == -sig and gone(pid), f"{sig.name} ends both")

    t = Tts(folder, read=False)
    t.say("i1")
    pid = t.pid("i1")
    t.p.stdout.close()
    t.open("i1")
    ok(t.p.wait(PATIENCE) == 0 and gone(pid), "a reader that leaves")


def test_many(folder):
    t = Tts(folder)
    names = ["j"] + [f"k{i}" for i in range(1100)]
    t.say("j")
    for name in names[1:]:
        t.send("synthesize", utterance=name, turn=0, text="")
    t.send("flush", turn=1)
    t.until("flush")
    t.say("l:ok")
    t.until("audio-stop", "l")
    ends = collections.Counter(u for u, _ in stops(t.seen))
    begins = collections.Counter(d["utterance"] for k, d, _ in t.seen if k == "audio-start")
    ok(all(ends[n] == 1 and begins[n] == 1 for n in names), "1101 at once: each has one begin and one end", len(ends))
    ok(len(errors(t.seen)) == 1101 - 1024, "more than 1024 cannot wait", len(errors(t.seen)))
    _, code = t.end()
    ok(code == 0, "and it goes on")


def test_text(folder):
    t = Tts(folder, mode="ok")
    hostile = "m1 $(touch /tmp/x) `id`; 'a' \"b\" | & \\ -v --stdout <speak> é Ж ب \U0001f600"
    t.say(hostile + "\n\tend")
    t.until("audio-stop", "m1")
    with open(t.path("m1", "text"), encoding="utf-8") as f:
        said = f.read()
    ok(said == hostile + "  end\n", "a text is what was to be said, on one line", said)
    for voice in ("-x", "a\nb"):
        t.send("synthesize", utterance="n", turn=0, text="n", voice=voice)
        got = t.until("audio-stop", "n")
        ok(stops(got) == [("n", "ok")], "a voice that is not used is not looked at", got)
    t.send("synthesize", text="no name")
    t.send("synthesize", utterance="o", turn=0)
    got = t.until("audio-stop", "o")
    ok([c for c, _ in errors(got)] == ["stream", "stream"], "a synthesize without utterance, or without text", got)
    t.end()
    t = Tts(folder, "-c", f"{sys.executable} {HERE}/voice.py {folder} {{voice}}", mode="none")
    for voice, status in (("ok", "ok"), ("-x", "failed"), ("a\nb", "failed")):
        t.send("synthesize", utterance="p", turn=0, text="p", voice=voice)
        got = t.until("audio-stop", "p")
        ok(stops(got) == [("p", status)], f"a voice {voice!r}: {status}", got)
    t.end()


def test_slow_reader(folder):
    """What is not read is not written: only so much of an utterance is ahead, and a flush comes soon."""
    t = Tts(folder, mode="endless", read=False)
    t.say("q")
    t.pid("q")
    t.say("r:hang")
    t.pid("r")
    t.send("flush", turn=1)
    gone(t.pid("r"))
    threading.Thread(target=t.read, daemon=True).start()
    got = t.until("flush")
    ok(ms(audio(got, "q")) < 12000, "a reader that stops: little of 60 s stands before a flush", ms(audio(got, "q")))
    _, code = t.end()
    ok(code == 0, "and all is well")


def main():
    with tempfile.TemporaryDirectory() as folder:
        for test in (test_stream, test_flush, test_faults, test_long, test_ends, test_many, test_text, test_slow_reader):
            test(folder)
    print(f"1..{results[0]}")
    sys.exit(results[1] > 0)


main()
