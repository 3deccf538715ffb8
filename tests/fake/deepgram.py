#!/usr/bin/env python3
"""deepgram.py [FAULT...]: Deepgram's live recogniser as its documents tell it, on ws.py's frames, for tones: 20 ms of 400
Hz are heard as "one", 500 Hz as "two", and so on; anything else that is loud as "word". So a test sees what audio came,
once, and in which order. Prints its port, then what happens, a line of JSON for each.

Each FAULT is that of one connection, in their order; `-` is none, and those behind the last have none:
    status=N            the handshake is refused with this status
    busy                with 429, for half a minute
    hang                and never answered
    reset=S             the connection is reset after S seconds of audio; eof=S: it ends
    close=CODE:REASON:S it is closed then
    mute                audio is taken, and nothing is said
    nofinal             Finalize is not answered; latefinal=MS: late
    drip, split         messages come byte by byte; in fragments
    slow                a byte each 20 ms
    bad                 what comes behind audio is no frame
    endless             words without end come behind audio
    odd                 among messages are others that are none, or mean nothing
    idle=MS             closes after so long without a message (10000)
"""

import json
import socket
import struct
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

from ws import CONT, PING, TEXT, Gone, Peer, closing, frame

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
KEY = "dg-secret-0123456789"
LANGUAGES = {"en", "en-US", "fr", "fr-CA", "uk", "ar", "multi"}
LOUD = 500  # peak of a frame that is no silence


