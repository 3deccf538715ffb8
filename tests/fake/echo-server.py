#!/usr/bin/env python3
"""echo-server.py [OPTION...]: an AudioSocket server of its own kind (asyncio, no code of ours): for each call it plays
what it is told, or what it hears, one message of 20 ms every 20 ms. Prints its port when it listens.

It can misbehave a little: each option says how. Times are in ms after the UUID."""

import argparse
import array
import asyncio
import math
import struct

RATES = {0x10: 8000, 0x12: 16000, 0x16: 48000}


def options():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--kind", type=lambda s: int(s, 0), default=0x10, help="of the audio sent")
    p.add_argument("--tone", default="", help="FROM-TO[,FROM-TO...]: sound a tone then, else silence")
    p.add_argument("--answer", type=int, metavar="MS", help="a second of tone so long after the caller fell silent")
    p.add_argument("--barge", type=int, metavar="MS", help="no tone from so long after the caller began to speak")
    p.add_argument("--echo", action="store_true", help="play back what is heard")
    p.add_argument("--pace", type=int, default=20, metavar="MS", help="time between frames")
    p.add_argument("--first", type=int, default=0, metavar="MS", help="first frame that late")
    p.add_argument("--late", default="", metavar="N:MS", help="every N-th frame that late")
    p.add_argument("--stall", default="", metavar="AT:MS", help="no frames for so long, and none made up for")
    p.add_argument("--burst", default="", metavar="AT:MS", help="no frames for so long, then all of them")
    p.add_argument("--end", type=int, metavar="AT", help="00 00 00 then, and wait for the caller to close")
    p.add_argument("--close", type=int, metavar="AT", help="send no more then, and wait for the caller to close")
    p.add_argument("--cut", type=int, metavar="AT", help="close then, inside a message")
    p.add_argument("--reset", type=int, metavar="AT", help="reset then")
    p.add_argument("--send", default="", metavar="AT:HEX", help="these bytes then")
    p.add_argument("--split", type=int, metavar="MS", help="so long between header and payload")
    p.add_argument("--deaf", action="store_true", help="read nothing after the UUID")
    p.add_argument("--log", help="file for what was received: a line a message: ms, kind, bytes, peak")
    return p.parse_args()


def pair(text):
    return tuple(int(x) for x in text.split(":")) if text else (None, 0)


class Call:
    def __init__(self, o, reader, writer):
        self.o, self.reader, self.writer = o, reader, writer
        self.rate = RATES[o.kind]
        self.tones = [tuple(int(x) for x in t.split("-")) for t in o.tone.split(",") if t]
        self.voice = []  # [first, last] ms of each time the caller spoke
        self.heard = asyncio.Queue()
        self.loop = asyncio.get_running_loop()

    def ms(self):
        return (self.loop.time() - self.start) * 1000

    async def hear(self):
        while True:
            kind, n = struct.unpack(">BH", await self.reader.readexactly(3))
            payload = await self.reader.readexactly(n)
            samples = array.array("h", payload[: n // 2 * 2])
            peak = max(map(abs, samples), default=0) if kind >= 0x10 else 0
            now = self.ms()
            if self.log:
                print(f"{now:.1f} {kind:02x} {n} {peak if kind >= 0x10 else payload.decode()}", file=self.log, flush=True)
            if peak > 1000:
                if not self.voice or now - self.voice[-1][1] > 200:
                    self.voice.append([now, now])
                self.voice[-1][1] = now
            if self.o.echo and kind >= 0x10:
                self.heard.put_nowait(payload)

    def sounds(self, ms):
        if self.o.answer is not None and any(0 <= ms - last - self.o.answer < 1000 for _, last in self.voice):
            return True
        if self.o.barge is not None and any(ms >= first + self.o.barge for first, _ in self.voice):
            return False
        return any(a <= ms < b for a, b in self.tones)

    def payload(self, k):
        n = self.rate // 50
        if self.o.echo:
            return self.heard.get_nowait() if not self.heard.empty() else bytes(2 * n)
        if not self.sounds(k * 20):
            return bytes(2 * n)
        return struct.pack(f"<{n}h", *(int(8000 * math.sin(2 * math.pi * 440 * (k * n + i) / self.rate)) for i in range(n)))

    async def until(self, ms):
        await asyncio.sleep(max(0, ms - self.ms()) / 1000)

    async def play(self):
        o = self.o
        stall, burst, late, extra = pair(o.stall), pair(o.burst), pair(o.late), o.send.split(":")
        ends = [(at, end) for at, end in ((o.end, "end"), (o.close, "close"), (o.cut, "cut"), (o.reset, "reset")) if at is not None]
        k = 0
        while True:
            due = o.first + o.pace * k
            if ends and due >= ends[0][0]:
                return ends[0][1]
            if stall[0] is not None and stall[0] <= due < stall[0] + stall[1]:
                k += 1
                continue
            held = burst[0] is not None and burst[0] <= due < burst[0] + burst[1]
            await self.until(burst[0] + burst[1] if held else due + (late[1] if late[0] and k % late[0] == late[0] - 1 else 0))
            if extra[0] and due >= int(extra[0]):
                self.writer.write(bytes.fromhex(extra[1]))
                extra = [""]
            payload = self.payload(k)
            head = struct.pack(">BH", o.kind, len(payload))
            if o.split and k == 10:
                self.writer.write(head)
                await asyncio.sleep(o.split / 1000)
                head = b""
            self.writer.write(head + payload)
            k += 1

    async def run(self):
        first = await self.reader.readexactly(19)
        assert first[:3] == b"\x01\x00\x10", first
        self.start = self.loop.time()
        self.log = open(self.o.log, "a", encoding="utf-8") if self.o.log else None
        if self.log:
            print(f"0 01 16 {first[3:].hex()}", file=self.log, flush=True)
        hear = asyncio.create_task(asyncio.Event().wait() if self.o.deaf else self.hear())
        play = asyncio.create_task(self.play())
        await asyncio.wait({hear, play}, return_when=asyncio.FIRST_COMPLETED)
        end = play.result() if play.done() and not play.exception() else None
        play.cancel()
        if end in ("end", "close", "cut"):
            self.writer.write({"end": bytes(3), "close": b"", "cut": bytes([0x10, 1, 64, 0])}[end])
            self.writer.write_eof()
            await asyncio.wait({hear}, timeout=5)  # what is left unread would reset the connection
        elif end == "reset":
            self.writer.transport.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER
        hear.cancel()
        if self.log:
            print(f"{self.ms():.1f} over", file=self.log, flush=True)


async def main():
    o = options()

    async def serve(reader, writer):
        try:
            await Call(o, reader, writer).run()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
