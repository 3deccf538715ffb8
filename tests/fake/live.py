#!/usr/bin/env python3
"""as-speak in a call: this program is Asterisk on a socket, the filters before as-speak, and as-answer behind it.

Usage: live.py line | call. Prints TAP. `line` is as-speak alone with a socket, `call` with a call directory. Cases run
beside each other; nothing sleeps: each waits for what as-speak says, on the line or in its journal.
"""

import array
import concurrent.futures
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream

END = b"\0\0\0"
SLACK = int(os.environ["SLACK"])  # see tests/run
PATIENCE_S = 15 * SLACK


def ramp(n, start=1):
    """No sample is zero, no two neighbours are alike."""
    return array.array("h", [(start + i) % 30000 + 1 for i in range(n)]).tobytes()


def wait_for(what, condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"no {what}")
        select.select([], [], [], 0.01)


class Phone(threading.Thread):
    """Asterisk's end of the line: what came, and when."""

    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock, self.packets, self.closed = sock, [], False
        self.start()

    def run(self):
        while True:
            try:
                data = self.sock.recv(65536)
            except OSError:
                data = b""
            if not data:
                self.closed = True
                return
            self.packets.append((time.monotonic(), data))

    def bytes(self):
        return b"".join(p for _, p in list(self.packets))

    def messages(self):
        """(kind, payload) of each message; the last may be cut off by the end."""
        data, out = self.bytes(), []
        while len(data) >= 3:
            n = int.from_bytes(data[1:3], "big")
            if len(data) < 3 + n:
                break
            out.append((data[0], data[3 : 3 + n]))
            data = data[3 + n :]
        return out

    def audio(self):
        return b"".join(p for kind, p in self.messages() if kind)

    def heard(self):
        """Frames that are not silence."""
        return sum(any(p) for _, p in self.messages())


