#!/usr/bin/env python3
"""Four services that make speech, written from their documents alone: OpenAI's /audio/speech, ElevenLabs, Deepgram, and Piper's
HTTP server in its three generations. Run as a program it prints its port.

What is said is a tone. The first word of a text names the sentence; behind a colon may stand what is to go wrong with it, see
FAULTS and Handler.sound. A word "gate" holds the second half until the test opens it (Voices.open).
"""

import array
import functools
import http.server
import json
import math
import ssl
import struct
import sys
import threading
import time
import urllib.parse

KEY = "key-4711-of-nobody"  # the one that is good
TONE_HZ = 500


@functools.cache  # all threads wait while it is made
def tone(rate, ms=1500):
    n = rate * ms // 1000
    return array.array("h", (int(9000 * math.sin(2 * math.pi * TONE_HZ * i / rate)) for i in range(n)))


def ulaw(s):
    sign, s = (0x80, -s) if s < 0 else (0, s)
    s = min(s, 32635) + 132
    e = max(s.bit_length() - 8, 0)
    return ~(sign | e << 4 | (s >> (e + 3) & 15)) & 0xFF


def alaw(s):
    sign, s = (0, -s - 1) if s < 0 else (0x80, s)
    e = max((s >> 4).bit_length() - 4, 0)
    m = s >> (4 if e < 2 else e + 3) & 15
    return (sign | e << 4 | m) ^ 0x55


def encode(samples, coding):
    if coding == "ulaw":
        return bytes(map(ulaw, samples))
    if coding == "alaw":
        return bytes(map(alaw, samples))
    if coding == "float":
        return b"".join(struct.pack("<f", s / 32768) for s in samples)
    if coding == "pcm24":
        return b"".join(struct.pack("<i", s << 8)[:3] for s in samples)
    return b"".join(struct.pack("<h", s) for s in samples)


TAGS = {"pcm": (1, 16), "pcm24": (1, 24), "float": (3, 32), "alaw": (6, 8), "ulaw": (7, 8)}


def wav(samples, rate, coding="pcm", size=None, extra=b"", fmt=16):
    tag, bits = TAGS[coding]
    data = encode(samples, coding)
    size = len(data) if size is None else size
    body = struct.pack("<HHIIHH", 0xFFFE if fmt == 40 else tag, 1, rate, rate * bits // 8, bits // 8, bits)
    if fmt == 18:
        body += b"\0\0"
    if fmt == 40:
        body += struct.pack("<HHIH", 22, bits, 4, tag) + bytes.fromhex("000000001000800000aa00389b71")
    head = b"WAVEfmt " + struct.pack("<I", len(body)) + body + extra + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF if size >= 0x7FFF0000 else len(head) + len(data)) + head + data


@functools.cache
def encode_tone(rate, coding):
    return encode(tone(rate), coding)


@functools.cache
def wav_of_tone(rate, odd):
    return wav(tone(rate), rate, **dict(odd))


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


