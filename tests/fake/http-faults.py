#!/usr/bin/python3
"""http-faults.py [CERT KEY]: a server of HTTP/1.1 with every fault a server can have, made of plain sockets.

Prints its port, ends when its stdin does. What a path does says its function, below.
"""
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time

accepts = 0  # connections made
left = {}  # target: how often the client has gone before its reply was over
heads = []  # first lines of requests, all of them


def head(status, *lines):
    return ("\r\n".join(["HTTP/1.1 " + status, *lines, "", ""])).encode()


def full(body, *lines, status="200 OK"):
    return head(status, "Content-Length: %d" % len(body), *lines) + body


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


STREAM = head("200 OK", "Content-Type: text/event-stream; charset=utf-8", "Transfer-Encoding: chunked", "x-request-id: req_1")


class Request:
    def __init__(self, conn):
        self.conn = conn
        raw = b""
        while b"\r\n\r\n" not in raw:
            got = conn.recv(65536)
            if not got:
                raise EOFError
            raw += got
            if raw[0] == 0x16:  # a ClientHello, with the name of the server in it
                if b"reset." in raw:
                    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    raise EOFError
                if b"closed." in raw:
                    raise EOFError
                conn.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                raise EOFError
        text, self.body = raw.split(b"\r\n\r\n", 1)
        self.lines = text.decode("latin-1").split("\r\n")
        self.method, target, _ = self.lines[0].split(" ")
        self.target = target
        self.path, _, self.query = target.partition("?")
        self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in self.lines[1:] if ": " in line)}
        want = int(self.headers.get("content-length", 0))
        while len(self.body) < want:
            got = conn.recv(65536)
            if not got:
                raise EOFError
            self.body += got
        heads.append(self.lines[0])

    def send(self, data):
        self.conn.sendall(data)

    def wait_gone(self):
        """Until the client closes it."""
        try:
            while self.conn.recv(4096):
                pass
        except OSError:
            pass
        self.has_left()

    def has_left(self):
        left[self.target] = left.get(self.target, 0) + 1


def ok(r):
    r.send(full(b"ok", "Content-Type: text/plain; charset=utf-8", "X-Request-Id: req_ok"))


def big(r):
    r.send(full(b"x" * int(r.query)))


def echo(r):
    said = {"method": r.method, "target": r.target, "headers": r.lines[1:], "body": r.body.decode("latin-1")}
    r.send(full(json.dumps(said).encode(), "Content-Type: application/json"))


def stats(r):
    r.send(full(json.dumps({"accepts": accepts, "left": left, "requests": len(heads)}).encode()))


def status(r):
    """/status?CODE: an error as OpenAI says it."""
    r.send(full(b'{"error":{"message":"No.","type":"t"}}', "Content-Type: application/json", "x-request-id: req_2", status=r.query + " No"))


def limited(r):
    """/limited?HEADER=VALUE;...: 429, with these headers."""
    lines = [line.replace("=", ": ", 1).replace("%20", " ") for line in r.query.split(";")]
    r.send(full(b"slow down", *lines, status="429 Too Many Requests"))


def flaky(r):
    """/flaky?N,CODE,AFTER_MS,...: a failure N times, then well."""
    n, code, after = r.query.split(",")[:3]
    if sum(line.split(" ")[1] == r.target for line in heads) > int(n):
        r.send(full(b"at last"))
    else:
        r.send(full(b'{"error":{"message":"Not yet.","code":"soon"}}', "retry-after-ms: " + after, "x-request-id: req_3", status=code + " No"))


def wrong_key(r):
    """401, with the key said back, whole and in parts."""
    key = r.headers.get("authorization", r.headers.get("xi-api-key", "")).split(" ")[-1]
    said = "Incorrect API key: %s, or %s****%s, so (%s)" % (key, key[:8], key[-2:], key)
    r.send(full(json.dumps({"error": {"message": said, "code": "invalid_api_key"}}).encode(), status="401 No"))


def empty(r):
    r.send(head("204 No Content"))


def early(r):
    """A 100 and a 103 before the answer."""
    r.send(head("100 Continue") + head("103 Early Hints", "link: </x>", "x-request-id: wrong") + full(b"late"))


def stream(r):
    """/stream?N: so many pieces, each in a packet of its own."""
    r.send(STREAM)
    for i in range(int(r.query)):
        r.send(chunk(b"data: %d\n\n" % i))
    r.send(b"0\r\n\r\n")


def silence(r):
    r.wait_gone()


def head_only(r):
    r.send(STREAM)
    r.wait_gone()


def stops(r):
    """In the middle."""
    r.send(STREAM + chunk(b"data: 1\n\n"))
    r.wait_gone()


def reset(r):
    r.send(STREAM + chunk(b"data: 1\n\n"))
    r.conn.recv(1) if r.query == "asked" else None
    r.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    r.conn.close()


def reset_first(r):
    r.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    r.conn.close()


def cut(r):
    """Closed before the last chunk."""
    r.send(STREAM + chunk(b"data: 1\n\n"))
    raise EOFError


def short(r):
    r.send(head("200 OK", "Content-Length: 100") + b"not so long")
    raise EOFError


def bad_chunk(r):
    r.send(STREAM + chunk(b"data: 1\n\n") + b"zz\r\nno chunk\r\n")
    r.wait_gone()


def garbage(r):
    r.send(b"SSH-2.0-what\r\n\r\n")
    raise EOFError


def drip(r):
    """One byte each 20 ms, for ever."""
    r.send(STREAM)
    try:
        while True:
            r.send(chunk(b"x"))
            time.sleep(0.02)
    except OSError:
        r.has_left()
        raise


def endless(r):
    r.send(STREAM if r.query != "error" else head("500 Oh", "Transfer-Encoding: chunked"))
    try:
        while True:
            r.send(chunk(b"y" * 16384))
    except OSError:
        r.has_left()
        raise


def endless_head(r):
    try:
        r.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            r.send(b"X-More: %s\r\n" % (b"z" * 1000))
    except OSError:
        r.has_left()
        raise


def close(r):
    r.send(full(b"bye", "Connection: close"))
    raise EOFError


def late_close(r):
    """Closed behind the answer, without having said so."""
    r.send(full(b"bye"))
    raise EOFError


def moved(r):
    r.send(full(b"", "Location: /ok", status="302 Found"))


def binary(r):
    r.send(full(bytes(range(256)) * 4, "Content-Type: audio/wav"))


def trailer(r):
    r.send(STREAM + chunk(b"data: 1\n\n") + b"0\r\nx-request-id: behind\r\n\r\n")


PATHS = {name: f for name, f in globals().items() if callable(f) and getattr(f, "__module__", "") == "__main__"}


def serve(conn, context):
    try:
        with conn:
            if context:
                conn = context.wrap_socket(conn, server_side=True)
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                r = Request(conn)
                PATHS.get(r.path.strip("/").replace("-", "_").split("/")[0], ok)(r)
    except (OSError, EOFError, ValueError):
        pass


def main():
    global accepts
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listener.getsockname()[1], flush=True)

    def end():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end, daemon=True).start()
    while True:
        conn, _ = listener.accept()
        accepts += 1
        threading.Thread(target=serve, args=(conn, context), daemon=True).start()


main()
