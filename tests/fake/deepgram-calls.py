#!/usr/bin/env python3
"""deepgram-calls: calls of stt with the engine deepgram against deepgram.py, frame by frame: deepgram-calls.py [CASE...]:
TAP. What is spoken are tones, a word each."""

import concurrent.futures
import json
import math
import os
import queue
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import deepgram
from stream import audio, clock, frame, read

SLACK = int(os.environ.get("SLACK", "1"))
PATIENCE_S = 30 * SLACK
WORD_MS, GAP_MS, PRE_MS, POST_MS = 200, 100, 300, 700


def tone(word, ms, rate):
    hz = 400 + 100 * deepgram.WORDS.index(word)
    return b"".join(struct.pack("<h", int(8000 * math.sin(2 * math.pi * hz * (i + 0.5) / rate))) for i in range(ms * rate // 1000))


class Call:
    def __init__(self, server, *options, rate=8000, deaf=False, **env):
        self.rate, self.ms, self.turn, self.server = rate, 0, 0, server
        port = server.port if server else env.pop("port")
        url = f"{'wss' if server and server.tls else 'http'}://127.0.0.1:{port}"
        env = {"CALLPIPE_STT": "deepgram", "CALLPIPE_STT_URL": url, "CALLPIPE_STT_KEY": deepgram.KEY,
               "CALLPIPE_SPOOL": "", "CALLPIPE_STT_WAIT": "no", **env}
        self.process = subprocess.Popen(["stt", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **env})
        self.frames, self.seen, self.errors = queue.Queue(), [], b""
        self.readers = [threading.Thread(target=f, daemon=True) for f in ([self.listen] if deaf else [self.listen, self.collect])]
        for thread in self.readers:
            thread.start()
        self.put(frame("call-start", call="test", uuid="test", rate=rate) + clock(0))  # behind it a connection is made

    def collect(self):
        for type_, data, _, _ in read(self.process.stdout):
            self.frames.put((type_, data))
        self.frames.put(("end", {}))

    def listen(self):
        self.errors = self.process.stderr.read()

    def put(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def until(self, wanted, **members):
        while True:
            type_, data = self.frames.get(timeout=PATIENCE_S)
            self.seen.append((type_, data))
            if type_ == wanted and all(data.get(k) == v for k, v in members.items()):
                return data
            assert type_ != "end", f"no {wanted} {members} in {self.seen}"

    def expect(self, **data):
        self.put(frame("listen", **data))

    def start(self):
        self.turn += 1
        self.put(frame("voice-started", timestamp=self.ms + PRE_MS, turn=self.turn))
        self.sound(bytes(self.rate * PRE_MS // 500))

    def sound(self, pcm):
        size = self.rate // 50 * 2
        for at in range(0, len(pcm), size):
            self.put(audio(None, pcm[at:at + size], self.rate, self.ms))
            self.ms += 20

    def words(self, text):
        for word in text.split():
            self.sound(tone(word, WORD_MS, self.rate) + bytes(self.rate * GAP_MS // 500))

    def stop(self, cause="silence", post_ms=POST_MS):
        end = self.ms - GAP_MS
        self.sound(bytes(self.rate * post_ms // 500))
        self.stopped = time.monotonic()
        self.put(frame("voice-stopped", timestamp=end, turn=self.turn, cause=cause))
        return end

    def say(self, text, **how):
        """A turn. Begin and end of its words."""
        self.ms += 1000 - self.ms % 500
        self.put(clock(self.ms))
        begin = self.ms + PRE_MS
        self.start()
        self.words(text)
        return begin, self.stop(**how)

    def answer(self):
        data = self.until("transcript")
        self.took = time.monotonic() - self.stopped
        return data

    def heard(self, text, **how):
        """Say it, and it is understood."""
        begin, end = self.say(text, **how)
        data = self.answer()
        assert data["text"] == text and data["turn"] == self.turn, (data, text)
        assert abs(data["start"] - begin) <= 20 and abs(data["end"] - end) <= 20, (data, begin, end)
        return data

    def end(self):
        """call-end, and that all was well."""
        self.put(frame("call-end", cause="caller-hangup"))
        self.process.stdin.close()
        self.until("end")
        assert self.process.wait(PATIENCE_S) == 0, self.process.returncode
        assert self.seen[-2][0] == "call-end", self.seen
        self.readers[0].join(PATIENCE_S)
        assert deepgram.KEY.encode() not in self.errors, self.errors
        assert deepgram.KEY not in json.dumps(self.seen), self.seen
        return self

    def of(self, type_):
        return [data for t, data in self.seen if t == type_]

    def codes(self):
        return [data["code"] for data in self.of("error")]

    def seconds(self):
        return sum(data["n"] for data in self.of("usage"))


def quick(call):
    assert call.took < 0.8 * SLACK, call.took


def case_turns():
    """Two turns: words while they are spoken, then the transcript; times are call time; what was sent is counted."""
    server = deepgram.Server()
    call = Call(server)
    server.wait("open")  # before anybody speaks
    call.ms = 5000
    call.start()
    call.words("one two")
    server.heard(0.8)  # while it is spoken
    for text in ("one", "one two"):
        data = call.until("transcript-partial", text=text)
    assert data["turn"] == 1 and data["engine"] == "deepgram", data
    call.words("three")
    end = call.stop()
    data = call.answer()
    quick(call)
    assert data["text"] == "one two three" and (data["start"], data["end"]) == (5300, end), data
    assert data["confidence"] == 0.9 and data["engine"] == "deepgram", data
    call.ms += 40000  # nobody speaks: the vendor's clock stands still
    call.expect(id="l2", hints={"digits": 4})
    call.heard("four one")
    server.wait("Finalize", count=2)
    call.end()
    revs = [(d["turn"], d["rev"], d.get("listen")) for d in call.of("transcript-partial")]
    assert revs and all(rev == 1 + sum(t == turn for t, _, _ in revs[:i]) for i, (turn, rev, _) in enumerate(revs)), revs
    assert {l for t, _, l in revs if t == 2} == {"l2"}, revs
    assert not call.codes() and server.count == 1, (call.codes(), server.count)
    sent = sum(e["bytes"] for e in server.wait("audio")) / 16000
    assert abs(call.seconds() - sent) < 0.02 and abs(sent - (1.9 + 1.6)) < 0.1, (call.seconds(), sent)
    asked = server.wait("asked")[0]["query"]
    assert asked == {"model": ["nova-3"], "language": ["en"], "encoding": ["linear16"], "sample_rate": ["8000"], "channels": ["1"],
                     "interim_results": ["true"], "smart_format": ["true"], "endpointing": ["300"]}, asked


def case_wide():
    """A call at 16 kHz, parameters, another model, a tag of a region."""
    server = deepgram.Server()
    call = Call(server, "--model=nova-3-medical", "--parameters=numerals=true&tag=a&tag=b", "--language=fr-FR", rate=16000)
    call.heard("five six")
    call.end()
    q = server.wait("asked")[0]["query"]
    assert q["sample_rate"] == ["16000"] and q["language"] == ["fr"] and q["model"] == ["nova-3-medical"] and q["tag"] == ["a", "b"], q


def case_terms():
    """New phrases: another connection beside the first, which takes over; those that were named stay."""
    server = deepgram.Server()
    call = Call(server)
    call.heard("one")
    call.expect(id="a", hints={"phrases": ["mobile phone", "Wi-Fi & box"]})
    server.wait("open", n=2)
    server.wait("CloseStream", n=1)
    call.heard("two")
    call.expect(id="b", hints={"phrases": ["Wi-Fi & box"], "digits": 3})
    call.heard("three")
    call.expect(id="c", hints={"phrases": ["дім"]})
    server.wait("open", n=3)
    call.heard("four")
    call.end()
    asked = [e["query"].get("keyterm") for e in server.wait("asked")]
    assert asked == [None, ["mobile phone", "Wi-Fi & box"], ["mobile phone", "Wi-Fi & box", "дім"]], asked
    assert not call.codes()


def case_terms_speaking():
    """New phrases while a turn is spoken: it stays where it is, the next is heard by the new connection."""
    server = deepgram.Server()
    call = Call(server)
    server.wait("open")
    call.start()
    call.words("one two")
    call.until("transcript-partial", text="one two")
    call.expect(id="a", hints={"phrases": ["x"]})
    server.wait("open", n=2)
    call.words("three")
    call.stop()
    assert call.answer()["text"] == "one two three"
    call.heard("four")
    call.end()
    assert not call.codes() and sum(e["bytes"] for e in server.wait("audio", n=2)) >= 16000


def case_terms_broken():
    """The connection breaks when another one is there already: that one hears the turn again."""
    server = deepgram.Server(["reset=1.4"])
    call = Call(server)
    server.wait("open")
    call.start()
    call.words("one two")
    call.until("transcript-partial", text="one two")
    call.expect(id="a", hints={"phrases": ["x"]})
    server.wait("open", n=2)
    call.words("three four five")
    server.wait("reset", n=1)
    call.stop()
    assert call.answer()["text"] == "one two three four five"
    call.end()
    assert not call.codes() and server.count == 2, (call.of("error"), server.count)


def case_keywords():
    """A model before nova-3 takes words."""
    server = deepgram.Server()
    call = Call(server, "--model=nova-2-phonecall")
    call.expect(id="a", hints={"phrases": ["mobile phone", "box"]})
    call.heard("one")
    call.end()
    assert server.wait("asked")[-1]["query"]["keywords"] == ["mobile:1", "phone:1", "box:1"]


def case_language():
    """Another language has another connection; one that is not known is said once, and its turns are empty."""
    server = deepgram.Server()
    call = Call(server)
    call.heard("one")
    call.expect(id="a", language="uk")
    call.heard("two")
    call.expect(id="b", language="xx")
    call.say("three")
    assert call.answer()["text"] == ""
    quick(call)
    call.say("four")
    assert call.answer()["text"] == ""
    call.expect(id="c", language="en")
    call.heard("five")
    call.end()
    assert call.codes() == ["rejected"], call.of("error")
    assert [e["query"]["language"] for e in server.wait("asked")] == [["en"], ["uk"], ["xx"], ["en"]]


def case_key():
    """A key: what was said is forgotten, and is not in the next turn."""
    server = deepgram.Server()
    call = Call(server)
    call.say("one two", cause="key", post_ms=0)
    call.heard("three")
    server.wait("Finalize", n=1)
    call.end()
    assert [d["text"] for d in call.of("transcript")] == ["three"]
    server.heard(call.seconds() - 0.02)
    assert abs(call.seconds() - sum(e["bytes"] for e in server.wait("audio")) / 16000) < 0.02


def case_max():
    """A turn that is too long goes on as the next, without a pause."""
    server = deepgram.Server()
    call = Call(server)
    call.say("one two three", cause="max", post_ms=0)
    call.start()
    call.words("four five")
    call.stop()
    assert [call.answer()["text"] for _ in range(2)] == ["one two three", "four five"], call.seen
    call.end()
    assert not call.codes()


def case_nofinal():
    """Finalize without an answer: the words there are, in a second."""
    call = Call(deepgram.Server(["nofinal"]))
    call.say("one two three", post_ms=100)  # no endpoint of the vendor's: they are interim
    data = call.answer()
    assert data["text"] == "one two three" and call.took < 3 * SLACK, (data, call.took)
    call.end()
    assert not call.codes()


def case_frozen():
    """What the vendor has frozen need not wait for the answer to Finalize."""
    call = Call(deepgram.Server(["latefinal=1500"]))
    call.server.wait("open")
    call.start()
    call.words("one two")
    call.sound(bytes(8000 * 2))
    call.until("transcript-partial", text="one two")
    call.server.heard(1.8)
    call.put(frame("voice-stopped", timestamp=call.ms - 1100, turn=1, cause="silence"))
    call.stopped = time.monotonic()
    assert call.answer()["text"] == "one two"
    quick(call)
    call.end()


def broken(fault, codes=()):
    def run():
        server = deepgram.Server([fault])
        call = Call(server)
        server.wait("open")
        call.heard("one two three four")
        assert call.took < 2 * SLACK, call.took
        call.heard("five")
        call.end()
        assert call.codes() == list(codes) and server.count == 2, (call.of("error"), server.count)
        sent = sum(e["bytes"] for e in server.wait("audio")) / 16000
        assert 0 <= call.seconds() - sent < 2, (call.seconds(), sent)  # what was on its way is lost
    return run


def case_idle():
    """A connection that ends while nobody speaks is made again, and nothing is said of it."""
    server = deepgram.Server(["idle=100"])
    call = Call(server)
    server.wait("open", n=2)
    call.heard("one")
    call.end()
    assert not call.codes()


def case_alive():
    """KeepAlive, as text, while no audio comes."""
    server = deepgram.Server()
    call = Call(server)
    call.heard("one")
    server.wait("KeepAlive", n=1)
    call.heard("two")
    call.end()
    assert server.count == 1 and not call.codes()


def refused(status, code):
    def run():
        server = deepgram.Server([f"status={status}"] * 9)
        call = Call(server)
        for text in ("one", "two", "three"):
            call.say(text)
            assert call.answer()["text"] == ""
            quick(call)
        call.end()
        assert call.codes() == [code] and server.count == 1, (call.of("error"), server.count)
        assert "as the test wants it" in call.of("error")[0]["text"] and "req-1" in call.of("error")[0]["text"], call.of("error")
    return run


def passing(status):
    def run():
        server = deepgram.Server([f"status={status}"] * 2)
        call = Call(server)
        call.heard("one two")
        call.end()
        assert not call.codes() and server.count == 3, (call.of("error"), server.count)
    return run


def case_key_wrong():
    """A key that is refused is said, without it."""
    server = deepgram.Server()
    call = Call(server, CALLPIPE_STT_KEY="wrong-key-with-many-letters")
    call.say("one")
    assert call.answer()["text"] == ""
    call.end()
    assert call.codes() == ["account"] and "wrong-key" not in json.dumps(call.seen) and b"wrong-key" not in call.errors, (call.seen, call.errors)


def case_mute():
    """A service that says nothing: the call goes on, and it is said once; then it is asked again."""
    server = deepgram.Server(["mute", "mute"])
    call = Call(server)
    for text in ("one", "two"):
        call.say(text)
        assert call.answer()["text"] == ""
        assert call.took < 4 * SLACK, call.took
    call.heard("three")
    call.end()
    assert call.codes() == ["timeout"], call.of("error")


def case_mute_breaker():
    """A service that opens connections and says nothing is left alone after five of them."""
    server = deepgram.Server(["mute"] * 9)
    with tempfile.TemporaryDirectory() as spool:
        calls = [Call(server, CALLPIPE_SPOOL=spool) for _ in range(5)]
        for call in calls:
            call.say("one")
        for call in calls:
            assert call.answer()["text"] == ""
            call.end()
        call = Call(server, CALLPIPE_SPOOL=spool)
        call.say("one")
        assert call.answer()["text"] == ""
        quick(call)
        call.end()
        assert call.codes() == ["breaker"], call.of("error")


def case_breaking():
    """A service that breaks off every turn is left alone, too."""
    server = deepgram.Server(["reset=0.9"] * 99)
    call = Call(server)
    for _ in range(2):
        call.say("one two three")
        assert call.answer()["text"] == "" and call.took < 3.5 * SLACK, call.took
    call.end()
    assert call.codes()[-1] == "breaker" and server.count == 5, (call.of("error"), server.count)


def case_nobody():
    """Nobody listens: empty transcripts, said once; after five failures it is left alone, by other calls too."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    with tempfile.TemporaryDirectory() as spool:
        call = Call(None, port=port, CALLPIPE_SPOOL=spool)
        for _ in range(4):
            call.say("one")
            assert call.answer()["text"] == ""
        call.end()
        assert call.codes()[0] == "refused" and set(call.codes()) <= {"refused", "breaker"}, call.of("error")
        call = Call(None, port=port, CALLPIPE_SPOOL=spool)
        call.say("one")
        assert call.answer()["text"] == ""
        quick(call)
        call.end()
        assert call.codes() == ["breaker"], call.of("error")


def case_hang():
    """A handshake that is not answered."""
    call = Call(deepgram.Server(["hang"]))
    call.say("one")
    assert call.answer()["text"] == "" and call.took < 4.5 * SLACK, call.took
    call.end()
    assert call.codes() == ["timeout"], call.of("error")


def case_tls():
    """By TLS; not with a server that nobody vouches for."""
    with tempfile.TemporaryDirectory() as folder:
        pem = f"{folder}/both.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{folder}/key", "-out", f"{folder}/crt",
                        "-days", "2", "-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        with open(pem, "wb") as f:
            f.write(b"".join(open(f"{folder}/{name}", "rb").read() for name in ("key", "crt")))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        call = Call(deepgram.Server(tls=context), CALLPIPE_CA_FILE=f"{folder}/crt")
        call.heard("one two")
        call.end()
        server = deepgram.Server(tls=context)
        call = Call(server)
        call.say("one")
        assert call.answer()["text"] == ""
        call.end()
        assert call.codes() == ["tls"], call.of("error")
        probe = subprocess.run(["stt", "--engine=deepgram", f"--url=https://127.0.0.1:{server.port}", "--spool=", "--probe"], capture_output=True,
                               env={**os.environ, "CALLPIPE_STT_KEY": deepgram.KEY})
        assert probe.returncode == 69 and b"\nfailed: " in probe.stdout, probe


def case_end():
    """The last words before a call ends."""
    call = Call(deepgram.Server())
    call.say("one two")
    call.end()
    assert [d["text"] for d in call.of("transcript")] == ["one two"] and call.seen[-2][0] == "call-end"


def case_gone():
    """The next filter leaves in the midst of a turn."""
    server = deepgram.Server()
    call = Call(server, deaf=True)
    server.wait("open")
    call.start()
    call.words("one")
    server.wait("audio")
    call.process.stdout.close()
    try:
        for _ in range(1000):
            call.put(clock(call.ms))
    except BrokenPipeError:
        pass
    try:
        call.process.stdin.close()
    except BrokenPipeError:
        pass
    assert call.process.wait(PATIENCE_S) == 0, call.process.returncode


def case_maps():
    """Without it, nothing of it is loaded."""
    for engine, there in (("none", False), ("deepgram", True)):
        server = deepgram.Server()
        call = Call(server, CALLPIPE_STT=engine)
        call.put(clock(500))
        call.until("clock")
        if there:
            server.wait("open")
        with open(f"/proc/{call.process.pid}/maps", encoding="ascii") as f:
            maps = f.read()
        assert ("libcurl" in maps, "libwslay" in maps) == (there, there), maps
        call.end()


CASES = {k[5:]: v for k, v in list(globals().items()) if k.startswith("case_")}
CASES |= {"reset": broken("reset=0.9"), "eof": broken("eof=0.9"), "net": broken("close=1011:NET-0000:0.9"), "data": broken("close=1008:DATA-0000:0.9"),
          "drip": lambda: (c := Call(deepgram.Server(["drip"]))).heard("one two") and c.end(),
          "split": lambda: (c := Call(deepgram.Server(["split"]))).heard("one two") and c.end(),
          "odd": lambda: (c := Call(deepgram.Server(["odd"]))).heard("one two") and c.end(),
          "401": refused(401, "account"), "402": refused(402, "account"), "400": refused(400, "rejected"), "404": refused(404, "rejected"),
          "429": passing(429), "500": passing(500), "503": passing(503)}

LONGEST = ("mute", "alive", "breaking", "mute_breaker", "nobody", "hang")


def trial(name):
    try:
        CASES[name]()
        return name, ""
    except BaseException:  # a test says what it was
        return name, traceback.format_exc()


if __name__ == "__main__":
    names = sys.argv[1:] or sorted(CASES, key=lambda name: name not in LONGEST)
    with concurrent.futures.ThreadPoolExecutor(14) as pool:
        for n, (name, why) in enumerate(pool.map(trial, names), 1):
            print(f"{'not ' if why else ''}ok {n} - a call: {name}")
            print("".join(f"# {line[:2000]}\n" for line in why.splitlines()), end="", flush=True)
    print(f"1..{len(names)}", flush=True)
    os._exit(0)