# status, headers, body of what goes wrong before anything is said: by service where they differ
FAULTS = {
    "not": (400, {}, {"": '{"error":{"message":"not this","type":"invalid_request_error","param":null,"code":null}}'}),
    "400": (400, {}, {"openai": '{"error":{"message":"no such voice","type":"invalid_request_error","param":"voice","code":null}}'}),
    "401": (401, {}, None),
    "402": (402, {}, {"elevenlabs": '{"detail":{"status":"quota_exceeded","message":"You have no credits left"}}'}),
    "422": (422, {}, {"elevenlabs": '{"detail":[{"loc":["body","text"],"msg":"field required","type":"value_error"}]}'}),
    "quota": (429, {}, {"openai": '{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}'}),
    "429": (429, {"Retry-After": "30"}, {"elevenlabs": '{"detail":{"status":"too_many_concurrent_requests","message":"Too many concurrent requests"}}'}),
    "500": (500, {"x-should-retry": "false"}, {"piper": "<!doctype html><title>500 Internal Server Error</title><p>It broke.</p>"}),
    "503": (503, {"x-should-retry": "false"}, {"": "upstream connect error"}),
    "json200": (200, {"Content-Type": "application/json"}, {"": '{"error":{"message":"the model is being loaded","code":503}}'}),
    "key200": (200, {"Content-Type": "application/json", "x-request-seen": KEY}, {"": '{"error":{"message":"no such key: ' + KEY + '"}}'}),
    "html200": (200, {"Content-Type": "text/html"}, {"": "<!doctype html><html><title>Sign in</title><body>Welcome to the proxy</body></html>"}),
    "liar": (200, {"Content-Type": "audio/pcm"}, {"": '{"error":{"message":"quota exceeded, but we say 200"}}'}),
    "mp3": (200, {"Content-Type": "audio/mpeg"}, {"": "\xff\xfb\x90\x64" * 500}),
    "empty": (200, {"Content-Type": "audio/wav"}, {"": ""}),
}
# of what is said, see Handler.answer, sound and body_of; ok: nothing is wrong with it
ODD = {
    "ffffffff": {"size": 0xFFFFFFFF},
    "7fffffff": {"size": 0x7FFFFFFF},
    "zero": {"size": 0},
    "list": {"extra": chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0\0") + chunk(b"fact", b"\0\0\0\0")},
    "oddlist": {"extra": chunk(b"LIST", b"odd"), "fmt": 18},
    "extensible": {"fmt": 40},
    "float": {"coding": "float", "fmt": 18},
    "pcm24": {"coding": "pcm24"},
    "ulawwav": {"coding": "ulaw", "fmt": 18},
    "alawwav": {"coding": "alaw"},
    "toolong": {"size": 10_000_000},
    "endless": {"size": 0xFFFFFFFF},
}
SOUND = {"ok", "once", "later", "silent", "garbage", "head", "unasked", "nothing", "bytes", "reset", "malformed", "gate", "stalls", "drip", "lingers"}
UNAUTHORIZED = {
    "openai": '{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
    "elevenlabs": '{"detail":{"status":"invalid_api_key","message":"Invalid API key"}}',
    "deepgram": '{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"r-401"}',
    "piper": "Unauthorized",
}


class Request:
    """One that came, and when what was sent of its answer; seconds of time.monotonic."""

    def __init__(self, service, text, body, path, headers, connection):
        self.service, self.text, self.body, self.path, self.headers, self.connection = service, text, body, path, headers, connection
        self.name, _, self.fault = text.split()[0].partition(":") if text.split() else ("", "", "")
        self.at = time.monotonic()
        self.first_sent = self.last_sent = None
        self.broken = None  # the client has gone


class Gone(Exception):
    pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.fake = self.server.fake
        self.connection_id = self.fake.connected()

    def log_message(self, format, *args):
        pass

    def reply(self, status, headers, body):
        body = body.encode("latin-1") if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "x-request-id": "req-1", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self):
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()
        with self.fake.lock:
            self.fake.warmed += 1
            self.fake.lock.notify_all()

    def do_GET(self):
        self.reply(404, {}, "{}")

    # ---- which service, and whether it is asked as it wants to be

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if url.path == "/v1/audio/speech":
            self.openai(raw)
        elif url.path.startswith("/v1/text-to-speech/") and url.path.endswith("/stream"):
            self.elevenlabs(raw, urllib.parse.unquote(url.path.split("/")[3]), query)
        elif url.path == "/v1/speak":
            self.deepgram(raw, query)
        else:
            self.piper(raw, url.path)

    def json(self, raw):
        if self.headers.get_content_type() != "application/json":
            return None
        try:
            return json.loads(raw)
        except ValueError:
            return None

    def bad(self, why):
        self.fake.misasked.append((self.path, why))
        self.reply(400, {}, json.dumps({"error": {"message": why, "type": "invalid_request_error", "param": None, "code": None}}))

    def openai(self, raw):
        body = self.json(raw)
        known = {"model", "input", "voice", "response_format", "speed", "instructions", "stream_format"}
        if not body or not {"model", "input", "voice"} <= set(body) or set(body) - known - self.fake.more:
            return self.bad(f"openai: {body}")
        form = body.get("response_format", "mp3")
        if form not in ("wav", "pcm") or not 0.25 <= body.get("speed", 1) <= 4 or not body["input"]:
            return self.bad(f"openai: {body}")
        self.answer("openai", body["input"], body, self.headers.get("Authorization") == f"Bearer {KEY}", "pcm", 24000, form == "wav")

    def elevenlabs(self, raw, voice, query):
        body = self.json(raw)
        form, _, rate = query.get("output_format", "mp3_44100_128").partition("_")
        known = {"text", "model_id", "language_code", "voice_settings", "previous_text", "next_text", "seed", "apply_text_normalization"}
        if not body or not body.get("text") or set(body) - known or form not in ("pcm", "ulaw", "alaw", "wav") or not rate.isdigit() or not voice:
            return self.bad(f"elevenlabs: {query} {body}")
        if len(body.get("language_code", "uk")) != 2:
            return self.bad(f"elevenlabs: {body}")
        body["voice"] = voice
        good = self.headers.get("xi-api-key") == KEY
        self.answer("elevenlabs", body["text"], {**body, **query}, good, "pcm" if form == "wav" else form, int(rate), form == "wav")

    def deepgram(self, raw, query):
        body = self.json(raw)
        coding = {"linear16": "pcm", "mulaw": "ulaw", "alaw": "alaw"}.get(query.get("encoding"))
        if not body or set(body) != {"text"} or not coding or query.get("container") not in ("none", "wav") or not query.get("model", "").startswith("aura-"):
            return self.bad(f"deepgram: {query} {body}")
        good = self.headers.get("Authorization") == f"Token {KEY}"
        self.answer("deepgram", body["text"], {**body, **query}, good, coding, int(query["sample_rate"]), query["container"] == "wav")

    def piper(self, raw, path):
        """As Flask has it: what is no JSON is refused by the one, and read as it is by the other."""
        self.close_connection = True
        generation = self.fake.piper
        self.fake.pipers.append(path + " " + self.headers.get_content_type())
        if (generation == "now") != (path == "/synthesize"):
            return self.reply(405 if path == "/" else 404, {"Content-Type": "text/html"}, "<!doctype html><title>404 Not Found</title>")
        if generation == "old":
            text, body = raw.decode(), {}
        else:
            body = self.json(raw)
            if body is None:
                return self.reply(415, {"Content-Type": "text/html"}, "<!doctype html><title>415 Unsupported Media Type</title>")
            text = body.get("text", "")
        if not text.strip():
            return self.reply(500, {"Content-Type": "text/html"}, "<!doctype html><title>500 Internal Server Error</title>")
        self.answer("piper", text, body, True, "pcm", 22050, True)

    # ---- what it says

    def answer(self, service, text, body, good, coding, rate, is_wav):
        r = Request(service, text, body, self.path, dict(self.headers.items()), self.connection_id)
        r.fault = r.fault or self.fake.fault
        times = self.fake.came(r)
        try:
            if r.fault and r.fault not in FAULTS | ODD and r.fault not in SOUND:
                sys.stderr.write(f"voices.py: there is no fault '{r.fault}'\n")
                return self.reply(418, {}, "no such fault")
            if not good or r.fault == "401":
                return self.reply(401, {}, UNAUTHORIZED[service])
            if r.fault in FAULTS:
                return self.fault(r)
            if r.fault == "once" and times == 1:
                return self.reply(500, {}, '{"error":{"message":"try again"}}')
            if r.fault == "later" and times == 1:
                return self.reply(429, {"retry-after-ms": "40"}, '{"error":{"message":"slow down","code":"rate_limit_exceeded"}}')
            if r.fault == "silent":
                return self.fake.wait(r.name)
            self.sound(r, coding, rate, is_wav)
        except (BrokenPipeError, ConnectionResetError, Gone):
            r.broken = time.monotonic()
            self.close_connection = True

    def fault(self, r):
        status, headers, bodies = FAULTS[r.fault]
        bodies = bodies or UNAUTHORIZED
        body = bodies.get(r.service, bodies.get("", '{"error":{"message":"it went wrong","type":"server_error","code":null}}'))
        self.reply(status, headers, body)

    def chunked(self, r, data):
        if not data:
            return
        if r.first_sent is None:
            r.first_sent = time.monotonic()
        self.wfile.write(b"%x\r\n" % len(data) + data + b"\r\n")
        self.wfile.flush()

    def body_of(self, r, coding, rate, is_wav):
        """The sound, with the oddities that servers have."""
        odd = ODD.get(r.fault, {})
        if r.fault == "garbage":
            return bytes(range(128, 256)) * 40
        if r.fault == "head":
            return wav([], rate, size=0xFFFFFFFF)
        if is_wav or (odd and r.fault != "endless") or r.fault == "unasked":
            return wav_of_tone(rate, tuple(odd.items()))
        return encode_tone(rate, coding)

    def sound(self, r, coding, rate, is_wav):
        data = self.body_of(r, coding, rate, is_wav)
        half = len(data) // 2 - 1  # an odd byte
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8" if r.service == "piper" else "audio/wav" if is_wav else "application/octet-stream")
        self.send_header("request-id", f"req-{r.name}")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if r.fault == "nothing":
            self.wfile.flush()
            return self.fake.wait(r.name)
        if r.fault == "bytes":
            for i in range(0, 7 * 300, 7):
                self.chunked(r, data[i : i + 7])
            data, half = data[2100:], 1
        self.chunked(r, data[:half])
        if r.fault == "reset":
            self.close_connection = True
            return None
        if r.fault == "malformed":
            self.wfile.write(b"zz\r\nthis is no chunk\r\n")
            self.close_connection = True
            return None
        if r.fault in ("gate", "stalls"):
            self.fake.wait(r.name)
        while r.fault == "drip":  # a byte now and then
            self.chunked(r, data[half : half + 1])
            half += 1
            if self.fake.gate(r.name).wait(0.02):
                raise Gone
        if r.fault == "lingers":
            self.chunked(r, data[half:])
            return self.fake.wait(r.name)
        while r.fault == "endless":
            self.chunked(r, data[half - half % 2 :])
            if self.fake.gate(r.name).wait(0.01):
                raise Gone
        self.chunked(r, data[half:])
        r.last_sent = time.monotonic()
        self.wfile.write(b"0\r\n\r\n")
        return None


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


