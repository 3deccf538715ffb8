#!/usr/bin/env python3
"""ws.py [--cert PEM]: a WebSocket server of the standard library alone, with all faults: the path says which.
Prints its port when it listens. What a client does against RFC 6455 goes to stderr."""

import base64
import hashlib
import socket
import ssl
import struct
import sys
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Gone(Exception):
    pass


def complain(what):
    print(f"ws.py: {what}", file=sys.stderr, flush=True)


def frame(opcode, payload=b"", fin=True, rsv=0, mask=False):
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit, n = (0x80 if mask else 0), len(payload)
    if n < 126:
        head += bytes([bit | n])
    elif n < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", n)
    return head + (b"\0\0\0\0" if mask else b"") + payload


def closing(code=None, reason=""):
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason.encode())


class Peer:
    """One connection of a client."""

    def __init__(self, sock):
        self.sock, self.buffer = sock, b""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, n):
        while len(self.buffer) < n:
            try:
                more = self.sock.recv(65536)
            except OSError:
                raise Gone from None
            if not more:
                raise Gone
            self.buffer += more
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def request(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.read(1)
        line, *fields = head.decode("latin-1").split("\r\n")[:-2]
        self.fields = {}
        for field in fields:
            name, _, value = field.partition(":")
            self.fields[name.lower()] = value.strip()
        return line.split(" ")

    def write(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            raise Gone from None

    def drip(self, data):
        for i in range(len(data)):
            self.write(data[i : i + 1])

    def accept(self, extra="", answer=None, write=None, behind=b""):
        key = self.fields.get("sec-websocket-key", "")
        if len(base64.b64decode(key)) != 16:
            complain(f"a key of no 16 bytes: {key!r}")
        if self.fields.get("sec-websocket-version") != "13":
            complain("not version 13")
        if "host" not in self.fields or self.fields.get("upgrade", "").lower() != "websocket":
            complain("no Host, or no upgrade")
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        answer = answer or base64.b64encode(digest).decode()
        head = f"HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: {answer}\r\n{extra}\r\n"
        (write or self.write)(head.encode() + behind)

    def frame(self):
        first, second = self.read(2)
        n = second & 0x7F
        if n == 126:
            (n,) = struct.unpack(">H", self.read(2))
        elif n == 127:
            (n,) = struct.unpack(">Q", self.read(8))
        if not second & 0x80:
            complain("a frame of a client is not masked")
        if first & 0x70:
            complain("reserved bits are set")
        key = self.read(4)
        data = bytes(b ^ key[i % 4] for i, b in enumerate(self.read(n))) if n < 4096 else self.unmask(key, n)
        return first & 15, bool(first & 0x80), data

    def unmask(self, key, n):
        data = self.read(n)
        pad = int.from_bytes(key * (n // 4 + 1), "big") >> 8 * (4 - n % 4)
        return (int.from_bytes(data, "big") ^ pad).to_bytes(n, "big")

    def message(self):
        """The next one of a client: text or bytes; a close is answered, and then there is none."""
        whole, kind = b"", None
        while True:
            opcode, fin, data = self.frame()
            if opcode == PING:
                self.write(frame(PONG, data))
            elif opcode == CLOSE:
                self.closed = data
                self.write(frame(CLOSE, data[:2]))
                return None
            elif opcode != PONG:
                kind = opcode or kind
                whole += data
                if fin:
                    return whole.decode() if kind == TEXT else whole

    def until_closed(self):
        while self.message() is not None:
            pass


# What a path does. Each has the peer and its query.


def echo(p, q):
    p.accept(extra="X-Seen: yes\r\n" + (f"Sec-WebSocket-Protocol: {q['protocol']}\r\n" if "protocol" in q else ""))
    while (m := p.message()) is not None:
        p.write(frame(TEXT if isinstance(m, str) else BINARY, m.encode() if isinstance(m, str) else m))


def fields(p, q):
    p.accept()
    p.write(frame(TEXT, " ".join(f"{k}={v}" for k, v in sorted(p.fields.items()) if k[:2] == "x-" or k == "host").encode()))
    p.until_closed()


def sizes(p, q):
    p.accept()
    while (m := p.message()) is not None:
        p.write(frame(TEXT, f"{type(m).__name__} {len(m)} {hashlib.md5(m.encode() if isinstance(m, str) else m).hexdigest()}".encode()))


def fragments(p, q):
    p.accept()
    text = "дуже довга відповідь".encode()
    p.write(frame(TEXT, text[:1], fin=False))
    for i in range(1, len(text)):
        p.write(frame(PING, b"between") + frame(CONT, text[i : i + 1], fin=False) + frame(PONG, b"unasked"))
    p.write(frame(CONT))
    p.write(frame(BINARY, b"\0\1", fin=False) + frame(CONT, b"\2"))
    for _ in range(len(text) - 1):
        if p.frame() != (PONG, True, b"between"):
            complain("a ping is not answered in turn")
    p.write(closing(1000, "all said"))
    p.until_closed()


def drip(p, q):
    p.accept(write=p.drip)
    p.drip(frame(TEXT, b"slowly") + frame(BINARY, b"x" * 300) + closing(1001, "going"))
    p.until_closed()


def early(p, q):
    p.accept(behind=frame(TEXT, b"first") + frame(TEXT, b"second") + closing(1000))
    p.until_closed()


def news(p, q):
    p.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    early(p, q)


def raw(*frames):
    def run(p, q):
        p.accept()
        for data in frames:
            p.write(data)
        try:
            while True:
                opcode, _, data = p.frame()
                if opcode == CLOSE:
                    print("closed by the client:", int.from_bytes(data[:2], "big"), flush=True)
                    p.write(frame(CLOSE, data[:2]))
        except Gone:
            pass

    return run


def close(p, q):
    p.accept()
    p.write(closing(int(q["code"]) if "code" in q else None, q.get("reason", "")))
    p.until_closed()


def goodbye(p, q):
    p.accept()
    p.until_closed()
    print("goodbye:", struct.unpack(">H", p.closed[:2])[0], p.closed[2:].decode(), flush=True)


def never(p, q):
    p.accept()
    while True:
        p.frame()


def reset(p, q):
    p.accept()
    p.write(frame(TEXT, b"still there")[:5])
    p.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    p.sock.close()


def eof(p, q):
    p.accept()
    p.write(frame(TEXT, b"half a message", fin=False))


def silent(p, q):
    p.read(1 << 20)


def mute(p, q):
    p.accept()
    p.read(1 << 20)  # no pong


def full(p, q):
    """Reads nothing for a while: what is sent piles up."""
    p.accept()
    time.sleep(float(q["ms"]) / 1000)
    sizes_of(p)


def flood(p, q):
    """Pings without end, and reads no answer."""
    p.accept()
    while True:
        p.write(frame(PING, b"x" * 125) * 100)


def sizes_of(p):
    n = 0
    while (m := p.message()) is not None:
        n += len(m)
        if n >= 1 << 19:
            p.write(frame(TEXT, f"{n} bytes".encode()))
            n = 0


def refuse(status, body, extra=""):
    def run(p, q):
        p.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n{body}".encode())
        p.read(1 << 20)  # and stays connected

    return run


def chunked(p, q):
    p.write(b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\ndg-error: no such model\r\n\r\n5;x=1\r\nnot f\r\n6\r\nor you\r\n0\r\n\r\n")
    p.read(1 << 20)


def endless(p, q):
    p.write(b"HTTP/1.1 500 Oops\r\n\r\n")
    while True:
        p.write(b"and so on " * 100)


def unended(p, q):
    p.write(b"HTTP/1.1 503 Busy\r\n\r\nbusy")
    p.read(1 << 20)


def wrong(extra="", answer=None):
    return lambda p, q: (p.accept(extra, answer), p.read(1 << 20))


def garbage(p, q):
    p.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    p.read(1 << 20)


def big_head(p, q):
    while True:
        p.write(b"HTTP/1.1 101 Ok\r\n" + b"X-More: and more\r\n" * 1000)


PATHS = {
    "/echo": echo, "/fields": fields, "/sizes": sizes, "/fragments": fragments, "/drip": drip, "/early": early, "/news": news, "/close": close,
    "/goodbye": goodbye, "/never": never, "/reset": reset, "/eof": eof, "/silent": silent, "/mute": mute, "/full": full, "/flood": flood,
    "/utf8": raw(frame(TEXT, b"bad \xff")),
    "/utf8-cut": raw(frame(TEXT, b"bad \xd0", fin=False) + frame(CONT, b"x")),
    "/utf8-half": raw(frame(TEXT, b"bad \xd0")),
    "/surrogate": raw(frame(TEXT, b"\xed\xa0\x80")),
    "/long": raw(frame(BINARY, b"x" * ((1 << 20) + 1))),
    "/long-claim": raw(b"\x82\x7f\x00\x00\x00\x7f\x00\x00\x00\x00x"),
    "/long-parts": raw(*[frame(BINARY, b"x" * 60000, fin=False)] + [frame(CONT, b"x" * 60000, fin=False)] * 20),
    "/rsv": raw(frame(TEXT, b"x", rsv=4)),
    "/masked": raw(frame(TEXT, b"x", mask=True)),
    "/opcode": raw(frame(3, b"x")),
    "/ping-long": raw(frame(PING, b"x" * 126)),
    "/ping-parts": raw(frame(PING, b"x", fin=False)),
    "/cont": raw(frame(CONT, b"x")),
    "/interleaved": raw(frame(TEXT, b"x", fin=False) + frame(TEXT, b"y")),
    "/close-byte": raw(frame(CLOSE, b"\3")),
    "/close-code": raw(frame(CLOSE, struct.pack(">H", 1005))),
    "/close-utf8": raw(frame(CLOSE, b"\3\xe8\xff")),
    "/max": raw(frame(BINARY, b"x" * (1 << 20))),
    "/401": refuse("401 Unauthorized", '{"err_code":"INVALID_AUTH"}', "WWW-Authenticate: Token\r\n"),
    "/429": refuse("429 Too Many Requests", "slow down", "Retry-After: 2.5\r\n"),
    "/302": refuse("302 Found", "", "Location: /echo\r\n"),
    "/200": refuse("200 OK", "hello"),
    "/403": chunked, "/500": endless, "/503": unended,
    "/answer": wrong(answer="AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    "/extension": wrong("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    "/protocol": wrong("Sec-WebSocket-Protocol: other\r\n"),
    "/garbage": garbage, "/head": big_head,
}


def serve(sock, context):
    try:
        if context:
            sock = context.wrap_socket(sock, server_side=True)
        p = Peer(sock)
        method, target, version = p.request()
        if (method, version) != ("GET", "HTTP/1.1"):
            complain(f"{method} {version}")
        parts = urlsplit(target)
        query = {k: unquote(v[0]) for k, v in parse_qs(parts.query).items()}
        PATHS[parts.path](p, query)
    except (Gone, OSError, ssl.SSLError):
        pass
    finally:
        sock.close()


def main():
    context, args = None, sys.argv[1:]
    if "--cert" in args:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args[args.index("--cert") + 1])
        context.set_alpn_protocols(["h2", "http/1.1"])
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(server.getsockname()[1], flush=True)
    while True:
        sock, _ = server.accept()
        threading.Thread(target=serve, args=(sock, context), daemon=True).start()


if __name__ == "__main__":
    main()