class Ear:
    """What was heard of the audio of a connection."""

    def __init__(self, rate):
        self.rate, self.rest, self.frames = rate, b"", 0
        self.words = []  # (word, from, to) of the segment, seconds
        self.start = 0.0
        self.quiet = 0

    def seconds(self):
        return self.frames * 0.02

    def hear(self, pcm):
        """Frame by frame: yields after each."""
        pcm, size = self.rest + pcm, self.rate // 50 * 2
        self.rest = pcm[len(pcm) // size * size:]
        for at in range(0, len(pcm) - size + 1, size):
            self.frame(struct.unpack(f"<{size // 2}h", pcm[at:at + size]))
            yield

    def frame(self, samples):
        now = self.seconds()
        self.frames += 1
        if max(map(abs, samples)) < LOUD:
            self.quiet += 1
            return
        crossings = sum((a < 0) != (b < 0) for a, b in zip(samples, samples[1:]))
        hz = crossings * 25
        i = round((hz - 400) / 100)
        word = WORDS[i] if 0 <= i < len(WORDS) else "word"
        if self.words and self.words[-1][0] == word and self.quiet < 3:
            self.words[-1][2] = now + 0.02
        else:
            self.words.append([word, now, now + 0.02])
        self.quiet = 0

    def results(self, final, speech_final=False, from_finalize=False):
        words = [{"word": w, "start": round(a, 3), "end": round(b, 3), "confidence": 0.9, "punctuated_word": w} for w, a, b in self.words]
        out = {"type": "Results", "channel_index": [0, 1], "duration": round(self.seconds() - self.start, 3), "start": round(self.start, 3),
               "is_final": final, "speech_final": speech_final, "from_finalize": from_finalize,
               "channel": {"alternatives": [{"transcript": " ".join(w for w, _, _ in self.words), "confidence": 0.9 if words else 0.0, "words": words}]},
               "metadata": {"request_id": "x", "model_info": {"name": "m", "version": "v", "arch": "nova-3"}, "model_uuid": "u"}}
        if final:
            self.words, self.start = [], self.seconds()
        return out


ODD = ['{"type":"SpeechStarted","channel":[0,1],"timestamp":0.1}', '{"type":"UtteranceEnd","channel":[0,1],"last_word_end":-1}', "{",
       '{"type":"Results"}', '{"type":"Results","channel":{"alternatives":[]}}', '{"type":"Results","channel":7,"start":"x"}', '{"type":"News"}', "[]", '"text"', "null"]


FAULTS = {"-", "status", "busy", "hang", "reset", "eof", "close", "mute", "nofinal", "latefinal", "drip", "split", "slow", "bad", "endless", "odd", "idle"}


class Server:
    """faults: of each connection. log: what happened, in order. tls: a context of ssl."""

    def __init__(self, faults=(), say=None, tls=None):
        self.faults, self.log, self.changed, self.say, self.tls = list(faults), [], threading.Condition(), say, tls
        unknown = {f.partition("=")[0] for f in faults} - FAULTS
        assert not unknown, f"there is no fault {unknown}"
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port, self.count = self.listener.getsockname()[1], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            fault = self.faults[self.count - 1] if self.count <= len(self.faults) else "-"
            threading.Thread(target=self.serve, args=(sock, self.count, fault), daemon=True).start()

    def note(self, n, what, **more):
        with self.changed:
            self.log.append({"n": n, "what": what, **more})
            self.changed.notify_all()
        if self.say:
            self.say({"n": n, "what": what, **more})

    def wait(self, what, n=None, count=1, timeout=30, **more):
        """The events of this kind, once there are so many."""
        def seen():
            return [e for e in self.log if e["what"] == what and (n is None or e["n"] == n) and all(e.get(k) == v for k, v in more.items())]
        with self.changed:
            assert self.changed.wait_for(lambda: len(seen()) >= count, timeout), f"no {what} {more} in {self.log}"
            return seen()

    def heard(self, seconds, timeout=30):
        """Until so much audio has come."""
        with self.changed:
            assert self.changed.wait_for(lambda: sum(e.get("bytes", 0) for e in self.log) >= seconds * 16000, timeout), f"not {seconds} s in {self.log}"

    def serve(self, sock, n, fault):
        try:
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            Connection(self, Peer(sock), n, fault).run()
        except (Gone, OSError) as e:
            self.note(n, "gone", why=repr(e))
        finally:
            sock.close()


class Connection:
    def __init__(self, server, peer, n, fault):
        self.server, self.peer, self.n = server, peer, n
        self.fault, _, self.arg = fault.partition("=")
        self.lock = threading.Lock()

    def note(self, what, **more):
        self.server.note(self.n, what, **more)

    def refuse(self, status, code, message):
        body = json.dumps({"err_code": code, "err_msg": message, "request_id": f"req-{self.n}"})
        self.note("refused", status=status)
        later = "Retry-After: 30\r\n" if self.fault == "busy" else ""
        self.peer.write(f"HTTP/1.1 {status} No\r\n{later}Content-Type: application/json\r\ndg-request-id: req-{self.n}\r\ndg-error: {message}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    def check(self, target):
        """The query, or what is wrong with it."""
        parts = urlsplit(target)
        q = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
        self.note("asked", path=parts.path, query=q)
        if parts.path != "/v1/listen":
            return None, (404, "NOT_FOUND", "no such path")
        if self.peer.fields.get("authorization") != f"Token {KEY}":
            return None, (401, "INVALID_AUTH", f"Invalid credentials: {self.peer.fields.get('authorization')}")
        if any(len(v) > 1 for k, v in q.items() if k not in ("keyterm", "keywords", "tag", "replace", "search")):
            return None, (400, "BAD_REQUEST", "a parameter twice")
        model = q.get("model", ["base"])[0]
        if q.get("language", ["en"])[0] not in LANGUAGES:
            return None, (400, "BAD_REQUEST", "No such model/language/tier combination found.")
        if q.get("encoding") != ["linear16"] or q.get("sample_rate", [""])[0] not in ("8000", "16000"):
            return None, (400, "BAD_REQUEST", "encoding")
        if ("keyterm" in q and not model.startswith("nova-3")) or ("keywords" in q and model.startswith("nova-3")):
            return None, (400, "BAD_REQUEST", "keyterm or keywords")
        return q, None

    def run(self):
        _, target, _ = self.peer.request()
        if self.fault == "hang":
            self.note("hang")
            self.peer.read(1 << 20)
        q, wrong = self.check(target)
        if self.fault == "busy":
            wrong = (429, "TOO_MANY_REQUESTS", "too many requests")
        if self.fault == "status":
            wrong = (int(self.arg), "ASR_PAYMENT_REQUIRED" if self.arg == "402" else "BAD", "as the test wants it")
        if wrong:
            self.refuse(*wrong)
            return
        self.peer.accept(extra=f"dg-request-id: req-{self.n}\r\n")
        self.ear = Ear(int(q["sample_rate"][0]))
        self.interim = q.get("interim_results") == ["true"]
        self.endpoint = max(1, int(q.get("endpointing", ["10"])[0]) // 20)
        self.said, self.spoken_at = "", 0
        self.note("open")
        self.peer.sock.settimeout(int(self.arg) / 1000 if self.fault == "idle" else 10)
        self.listen()

    def listen(self):
        while True:
            try:
                m = self.peer.message()
            except Gone:
                if self.peer.sock.gettimeout() and self.idle():
                    return
                raise
            if m is None:
                self.note("closed", code=int.from_bytes(self.peer.closed[:2], "big"))
                return
            if isinstance(m, bytes):
                if not self.audio(m):
                    return
            elif not self.control(m):
                return

    def idle(self):
        """Was it silence that ended it?"""
        try:
            self.peer.sock.settimeout(0.001)
            if self.peer.sock.recv(1, socket.MSG_PEEK) == b"":
                return False
        except TimeoutError:
            pass
        except OSError:
            return False
        self.note("idle")
        self.peer.write(closing(1011, "NET-0001"))
        return True

    def audio(self, pcm):
        if not pcm:
            self.note("empty")
            self.peer.write(closing(1008, "DATA-0000"))
            return False
        self.note("audio", bytes=len(pcm))
        if self.over():
            return False
        if self.fault == "bad":
            self.peer.write(b"\xf3\xff no frame" + bytes(100))
        while self.fault == "endless":
            self.send({**self.ear.results(False), "channel": {"alternatives": [{"transcript": "and so on " * 50, "confidence": 0.9, "words": []}]}})
            time.sleep(0.005)
        for _ in self.ear.hear(pcm):
            if self.fault == "mute":
                continue
            if self.ear.words and self.ear.quiet == self.endpoint:
                self.send(self.ear.results(True, speech_final=True))
                self.send({"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": self.ear.seconds()})
            elif self.interim and self.ear.frames % 10 == 0:
                self.send(self.ear.results(False))
        return not self.over()

    def over(self):
        """The fault that ends it at this time."""
        at = float(self.arg.rsplit(":")[-1]) if self.fault in ("reset", "eof", "close") else 0
        if not at or self.ear.seconds() < at:
            return False
        self.note(self.fault)
        if self.fault == "reset":
            self.peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if self.fault == "close":
            code, reason, _ = self.arg.split(":")
            self.peer.write(closing(int(code), reason))
        self.peer.sock.close()
        return True

    def control(self, text):
        m = json.loads(text)
        self.note(m["type"])
        if m["type"] == "Finalize" and self.fault not in ("nofinal", "mute"):
            if self.fault == "latefinal":
                time.sleep(int(self.arg) / 1000)
            self.send(self.ear.results(True, from_finalize=True))
        if m["type"] == "CloseStream":
            self.send(self.ear.results(True))
            self.send({"type": "Metadata", "request_id": f"req-{self.n}", "duration": self.ear.seconds(), "channels": 1})
            self.peer.write(closing(1000))
        return True

    def send(self, m):
        data = json.dumps(m, ensure_ascii=False).encode()
        if self.fault == "odd":
            for odd in ODD:
                self.peer.write(frame(TEXT, odd.encode()))
        if self.fault == "drip":
            self.peer.drip(frame(TEXT, data))
        elif self.fault == "slow":
            for byte in frame(TEXT, data):
                self.peer.write(bytes([byte]))
                time.sleep(0.02)
        elif self.fault == "split":
            self.peer.write(frame(TEXT, data[:7], fin=False) + frame(PING, b"?") + frame(CONT, data[7:100], fin=False) + frame(CONT, data[100:]))
        else:
            self.peer.write(frame(TEXT, data))


if __name__ == "__main__":
    server = Server(sys.argv[1:], lambda e: print(json.dumps(e), flush=True))
    print(server.port, flush=True)
    threading.Event().wait()