class Voices:
    """The services on a port of 127.0.0.1."""

    def __init__(self, piper="now", tls=None):
        self.server = Server(("127.0.0.1", 0), Handler)
        if tls:  # certificate and key
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.fake = self
        self.port = self.server.server_address[1]
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.piper = piper
        self.fault = ""  # of every sentence that names none
        self.pipers = []  # how Piper was asked
        self.more = set()  # members that this OpenAI-like server knows beside OpenAI's
        self.requests = []
        self.misasked = []
        self.connections = 0
        self.warmed = 0  # requests that only make a connection
        self.gates = {}
        self.lock = threading.Condition()
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def connected(self):
        with self.lock:
            self.connections += 1
            return self.connections

    def came(self, r):
        """How often this was asked, this time included."""
        with self.lock:
            self.requests.append(r)
            self.lock.notify_all()
            return sum(q.text == r.text for q in self.requests)

    def gate(self, name):
        with self.lock:
            return self.gates.setdefault(name, threading.Event())

    def open(self, name):
        self.gate(name).set()

    def wait(self, name):
        if not self.gate(name).wait(60):
            raise Gone

    def asked(self, name, n=1, patience=30):
        """The n-th request for this sentence, when it has come."""
        end = time.monotonic() + patience
        with self.lock:
            while True:
                found = [r for r in self.requests if r.name == name]
                if len(found) >= n:
                    return found[n - 1]
                if not self.lock.wait(max(end - time.monotonic(), 0)) and time.monotonic() >= end:
                    raise TimeoutError(f"{name} was not asked for")

    def is_warm(self, patience=30):
        with self.lock:
            return self.lock.wait_for(lambda: self.warmed, patience)

    def count(self, name):
        with self.lock:
            return sum(r.name == name for r in self.requests)

    def close(self):
        for gate in list(self.gates.values()):
            gate.set()
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    voices = Voices(*sys.argv[1:])
    print(voices.port, flush=True)
    for line in sys.stdin:  # names whose gates are to be opened
        if line.startswith("?"):  # has all of it been sent?
            r = next((q for q in voices.requests if q.name == line[1:].strip()), None)
            print("none" if not r else "sent" if r.last_sent else "begun" if r.first_sent else "asked", flush=True)
        else:
            voices.open(line.strip())
