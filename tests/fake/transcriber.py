#!/usr/bin/python3
"""transcriber.py LOG: a server with /v1/audio/transcriptions, and its faults: http://127.0.0.1:PORT/CASE/v1.

Prints its port, ends when its stdin does. Of each request a line of JSON goes to LOG: method, path, connection (which
one), auth, fields (a list of pairs), and of the sound rate, channels, bits, seconds, and loudest sample.
"""
import email.parser
import email.policy
import http.server
import io
import itertools
import json
import socket
import struct
import sys
import threading
import time
import wave

TALK = ["I want to order.", "A dozen, please.", "No."]

log = open(sys.argv[1], "a", encoding="utf-8")
lock = threading.Lock()
connections = itertools.count(1)
seen = {}  # case: how many requests


def segment(text, start, end, logprob=-0.1, silence=0.01, ratio=1.1):
    return {"id": 0, "seek": 0, "start": start, "end": end, "text": text, "tokens": [1, 2], "temperature": 0.0,
            "avg_logprob": logprob, "compression_ratio": ratio, "no_speech_prob": silence}


def verbose(language, *segments):
    return {"task": "transcribe", "language": language, "duration": 3.0, "text": "".join(s["text"] for s in segments),
            "segments": segments, "usage": {"type": "duration", "seconds": 3}}


def error(message, type_="invalid_request_error", code=None):
    return {"error": {"message": message, "type": type_, "param": None, "code": code}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection_id = next(connections)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *_):
        pass

    def note(self, **what):
        with lock:
            log.write(json.dumps({"method": self.command, "path": self.path, "connection": self.connection_id,
                                  "auth": self.headers.get("Authorization"), **what}, ensure_ascii=False) + "\n")
            log.flush()

    def do_HEAD(self):
        self.note()
        self.send_response(421)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n"
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        assert message.get_content_type() == "multipart/form-data", message.get_content_type()
        fields, sound = [], {}
        for part in message.iter_parts():
            name = part.get_param("name", header="Content-Disposition")
            data = part.get_payload(decode=True)
            if name == "file":
                assert part.get_filename().endswith(".wav") and part.get_content_type() == "audio/wav"
                with wave.open(io.BytesIO(data)) as wav:
                    pcm = wav.readframes(wav.getnframes())
                    sound = {"rate": wav.getframerate(), "channels": wav.getnchannels(), "bits": wav.getsampwidth() * 8,
                             "seconds": wav.getnframes() / wav.getframerate(),
                             "loudest": max((abs(x) for x, in struct.iter_unpack("<h", pcm)), default=0)}
            else:
                fields.append((name, data.decode()))
        self.fields = dict(fields)
        self.note(fields=fields, **sound)
        case = self.path.split("/")[1]
        with lock:
            seen[case] = self.nth = seen.get(case, 0) + 1
        getattr(self, "case_" + case.replace("-", "_"))()

    # ---- replies

    def answer(self, status, reply, *headers):
        data = reply if isinstance(reply, bytes) else json.dumps(reply, ensure_ascii=False).encode()
        self.send_response(status)
        if not isinstance(reply, bytes):
            self.send_header("Content-Type", "application/json")
        self.send_header("x-request-id", "req_%d" % self.nth)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def chunks(self, type_="text/event-stream"):
        self.send_response(200)
        self.send_header("Content-Type", type_)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def event(self, **data):
        self.chunk(b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n")

    def wait_gone(self):
        """Until the client has left."""
        self.connection.settimeout(60)
        while self.connection.recv(1000):
            pass
        self.close_connection = True

    # ---- cases

    def case_json(self):
        self.answer(200, {"text": "Goodbye.", "usage": {"type": "tokens", "input_tokens": 14, "output_tokens": 5,
                                                        "total_tokens": 19, "input_token_details": {"audio_tokens": 14}}})

    def case_plain(self):
        self.answer(200, {"text": " Goodbye\n"})

    def case_verbose(self):
        self.answer(200, verbose("ukrainian", segment(" Доброго дня.", 0.3, 1.0), segment(" Дякую за перегляд!", 1.0, 2.0)))

    def case_silence(self):
        self.answer(200, verbose("english", segment(" Thank you.", 0.0, 1.0, -0.4, 0.7)))

    def case_unsure(self):
        self.answer(200, verbose("english", segment(" Goodbye", 0.0, 1.0, -1.5)))

    def case_stream(self):
        self.chunks()
        for delta in ("Добро", "го дня", "."):
            self.event(type="transcript.text.delta", delta=delta)
        self.event(type="transcript.text.done", text="Доброго дня.",
                   usage={"type": "tokens", "input_tokens": 30, "output_tokens": 4, "total_tokens": 34})
        self.chunk(b"")

    def case_late(self):
        time.sleep(0.05)
        self.case_stream()

    def case_talk(self):
        """A caller who orders, one turn after the other."""
        time.sleep(0.1)
        self.chunks()
        for word in TALK[min(self.nth, len(TALK)) - 1].split():
            self.event(type="transcript.text.delta", delta=word + " ")
        self.event(type="transcript.text.done", text=TALK[min(self.nth, len(TALK)) - 1])
        self.chunk(b"")

    def case_account(self):
        self.answer(401, error("Incorrect API key provided: " + str(self.headers.get("Authorization"))[7:15] + "*****.",
                               code="invalid_api_key"), ("x-request-said", str(self.headers.get("Authorization"))))

    def case_quota(self):
        self.answer(429, error("You exceeded your current quota", "insufficient_quota", "insufficient_quota"))

    def case_no_model(self):
        self.answer(404, error("The model `x` does not exist", code="model_not_found"))

    def case_busy(self):
        if self.nth == 1:
            self.answer(429, error("Rate limit reached", "requests", "rate_limit_exceeded"), ("retry-after-ms", "20"))
        else:
            self.case_json()

    def case_busy_long(self):
        self.answer(429, error("Rate limit reached", "requests", "rate_limit_exceeded"), ("Retry-After", "30"))

    def case_again(self):
        if self.nth == 1:
            self.answer(500, b"<html><title>Internal error</title></html>")
        else:
            self.case_json()

    def case_broken(self):
        self.answer(500, error("The server had an error", "server_error"), ("x-should-retry", "false"))

    def case_again_later(self):
        self.answer(503, error("The engine is overloaded", "server_error"))

    def case_loading(self):
        self.answer(200, error("Loading model", "unavailable_error"))

    def case_html(self):
        self.answer(200, b"<html>login</html>")

    def case_hang(self):
        self.wait_gone()

    def case_drip(self):
        """A byte now and then, without end."""
        self.chunks("application/json")
        try:
            while True:
                self.chunk(b" ")
                time.sleep(0.02)
        except OSError:
            self.close_connection = True

    def case_reset(self):
        self.chunks()
        self.event(type="transcript.text.delta", delta="Good")
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def case_malformed(self):
        self.chunks()
        self.wfile.write(b"zz\r\nthis is no chunk\r\n")
        self.close_connection = True

    def case_endless(self):
        self.chunks()
        try:
            while True:
                self.event(type="transcript.text.delta", delta="и так далее " * 1000)
        except OSError:
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that leaves


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