def tcp_pair(rcvbuf):
    """A connection as Asterisk makes it, with so little room for what it does not read."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        theirs = socket.create_connection(listening.getsockname())
        return listening.accept()[0], theirs


class Speak:
    def __init__(self, work, *args, kind=socket.SOCK_SEQPACKET, call=None, phone=True, rcvbuf=0, journal=True):
        self.ours, theirs = tcp_pair(rcvbuf) if rcvbuf else socket.socketpair(socket.AF_UNIX, kind)
        self.journal_path, self.record_path = os.path.join(work, "events.jsonl"), os.path.join(work, "bot.s16")
        args = list(args)
        if not call and journal:
            args += ["--journal", self.journal_path, "--record", self.record_path]
        env = {k: v for k, v in os.environ.items() if not k.startswith("CALLPIPE_")}
        env.update(call or {})
        self.err = tempfile.TemporaryFile("w+")
        self.born = time.monotonic()
        self.proc = subprocess.Popen(["as-speak", *args], stdin=subprocess.PIPE, stdout=theirs, stderr=self.err, env=env)
        theirs.close()
        self.phone = Phone(self.ours) if phone else None
        self.asked = []

    def send(self, *frames):
        self.proc.stdin.write(b"".join(frames))
        self.proc.stdin.flush()

    def event(self, type_, **data):
        if type_ == "synthesize":
            self.asked.append(data["utterance"])
        self.send(stream.frame(type_, **data))

    def say(self, utterance, pcm, rate=8000, stop=True, **extra):
        self.event("synthesize", utterance=utterance, turn=0, text="x", **{"kind": "answer", **extra})
        for k in range(0, len(pcm), 6000):
            self.send(stream.audio(utterance, pcm[k : k + 6000], rate=rate))
        if stop:
            self.event("audio-stop", utterance=utterance, status="ok")

    def journal(self):
        try:
            text = open(self.journal_path, encoding="utf-8").read()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def records(self, type_):
        return [r["data"] for r in self.journal() if r["type"] == type_]

    def wait_record(self, type_, n=1):
        wait_for(f"{n} {type_} in the journal", lambda: len(self.records(type_)) >= n)
        return self.records(type_)

    def wait_heard(self, frames=1):
        wait_for(f"{frames} audible frames", lambda: self.phone.heard() >= frames)

    def end(self, code=0, call_end=True):
        """End the stream; the exit code is as wanted, the journal whole, each utterance closed once."""
        if call_end and not self.proc.stdin.closed:
            self.event("call-end", cause="caller-hangup")
        return self.gone(code)

    def gone(self, code=0):
        if not self.proc.stdin.closed:
            self.proc.stdin.close()
        got = self.proc.wait(PATIENCE_S)
        assert got == code, f"exit {got}, not {code}: {self.stderr()}"
        records = self.journal()
        assert [r["seq"] for r in records] == list(range(1, len(records) + 1)), f"seq {[r['seq'] for r in records]}"
        played = sorted(r["utterance"] for r in self.records("played"))
        assert played == sorted(self.asked), f"played {played}, asked for {self.asked}"
        return records

    def line_ended(self):
        wait_for("end of the line", lambda: self.phone.closed)
        messages = self.phone.messages()
        assert messages and messages[-1] == (0, b""), "the last message is not 00 00 00"
        assert sum(kind == 0 for kind, _ in messages) == 1, "more than one 00 00 00"

    def stderr(self):
        self.err.seek(0)
        return self.err.read()

    def verdict(self):
        return self.records("done")[-1]["verdict"]


def sound(pcm):
    """What is left of ramps without silence."""
    return array.array("h", filter(None, array.array("h", pcm))).tobytes()


def placed(path, pcm, at_ms):
    """The recording has this audio at this call time; in one piece, unless slots may have been skipped."""
    record = open(path, "rb").read()
    at = at_ms * 16
    if SLACK != 1:
        record = record[:at] + sound(record[at:])
    assert record[at : at + len(pcm)] == pcm, f"not at {at_ms} ms, but at {record.find(pcm) / 16}"


# as-speak alone, on a socket


def first_frame(work):
    """silence from the first millisecond, one message a frame, as many as there is time for"""
    best = min(first_frame_once(work) for _ in range(4))
    assert best < 0.05 * SLACK, f"first frame after {best * 1000:.0f} ms"


def first_frame_once(work):
    s = Speak(work, journal=False)
    wait_for("50 frames", lambda: len(s.phone.packets) >= 50)
    s.end()
    s.line_ended()
    packets = s.phone.packets
    assert all(p == b"\x10\x01\x40" + bytes(320) for _, p in packets[:-1]), "not header and payload in one write"
    frames, seconds = len(packets) - 1, packets[-1][0] - packets[0][0]
    assert abs(frames - seconds / 0.02) <= 4, f"{frames} frames in {seconds:.3f} s"
    return packets[0][0] - s.born


def wideband(work):
    """16 kHz: kind 0x12, 640 bytes"""
    s = Speak(work, "--rate=16000")
    s.say("u", ramp(3200), rate=16000)
    s.wait_record("played")
    s.end()
    s.line_ended()
    assert all(len(p) == 643 and p[:3] == b"\x12\x02\x80" for _, p in s.phone.packets[:-1])
    assert ramp(3200) in s.phone.audio()
    assert s.records("played")[0]["heard_ms"] == 200


def stopped(work):
    """stopped for half a second: no burst afterwards, and the recording keeps call time"""
    s = Speak(work)
    wait_for("10 frames", lambda: len(s.phone.packets) >= 10)
    s.proc.send_signal(signal.SIGSTOP)
    since = time.monotonic()
    wait_for("half a second", lambda: time.monotonic() - since > 0.5)
    before = len(s.phone.packets)
    s.proc.send_signal(signal.SIGCONT)
    s.say("after", ramp(4000))
    at = s.wait_record("played")[0]["timestamp"] - 500
    s.end()
    s.line_ended()
    pace = s.records("pace")[0]
    frames = sum(kind != 0 for kind, _ in s.phone.messages())
    assert pace["skipped"] >= 22 and 0 <= frames - pace["frames"] <= 5, f"{pace}, {frames} came"
    assert before <= 16 + 10, before
    assert s.records("playing")[0]["timestamp"] == at
    placed(s.record_path, ramp(4000), at)
    slots = os.path.getsize(s.record_path) / 320
    assert slots == frames + pace["skipped"], f"{slots} slots in the record"


def record_lasts(s, ms):
    return os.path.exists(s.record_path) and os.path.getsize(s.record_path) >= ms * 16


def deaf_peer(work):
    """a peer that stops reading holds up nothing: what it does not take is played later, not lost, and not in a burst"""
    s = Speak(work, phone=False, rcvbuf=4096)
    s.say("u", ramp(16000))
    wait_for("three seconds", lambda: record_lasts(s, 3000))
    assert not s.records("played"), s.records("played")
    s.phone = Phone(s.ours)
    played = s.wait_record("played")[0]
    s.end()
    s.line_ended()
    pace, messages = s.records("pace")[0], s.phone.messages()
    assert all((kind, len(p)) == (0x10, 320) for kind, p in messages[:-1]), "a torn message"
    assert b"".join(p for _, p in messages if any(p)) == ramp(16000), "not what was said"
    assert (played["status"], played["heard_ms"]) == ("played", 2000), played
    assert pace["lost"] > 50 and 0 <= len(messages) - 1 - pace["frames"] <= 5, f"{pace}, {len(messages)}"
    began = s.phone.packets[0][0]
    burst = sum(len(p) for t, p in s.phone.packets if t < began + 0.1) // 323
    assert burst < 40, f"{burst} frames at once"


def killed_unheard(work):
    """killed while the peer does not read: the line ends between two messages, and heard_ms is what has left"""
    s = Speak(work, phone=False, rcvbuf=4096)
    s.say("u", ramp(16000))
    wait_for("two seconds", lambda: record_lasts(s, 2000))
    s.proc.kill()
    s.proc.wait(PATIENCE_S)
    s.phone = Phone(s.ours)
    wait_for("end of the line", lambda: s.phone.closed)
    assert len(s.phone.bytes()) % 323 == 0, f"{len(s.phone.bytes())} bytes"
    wait_for("played", lambda: s.records("played"))
    took = s.phone.heard() * 20
    assert s.records("played")[0]["heard_ms"] == took, f"{s.records('played')}, {took} ms came"
    s.proc.stdin.close()


def frozen(work):
    """stopped for longer than the clock may be silent, as a whole host is: the call goes on"""
    s = Speak(work)
    wait_for("10 frames", lambda: len(s.phone.packets) >= 10)
    s.proc.send_signal(signal.SIGSTOP)
    since = time.monotonic()
    wait_for("six seconds", lambda: time.monotonic() - since > 6)
    s.proc.send_signal(signal.SIGCONT)
    s.say("after", ramp(4000))
    assert s.wait_record("played")[0]["heard_ms"] == 500
    s.end()
    s.line_ended()


def peer_leaves(work):
    """a peer that leaves is a normal end: what was not heard is cleared"""
    s = Speak(work)
    s.say("u", ramp(16000))
    s.wait_heard(5)
    s.ours.shutdown(socket.SHUT_RDWR)
    s.ours.close()
    played = s.wait_record("played")[0]
    assert played["status"] == "cleared" and played["heard_ms"] < 1500 and played["total_ms"] == 2000, played
    s.say("late", ramp(800))
    assert s.wait_record("played", 2)[1]["heard_ms"] == 0
    s.end()
    assert s.verdict() == "caller-hangup" and s.stderr() == "", s.stderr()


def flush(work):
    """flush takes effect at the next frame"""
    s = Speak(work)
    s.say("u", ramp(40000))
    s.say("next", ramp(8000))
    s.wait_heard(10)
    s.event("flush", turn=0)
    sent_ms = time.monotonic()
    played = s.wait_record("played", 2)
    s.say("after", ramp(1600, 20000))
    s.wait_record("played", 3)
    s.end()
    s.line_ended()
    heard = [t for t, p in s.phone.packets if any(p[3:])]
    frames = len(heard) - 10
    assert played[0]["heard_ms"] == frames * 20 and played[1]["heard_ms"] == 0, f"{played}, {frames} frames came"
    assert [p["status"] for p in played] == ["cleared", "cleared"]
    late = sum(t > sent_ms for t in heard[:frames])
    assert late <= 2 or heard[frames - 1] - sent_ms < 0.06 * SLACK, f"{late} frames after flush"
    assert ramp(1600, 20000) in s.phone.audio()


def hangup(work):
    """hangup: what is queued is played, 200 ms of silence, 00 00 00; what is said later is cleared"""
    s = Speak(work)
    s.say("u", ramp(2400))
    s.event("hangup", cause="done")
    s.line_ended_early = wait_for("00 00 00", lambda: s.phone.packets and s.phone.packets[-1][1] == END)
    s.say("late", ramp(800))
    assert s.wait_record("played", 2)[1] == {"utterance": "late", "timestamp": s.records("played")[1]["timestamp"],
                                             "turn": 0, "status": "cleared", "heard_ms": 0, "total_ms": 0}
    records = s.end()
    s.line_ended()
    frames = [any(p) for kind, p in s.phone.messages() if kind]
    assert sum(frames) == 15 and ramp(2400) in s.phone.audio()
    assert 10 <= frames[::-1].index(True) <= 20, f"{frames[::-1].index(True)} frames of silence"
    assert s.verdict() == "hangup" and [r["type"] for r in records].count("done") == 1


def transfer(work):
    """transfer: the destination is in the verdict; one that is no name is an error"""
    s = Speak(work)
    s.event("transfer", to="sales_2.x-y", reason="asked")
    s.wait_record("done")
    s.end()
    s.line_ended()
    assert s.verdict() == "transfer sales_2.x-y"
    for bad in ("", "a b", "x/../y", "x" * 65, 7, "é"):
        os.remove(s.journal_path)
        s = Speak(work)
        s.event("transfer", to=bad)
        s.wait_record("done")
        s.end()
        s.line_ended()
        assert s.verdict() == "error" and s.records("error")[0]["code"] == "transfer", s.records("error")


def terminated(work):
    """SIGTERM clears and ends; the second ends the process"""
    s = Speak(work)
    s.say("u", ramp(16000))
    s.wait_heard()
    s.proc.send_signal(signal.SIGTERM)
    s.wait_record("done")
    wait_for("00 00 00", lambda: s.phone.packets[-1][1] == END)
    assert s.proc.poll() is None and s.verdict() == "timeout" and s.records("played")[0]["status"] == "cleared"
    s.proc.send_signal(signal.SIGTERM)
    assert s.proc.wait(PATIENCE_S) == 0
    s.line_ended()
    s.gone()


def no_clock(work):
    """no clock for 5 s: exit 75, the line is ended"""
    s = Speak(work)
    s.say("u", ramp(80000))
    assert s.proc.wait(PATIENCE_S) == 75
    s.line_ended()
    assert 4.9 < s.phone.packets[-1][0] - s.born < 7
    s.gone(75)
    assert s.records("error")[0]["fatal"] is True and s.records("played")[0]["status"] == "failed"


def clock(work):
    """with a clock it goes on"""
    s = Speak(work)
    while time.monotonic() - s.born < 6:
        s.send(stream.clock(0))
        select.select([], [], [], 0.5)
    s.say("u", ramp(1600))
    s.wait_record("played")
    s.end()
    s.line_ended()


def prompt(work):
    """--prompt: a sound file without the silence at its beginning, and the end"""
    path = os.path.join(work, "prompt.wav")
    voice = ramp(8000)[2 * 4000 :]
    with wave.open(path, "wb") as w:
        w.setparams((1, 2, 8000, 0, "NONE", ""))
        w.writeframes(bytes(2 * 800) + voice)
    s = Speak(work, "--prompt", path)
    s.asked = ["prompt"]
    wait_for("00 00 00", lambda: s.phone.packets and s.phone.packets[-1][1] == END)
    s.end()
    s.line_ended()
    assert voice in s.phone.audio() and s.verdict() == "hangup"
    assert s.records("played")[0]["heard_ms"] == 500


def long_prompt(work):
    """--prompt of minutes that has to be converted: heard within 100 ms; one that is too long is played as far as it goes"""
    path = os.path.join(work, "prompt.wav")
    with wave.open(path, "wb") as w:
        w.setparams((2, 2, 44100, 0, "NONE", ""))
        w.writeframes(bytes(4 * 44100) + ramp(88200) * 239)
    best = min(long_prompt_once(work, path) for _ in range(4))
    assert best < 0.1 * SLACK, f"first audible frame after {best * 1000:.0f} ms"
    with wave.open(path, "wb") as w:
        w.setparams((1, 2, 8000, 0, "NONE", ""))
        w.writeframes(ramp(8000) * 301)
    script = stream.clock(0) + stream.clock(500000) + stream.frame("call-end", cause="caller-hangup")
    journal = os.path.join(work, "long")
    done = subprocess.run(["as-speak", "--raw", "--prompt", path, "--journal", journal], input=script, capture_output=True, check=False)
    played = [json.loads(line)["data"] for line in open(journal, encoding="utf-8") if '"played"' in line][0]
    assert played["status"] == "failed" and 299900 <= played["heard_ms"] <= 300000, played
    assert b"longer than 300 s" in done.stderr, done.stderr


def long_prompt_once(work, path):
    s = Speak(work, "--prompt", path, journal=False)
    s.wait_heard()
    heard = next(t for t, p in s.phone.packets if any(p[3:]))
    s.event("flush", turn=0)
    s.end()
    s.line_ended()
    return heard - s.born


def no_prompt(work):
    """--prompt of what is missing or no sound: one played, failed, and the end"""
    garbage = os.path.join(work, "garbage.wav")
    open(garbage, "wb").write(b"hello, this is text\n" * 100)
    for path in (os.path.join(work, "missing"), garbage, work):
        s = Speak(work, "--prompt", path)
        s.asked = ["prompt"]
        wait_for("00 00 00", lambda: s.phone.packets and s.phone.packets[-1][1] == END)
        s.end()
        s.line_ended()
        assert s.records("played")[0]["status"] == "failed" and "cannot read" in s.stderr(), s.stderr()
        os.remove(s.journal_path)


def echo(work):
    """--echo: the caller's samples come back, whole and in order"""
    s = Speak(work, "--echo")
    pcm = ramp(8000)
    for k in range(0, 16000, 320):
        s.send(stream.audio(None, pcm[k : k + 320], timestamp=k // 16))
        at = len(s.phone.packets)
        wait_for("a frame", lambda at=at: len(s.phone.packets) > at)
    s.wait_heard(45)
    s.end()
    s.line_ended()
    audio = s.phone.audio().lstrip(b"\0")
    at = audio.find(b"\0" * 320)
    assert pcm.startswith(audio[: at if at > 0 else 320]), "not what was said"
    assert s.phone.heard() >= 45


def torn_stream(work):
    """a stream that ends without call-end: exit 70, 00 00 00, utterances failed"""
    s = Speak(work)
    s.say("u", ramp(16000))
    s.wait_heard()
    s.end(70, call_end=False)
    s.line_ended()
    assert s.records("played")[0]["status"] == "failed" and s.records("error")[0]["code"] == "predecessor"


def bad_stream(work):
    """a malformed stream: exit 65 and the offset"""
    s = Speak(work)
    s.send(stream.clock(0), b"oops\n")
    assert s.proc.wait(PATIENCE_S) == 65
    s.line_ended()
    s.gone(65)
    assert f"at byte {len(stream.clock(0))}:" in s.stderr(), s.stderr()


def helpers(work):
    """the scribe holds nothing of the line"""
    s = Speak(work)
    s.say("u", ramp(80000))
    s.wait_record("playing")
    children = open(f"/proc/{s.proc.pid}/task/{s.proc.pid}/children", encoding="ascii").read().split()
    links = [os.readlink(f"/proc/{c}/fd/{fd}") for c in children for fd in os.listdir(f"/proc/{c}/fd")]
    assert len(children) == 1 and not any(l.startswith("socket:") for l in links), links
    assert sum(l.startswith("pipe:") for l in links) == 1, links
    s.proc.kill()
    s.proc.wait()
    wait_for("end of the line", lambda: s.phone.closed)
    wait_for("end of the scribe", lambda: not os.path.exists(f"/proc/{children[0]}"))
    played = s.records("played")
    assert len(played) == 1 and played[0]["status"] == "failed", played


def full_disk(work):
    """a record that cannot be written: the call goes on, exit 74 says so"""
    s = Speak(work, "--journal=/dev/full", "--record=/dev/full", journal=False)
    s.say("u", ramp(4000))
    s.wait_heard(25)
    s.event("call-end", cause="x")
    s.proc.stdin.close()
    s.line_ended()
    assert s.proc.wait(PATIENCE_S) == 74
    assert "records are lost" in s.stderr() and "audio are lost" in s.stderr(), s.stderr()
    assert ramp(4000) in s.phone.audio()


# in a call: with a call directory, and as-answer, or not


class Call:
    """What as-answer is to as-speak."""

    def __init__(self, work):
        self.dir, self.spool = os.path.join(work, "call"), os.path.join(work, "spool")
        os.mkdir(self.dir)
        os.makedirs(os.path.join(self.spool, "verdicts"))
        self.fds = {}
        for name in ("loop", "scribe"):
            path = os.path.join(self.dir, name)
            os.mkfifo(path, 0o600)
            self.fds[name] = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.buf = {"loop": b"", "scribe": b""}
        self.frames = {"loop": [], "scribe": []}

    def env(self):
        return {"CALLPIPE_DIR": self.dir, "CALLPIPE_SPOOL": self.spool, "CALLPIPE_UUID": "the-uuid",
                "CALLPIPE_T0_NS": str(time.clock_gettime_ns(time.CLOCK_MONOTONIC))}

    def speak(self, work, *args):
        s = Speak(work, *args, call=self.env())
        s.journal_path, s.record_path = os.path.join(self.dir, "events.jsonl"), os.path.join(self.dir, "bot.s16")
        return s

    def read(self, name):
        """All frames that have come by now."""
        try:
            while chunk := os.read(self.fds[name], 65536):
                self.buf[name] += chunk
        except BlockingIOError:
            pass
        buf = self.buf[name]
        while (nl := buf.find(b"\n")) >= 0:
            head = json.loads(buf[:nl])
            n = nl + 1 + head.get("payload_length", 0)
            if len(buf) < n:
                break
            payload, buf = buf[nl + 1 : n], buf[n:]
            data = head.get("data") or (json.loads(payload) if head["type"] != "audio-chunk" else {})
            self.frames[name].append((head["type"], data, payload))
        self.buf[name] = buf
        return self.frames[name]

    def records(self, type_):
        return [d["data"] for t, d, _ in self.read("scribe") if t == "journal" and d["type"] == type_]

    def write(self, tear=b""):
        """What has been read, as the scribe writes it; then perhaps half a record."""
        with open(os.path.join(self.dir, "events.jsonl"), "wb") as journal:
            for t, d, _ in self.frames["scribe"]:
                if t == "journal":
                    journal.write(json.dumps(d).encode() + b"\n")
            journal.write(tear)
        with open(os.path.join(self.dir, "bot.s16"), "wb") as bot:
            for t, d, payload in self.frames["scribe"]:
                if t == "audio-chunk":
                    bot.seek(d["timestamp"] * 16)
                    bot.write(payload)

    def verdict(self):
        paths = os.path.join(self.dir, "verdict"), os.path.join(self.spool, "verdicts", "the-uuid")
        texts = [open(p, encoding="ascii").read() for p in paths]
        assert texts[0] == texts[1], texts
        return texts[0].rstrip("\n")


def check_taken_over(call, s, said):
    """The journal is whole (gone() looks), and so is the recording, as the line had it."""
    line = s.phone.audio()
    record = open(s.record_path, "rb").read()
    for playing, pcm in zip(s.records("playing"), said):
        placed(s.record_path, pcm, playing["timestamp"])
    assert sound(line) in sound(record) if SLACK != 1 else line.strip(b"\0") in record, "the recording is not what was on the line"


def scribe_dies(work, tear, pipe_bytes=0, unread=False):
    call = Call(work)
    if pipe_bytes:
        fcntl.fcntl(call.fds["scribe"], 1031, pipe_bytes)  # F_SETPIPE_SZ
    s = call.speak(work)
    said = [ramp(12000), ramp(6000, 9000), ramp(3000, 17000)]
    s.say("a", said[0])
    s.wait_heard(30)
    if not unread:
        call.read("scribe")
    call.write(tear)
    for k in range(20):
        s.event("state", **{"from": "x", "to": f"state {k}", "text": "y" * 300})
    s.say("b", said[1])
    s.wait_heard(110)  # into the second, with all of it unread
    os.close(call.fds["scribe"])
    s.say("c", said[2])
    s.event("hangup", cause="done")
    wait_for("00 00 00", lambda: s.phone.packets[-1][1] == END)
    assert call.verdict() == "hangup"
    records = s.end()
    s.line_ended()
    check_taken_over(call, s, said)
    assert [r["type"] for r in records].count("state") == 20 and "recorded from here" in s.stderr()


def scribe_dies_behind(work):
    """as-answer dies with records unread: the journal goes on without a hole, a double, or half a line"""
    scribe_dies(work, b'{"seq":3,"t":1')


def scribe_dies_frozen(work):
    """as-answer stands still, with a small pipe, and then dies: nothing is lost"""
    scribe_dies(work, b"", 4096, True)


def scribe_gone_at_start(work):
    """as-answer is dead before as-speak starts"""
    call = Call(work)
    os.close(call.fds["scribe"])
    s = call.speak(work)
    s.say("a", ramp(3000))
    s.event("transfer", to="sales")
    wait_for("00 00 00", lambda: s.phone.packets and s.phone.packets[-1][1] == END)
    assert call.verdict() == "transfer sales"
    s.end()
    s.line_ended()
    check_taken_over(call, s, [ramp(3000)])


def scribe_dies_after_done(work):
    """as-answer dies between done and the verdict"""
    call = Call(work)
    s = call.speak(work)
    s.event("hangup", cause="x")
    wait_for("done", lambda: call.records("done"))
    call.write()
    os.close(call.fds["scribe"])
    wait_for("00 00 00", lambda: s.phone.packets[-1][1] == END)
    assert call.verdict() == "hangup"
    s.end()
    s.line_ended()


def all_die(work):
    """as-answer is dead, and then a filter: the verdict is there before the end of the line"""
    call = Call(work)
    os.close(call.fds["scribe"])
    s = call.speak(work)
    s.say("a", ramp(16000))
    s.wait_heard()
    s.proc.stdin.close()
    wait_for("00 00 00", lambda: s.phone.packets[-1][1] == END)
    assert call.verdict() == "error"
    s.gone(70)
    s.line_ended()


def finish_call(work, answer):
    call = Call(work)
    s = call.speak(work)
    s.say("a", ramp(1600))
    s.event("hangup", cause="x")
    wait_for("done", lambda: call.records("done"))
    at = time.monotonic()
    assert all(p != END for _, p in s.phone.packets), "ended before the verdict"
    if answer:
        s.proc.send_signal(signal.SIGUSR1)
    wait_for("00 00 00", lambda: s.phone.packets[-1][1] == END)
    took = s.phone.packets[-1][0] - at
    if not answer:
        s.proc.send_signal(signal.SIGUSR1)  # too late: nothing happens
    call.read("scribe")
    call.write()
    s.event("call-end", cause="x")
    s.proc.stdin.close()
    assert s.proc.wait(PATIENCE_S) == 0
    s.line_ended()
    call.read("scribe")
    call.write()
    s.gone()
    return took, s, call


def answered(work):
    """the verdict is answered with SIGUSR1: 00 00 00 at once; hello, audio and ledger as they should be"""
    took, s, call = finish_call(work, True)
    assert took < 0.5 * SLACK, took
    frames = call.frames["scribe"]
    assert frames[0][0] == "hello" and frames[0][1] == {"pid": s.proc.pid, "rate": 8000}, frames[0]
    assert any(t == "audio-chunk" and d.get("utterance") == "a" for t, d, _ in frames)
    assert all(len(p) <= 3200 for t, _, p in frames if t == "audio-chunk")
    placed(s.record_path, ramp(1600), s.records("playing")[0]["timestamp"])


def not_answered(work):
    """no SIGUSR1 for 2 s: 00 00 00 anyway, and one that comes too late does no harm"""
    took, s, _ = finish_call(work, False)
    assert 1.9 < took < 4 * SLACK and "no word from as-answer" in s.stderr(), took


def not_closed(work):
    """as-answer dies after the end message, and Asterisk does not close: as-speak does, 5 s later"""
    call = Call(work)
    s = call.speak(work)
    s.event("hangup", cause="x")
    wait_for("done", lambda: call.records("done"))
    s.proc.send_signal(signal.SIGUSR1)
    wait_for("00 00 00", lambda: s.phone.packets[-1][1] == END)
    ended = s.phone.packets[-1][0]
    call.read("scribe")
    call.write()
    os.close(call.fds["scribe"])
    wait_for("end of the line", lambda: s.phone.closed)
    assert 4.9 < time.monotonic() - ended < 7 * SLACK
    s.end()


def loop(work):
    """playing, played and listen go into the loop, marked; too large a listen is reported, one that came round too"""
    call = Call(work)
    s = call.speak(work)
    s.event("listen", id="l1", hints={"words": ["a", "b"]})
    s.send(b'{"type":"listen","payload_length":14}\n{"id":"l2"}   ')
    s.event("listen", id="l3", hints="x" * 5000)
    s.event("listen", id="l4", loop=1)
    s.event("playing", utterance="x", loop=1)
    s.say("u", ramp(1600))
    wait_for("played", lambda: any(t == "played" for t, _, _ in call.read("loop")))
    s.event("call-end", cause="x")
    wait_for("done", lambda: call.records("done"))
    s.proc.send_signal(signal.SIGUSR1)
    s.proc.stdin.close()
    assert s.proc.wait(PATIENCE_S) == 0, s.stderr()
    got = call.read("loop")
    assert [t for t, _, _ in got] == ["listen", "listen", "playing", "played"], got
    assert all(d["loop"] == 1 for _, d, _ in got)
    assert got[0][1]["hints"] == {"words": ["a", "b"]} and got[1][1]["id"] == "l2"
    errors = [e["text"] for e in call.records("error")]
    assert len(errors) == 2 and "too large" in errors[0] and "went round" in errors[1], errors


def loop_full(work):
    """a loop that nobody reads: 75, and as-answer hears why"""
    call = Call(work)
    fcntl.fcntl(call.fds["loop"], 1031, 4096)
    s = call.speak(work)

    def listens():
        try:
            for _ in range(100):
                s.event("listen", id="l", hints="x" * 3000)
        except BrokenPipeError:
            pass

    threading.Thread(target=listens, daemon=True).start()  # as-answer reads meanwhile
    wait_for("a fatal error", lambda: any(e["fatal"] for e in call.records("error")))
    assert s.proc.wait(PATIENCE_S) == 75
    assert all(p != END for _, p in s.phone.packets), "the end is as-answer's to say"


def fails_unread(work):
    """a filter dies while as-answer stands still: as-speak gives up after 5 s"""
    call = Call(work)
    fcntl.fcntl(call.fds["scribe"], 1031, 4096)
    s = call.speak(work)
    for k in range(20):
        s.event("state", **{"from": "x", "to": f"state {k}", "text": "y" * 300})
    s.say("a", ramp(8000))
    s.wait_heard(30)
    s.proc.stdin.close()
    began = time.monotonic()
    assert s.proc.wait(PATIENCE_S) == 70
    took = time.monotonic() - began
    assert 4.9 < took < 7 * SLACK and "the scribe does not read" in s.stderr(), (took, s.stderr())
    assert all(p != END for _, p in s.phone.packets), "the end is as-answer's to say"


SUITES = {
    "line": [first_frame, wideband, stopped, frozen, deaf_peer, killed_unheard, peer_leaves, flush, hangup, transfer,
             terminated, no_clock, clock, prompt, long_prompt, no_prompt, echo, torn_stream, bad_stream, helpers, full_disk],
    "call": [scribe_dies_behind, scribe_dies_frozen, scribe_gone_at_start, scribe_dies_after_done, all_die, answered,
             not_answered, not_closed, loop, loop_full, fails_unread],
}


def run(case):
    with tempfile.TemporaryDirectory() as work:
        try:
            case(work)
        except Exception as e:  # pylint: disable=broad-except
            line = e.__traceback__
            while line.tb_next:
                line = line.tb_next
            return f"{type(e).__name__}: {e} (line {line.tb_lineno}, {line.tb_frame.f_code.co_name})"
    return None


def main():
    cases = SUITES[sys.argv[1]]
    only = sys.argv[2:]
    cases = [c for c in cases if not only or c.__name__ in only]
    print(f"1..{len(cases)}")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for n, (case, why) in enumerate(zip(cases, pool.map(run, cases)), 1):
            print(f"{'not ok' if why else 'ok'} {n} - {case.__doc__}" + (f"\n# {case.__name__}: {why}" if why else ""), flush=True)


main()
