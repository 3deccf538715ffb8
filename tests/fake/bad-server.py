#!/usr/bin/env python3
"""bad-server: an AudioSocket server that does everything right, but for one fault.

    bad-server.py FAULT COMMAND [ARG...]   run the command with the server's address (127.0.0.1:PORT) as
                                           its last argument, and end with it; FAULT may be none
    bad-server.py FAULT                    print the address, and serve until killed
    bad-server.py --list                   the names of the faults

It sends silence on a 20 ms clock from the UUID to the end, reads all that comes, ends a call on the
key #, and closes what is no call within a second. Shares no code with callpipe.
"""

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys

FAULTS = {
    # what it sends
    "kind-01": "sends the UUID back",
    "kind-03": "sends a key",
    "kind-20": "sends an unknown kind",
    "kind-ff": "sends an error message",
    "empty": "sends audio of length 0",
    "odd": "sends 321 bytes of audio",
    "long": "sends 200 ms of audio in a message",
    "short": "sends 10 ms of audio in a message",
    "split": "pauses 20 ms between header and payload",
    "half-end": "sends one byte of the end message",
    "burst": "sends five messages every 100 ms",
    "catch-up": "stalls for 500 ms and sends what it missed",
    "fast": "has a clock of 18 ms",
    "slow": "has a clock of 21 ms",
    "late": "is late by 55 ms with every tenth message",
    "gap": "sends nothing for 200 ms",
    "stops": "sends nothing after a second",
    "late-start": "begins after 600 ms",
    "closes": "closes after a second",
    # what it makes of the caller's bytes
    "wait-for-audio": "begins with the caller's first audio",
    "paced-by-caller": "sends a message for each one it gets",
    "uuid-one-read": "takes what the first read gives for the UUID",
    "header-one-read": "takes what one read gives for a header",
    "payload-one-read": "takes what one read gives for a payload",
    "fixed-size": "takes all audio for 320 bytes",
    "no-empty": "closes on audio of length 0",
    "no-unknown": "closes on an unknown kind",
    "decimal": "closes on a key that is not a number",
    "deaf": "reads nothing after the UUID",
    "cut": "drops the rest of a message that did not fit",
    "gives-up": "sends nothing after its buffer was full",
    "hoards": "lets seconds of audio wait in the socket's buffer",
    "unique": "closes a second call with the same UUID",
    # how it ends
    "end-length": "sends a payload with the end message",
    "after-end": "sends audio after the end message",
    "end-reset": "closes after the end message without reading on",
    "end-close": "closes without an end message",
    "busy": "sends 00 00 00 to a call beside another",
    "busy-all": "sends every call 00 00 00 at once",
    "busy-close": "closes a call beside another",
    "keeps": "keeps the connection after the caller's end",
    # who else connects
    "garbage": "takes anybody for a caller",
    "no-deadline": "waits for a UUID for ever",
    "dies-eof": "dies of the second end before the UUID",
    "dies-reset": "dies of a reset",
    "dies-half": "dies of half a UUID",
    "refuses": "closes its port while it has 8 calls",
}

FRAME = 320
SILENCE = bytes(FRAME)


def message(kind, payload=b""):
    return struct.pack(">BH", kind, len(payload)) + payload


class Over(Exception):
    """The caller is gone, or has to go."""


class Server:
    def __init__(self, fault):
        self.fault = fault
        self.uuids = set()
        self.calls = 0  # connections
        self.talking = 0  # of them, calls that were taken
        self.empty = 0  # connections that ended without a byte
        self.listener = self.listen(0)
        self.port = self.listener.getsockname()[1]

    @staticmethod
    def listen(port):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", port))
        s.listen(128)
        s.setblocking(False)
        return s

    async def run(self):
        loop = asyncio.get_running_loop()
        while True:
            if self.fault == "refuses" and self.calls >= 8:
                if self.listener:
                    self.listener.close()
                    self.listener = None
                await asyncio.sleep(0.02)
                continue
            if not self.listener:
                self.listener = self.listen(self.port)
            conn, _ = await loop.sock_accept(self.listener)
            conn.setblocking(False)
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.fault != "hoards":
                conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)
            self.calls += 1
            task = asyncio.create_task(Call(self, conn).run())
            task.add_done_callback(self.done)

    def done(self, task):
        self.calls -= 1
        if task.exception():
            raise task.exception()


