#!/usr/bin/env python3
"""A shop with an HTTP interface, for tests of tools: what it was asked is written to a file, a line of JSON each.

    tools-http.py LOG      prints its port

What it answers hangs on the first segment of the path:
    /echo...    what it was asked
    /orders/N   order 1001; 404 for others
    /slow/N     nothing for 0.8 s, then true
    /busy/N     503 with Retry-After: 0 for the first N requests with this Idempotency-Key or X-Request-Id stem, then true
    /status/N   that status, with a message
    /text /long /empty /deep /leak /cut /moved
    /leak/errorN a message with the key, behind N letters
"""
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

log = open(sys.argv[1], "a", buffering=1)
seen = {}


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, kind="application/json", headers=()):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def any(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size).decode()
        asked = {
            "method": self.command,
            "path": self.path,
            "headers": {k.lower(): v for k, v in self.headers.items()},
            "body": body,
        }
        log.write(json.dumps(asked) + "\n")
        what, _, rest = self.path[1:].partition("?")[0].partition("/")
        stem = self.headers.get("X-Request-Id", "").rpartition(".")[0]
        if what == "echo":
            self.answer(200, asked)
        elif what == "orders":
            if rest == "1001":
                self.answer(200, {"order": 1001, "state": "sent", "total": 12.5})
            else:
                self.answer(404, {"error": {"message": "no order has the number " + rest}})
        elif what == "slow":
            time.sleep(0.8)
            self.answer(200, True)
        elif what == "busy":
            seen[stem] = seen.get(stem, 0) + 1
            if seen[stem] <= int(rest):
                self.answer(503, {"error": "later"}, headers=[("Retry-After", "0")])
            else:
                self.answer(200, {"attempts": seen[stem]})
        elif what == "status":
            self.answer(int(rest), {"error": {"message": "status " + rest}})
        elif what == "text":
            self.answer(200, b"<html>fine</html>", "text/html")
        elif what == "long":
            self.answer(200, ["x" * 100] * 1000)
        elif what == "empty":
            self.answer(204, b"")
        elif what == "deep":
            self.answer(200, b"[" * 40 + b"]" * 40)
        elif what == "leak":
            self.answer(400 if rest.startswith("error") else 200, {"error": {"message": "x" * int(rest[5:] or 0) + "your key is " + self.headers.get("Authorization", "")}})
        elif what == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b'{"a":')
            self.close_connection = True
        elif what == "moved":
            self.answer(302, b"", headers=[("Location", "/orders/1001")])
        else:
            self.answer(404, {"detail": "nothing here"})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = any


server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
server.daemon_threads = True
server.handle_error = lambda *args: None  # who asked has left
print(server.server_address[1], flush=True)
server.serve_forever()