class Call:
    def __init__(self, server, conn):
        self.server = server
        self.fault = server.fault
        self.conn = conn
        self.loop = asyncio.get_running_loop()
        self.heard = asyncio.Event()
        self.rest = b""  # of a message that did not fit into the socket's buffer
        self.ended = False
        self.mute = False

    # reading

    async def some(self, n):
        try:
            data = await self.loop.sock_recv(self.conn, n)
        except OSError:
            if self.fault == "dies-reset":
                os._exit(1)
            raise Over from None
        if not data:
            raise Over
        return data

    async def exactly(self, n):
        data = b""
        while len(data) < n:
            data += await self.some(n - len(data))
        return data

    async def uuid(self):
        data = b""
        try:
            if self.fault == "uuid-one-read":
                data = await self.some(4096)
                if len(data) != 19:
                    raise Over
                return data
            while len(data) < 19:
                data += await self.some(19 - len(data))
                if data[:3] != b"\x01\x00\x10"[: len(data[:3])]:
                    raise Over
            return data
        except Over:
            if self.fault == "dies-eof" and not data:
                self.server.empty += 1  # the first: somebody looks whether we are there
                if self.server.empty > 1:
                    os._exit(1)
            raise
        except asyncio.CancelledError:
            if self.fault == "dies-half" and data:
                os._exit(1)
            raise

    async def listen(self):
        one_read = {"header-one-read": self.some}.get(self.fault, self.exactly)
        while True:
            header = (await one_read(3)).ljust(3, b"\0")
            kind, size = struct.unpack(">BH", header)
            if self.fault == "fixed-size" and kind == 0x10:
                size = FRAME
            if self.fault == "no-empty" and kind == 0x10 and not size:
                raise Over
            if self.fault == "no-unknown" and kind not in (0x03, 0x10):
                raise Over
            payload = b""
            if size:
                read = self.some if self.fault == "payload-one-read" else self.exactly
                payload = await read(size)
            if kind == 0x10:
                self.heard.set()
                if self.fault == "paced-by-caller":
                    self.send(message(0x10, SILENCE))
            if kind == 0x03 and not self.ended:
                self.key(payload)

    def key(self, payload):
        if self.fault == "decimal" and not payload.isdigit() and payload != b"#":
            raise Over
        if payload == b"#":
            self.end()

    # sending

    def write(self, data):
        try:
            n = self.conn.send(data)
        except BlockingIOError:
            n = 0
        except OSError:
            raise Over from None
        return data[n:]

    def send(self, data):
        """Send a message, or drop it if the socket's buffer is full."""
        if self.ended or self.mute:
            return
        if self.rest:
            self.rest = self.write(self.rest)
            if self.rest:
                return
        rest = self.write(data)
        if rest and self.fault == "gives-up":
            self.mute = True
        if rest and self.fault == "cut":
            return
        if len(rest) < len(data):
            self.rest = rest

    def end(self):
        if self.fault == "end-close":
            raise Over
        self.send(b"\0\0\4abcd" if self.fault == "end-length" else b"\0\0\0")
        if self.fault == "after-end":
            self.send(message(0x10, SILENCE))
        self.ended = True
        if self.fault == "end-reset":
            raise Over

    async def at(self, start, seconds):
        await asyncio.sleep(max(0, start + seconds - self.loop.time()))

    async def speak(self):
        f = self.fault
        if f == "wait-for-audio":
            await self.heard.wait()
        if f == "late-start":
            await asyncio.sleep(0.6)
        period = {"fast": 0.018, "slow": 0.021, "long": 0.2, "short": 0.01}.get(f, 0.02)
        frame = message(0x10, bytes(int(FRAME * period / 0.02)) if f in ("long", "short") else SILENCE)
        start, k, n = self.loop.time(), 0, 0
        while f != "paced-by-caller":
            await self.at(start, k * period)
            late = self.loop.time() - start - k * period
            if late > 0.06 and f != "catch-up":
                start, k = self.loop.time(), 0
            await self.frame(frame, n)
            k, n = k + 1, n + 1

    async def frame(self, frame, n):
        f = self.fault
        once = {
            "kind-01": message(0x01, bytes(16)),
            "kind-03": message(0x03, b"5"),
            "kind-20": message(0x20, b"x"),
            "kind-ff": message(0xFF, b"\1"),
            "empty": message(0x10),
            "odd": message(0x10, bytes(321)),
        }
        if f in once and n == 25:
            frame = once[f]
        elif f == "split" and n == 25:
            self.send(frame[:3])
            await asyncio.sleep(0.02)
            frame = frame[3:]
        elif f == "half-end" and n == 25:
            self.send(b"\0")
            self.mute = True
        elif f == "burst":
            frame = b"" if n % 5 else frame * 5
        elif f == "late" and n % 10 == 9:
            await asyncio.sleep(0.055)
        elif f in ("catch-up", "gap") and n == 25:
            await asyncio.sleep(0.5 if f == "catch-up" else 0.2)
        elif f == "stops" and n == 50:
            self.mute = True
        elif f == "closes" and n == 50:
            raise Over
        if frame:
            self.send(frame)

    # a call

    async def talk(self):
        tasks = [asyncio.create_task(self.speak())]
        if self.fault != "deaf":
            tasks.append(asyncio.create_task(self.listen()))
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def run(self):
        try:
            if self.fault != "garbage":
                limit = None if self.fault == "no-deadline" else 1
                uuid = await asyncio.wait_for(self.uuid(), limit)
                if self.fault == "unique" and uuid in self.server.uuids:
                    return
                self.server.uuids.add(uuid)
                if self.fault == "busy-all" or self.fault.startswith("busy") and self.server.talking:
                    if self.fault != "busy-close":
                        self.send(bytes(3))
                        await self.exactly(1 << 20)
                    return
            self.server.talking += 1
            try:
                await self.talk()
            finally:
                self.server.talking -= 1
        except asyncio.TimeoutError:
            pass
        except Over:
            if self.fault == "keeps":
                await asyncio.sleep(3600)
        finally:
            self.conn.close()


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(f"{name:18} {what}" for name, what in FAULTS.items()))
        return 0
    if len(sys.argv) < 2 or sys.argv[1] not in ["none", *FAULTS]:
        print("usage: bad-server.py FAULT [COMMAND [ARG...]], bad-server.py --list", file=sys.stderr)
        return 64
    fault, command = sys.argv[1], sys.argv[2:]
    server = Server(fault)
    address = f"127.0.0.1:{server.port}"
    if not command:
        print(address, flush=True)
        asyncio.run(server.run())
    child = os.fork()
    if child == 0:
        asyncio.run(server.run())
    server.listener.close()
    try:
        return subprocess.call([*command, address])
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    sys.exit(main())
