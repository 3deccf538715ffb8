#!/usr/bin/env python3
"""A caller: Asterisk's side of one AudioSocket call, seen from outside.

    caller.py PORT UUID [options]

Prints one JSON object: what was heard when (ms since connect), and how the call ended. Sounds are told apart
by their peak: 1000 is fake/speaker.py's, 5000 and 8000 are busy and fallback phrases of the tests. What is done
at a time is done so long after the first frame: a machine may be slow to start a pipeline.
"""
import argparse
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import uuid

p = argparse.ArgumentParser()
p.add_argument("port", type=int)
p.add_argument("uuid")
p.add_argument("--hangup", metavar="MS", type=int, help="close then")
p.add_argument("--hangup-on", metavar="PEAK", help="close at the fifth frame of this sound")
p.add_argument("--reset", metavar="MS", type=int, help="reset then")
p.add_argument("--quiet", action="store_true", help="send no audio")
p.add_argument("--keep", action="store_true", help="do not close at 00 00 00")
p.add_argument("--pid-file", help="of the processes that --signal is sent to; -N: group N")
p.add_argument("--signal", metavar="NAME,...", default="", help="KILL, STOP, TERM, ...")
p.add_argument("--at", metavar="MS,...", default="1000", help="when, each")
p.add_argument("--limit", metavar="MS", type=int, default=30000, help="give up then")
p.add_argument("--kind", type=lambda s: int(s, 16), default=0x10, help="of the audio expected")
o = p.parse_args()

s = socket.create_connection(("127.0.0.1", o.port))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s.sendall(b"\x01\x00\x10" + uuid.UUID(o.uuid).bytes)
start = time.monotonic()
caller_frame = b"\x10\x01\x40" + bytes(320)
r = {"frames": 0, "end": None, "end_ms": None, "signal_ms": None, "first_ms": None, "max_gap_ms": 0,
     "min_gap_ms": None, "wrong": None, "ends": 0, "after_end": 0, "sounds": {}}
inbox, sent, last = b"", 0, None
signals = list(zip(o.signal.split(","), o.at.split(","))) if o.signal else []


def now_ms():
    return (time.monotonic() - start) * 1000


def heard(kind, payload):
    """One message; True if it is the end."""
    global last
    t = now_ms()
    if r["ends"]:
        r["after_end"] += 1
    if kind == 0:
        r["ends"] += 1
        r["end"] = "end"
        return True
    if kind != o.kind or len(payload) != (320 if kind == 0x10 else 640):
        r["wrong"] = [kind, len(payload)]
    if last is None:
        r["first_ms"] = round(t, 1)
    else:
        r["max_gap_ms"] = max(r["max_gap_ms"], round(t - last, 1))
        r["min_gap_ms"] = min(r["min_gap_ms"] or 1e9, round(t - last, 1))
    last = t
    r["frames"] += 1
    peak = max(abs(v[0]) for v in struct.iter_unpack("<h", payload))
    sound = r["sounds"].setdefault(str(peak), {"frames": 0, "from_ms": round(t, 1)})
    sound["frames"] += 1
    sound["to_ms"] = round(t, 1)
    return False


def step():
    """Handle what has come; False when the call is over."""
    global inbox
    try:
        data = s.recv(65536)
    except ConnectionResetError:
        r["end"] = "end+reset" if r["ends"] else "reset"
        return False
    if not data:
        r["end"] = (r["end"] + "+eof") if r["end"] else "eof"
        return False
    inbox += data
    while len(inbox) >= 3 and len(inbox) >= 3 + struct.unpack(">H", inbox[1:3])[0]:
        n = 3 + struct.unpack(">H", inbox[1:3])[0]
        over = heard(inbox[0], inbox[3:n])
        inbox = inbox[n:]
        if over and not o.keep:
            return False
    return True


while now_ms() < o.limit:
    t = now_ms()
    since = t - r["first_ms"] if r["frames"] else -1
    if o.hangup is not None and since >= o.hangup or r["sounds"].get(o.hangup_on, {"frames": 0})["frames"] >= 5:
        r["end"] = "hangup"
        break
    if o.reset is not None and since >= o.reset:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        r["end"] = "my reset"
        break
    if signals and since >= int(signals[0][1]):
        name = signals.pop(0)[0]
        for pid in open(o.pid_file).read().split():
            os.kill(int(pid), getattr(signal, "SIG" + name))
        r["signal_ms"] = round(now_ms(), 1)
    if not o.quiet and t >= sent * 20:
        try:
            s.send(caller_frame)
        except (BrokenPipeError, ConnectionResetError):
            pass
        sent += 1
    if select.select([s], [], [], 0.005)[0] and not step():
        break
else:
    r["end"] = "limit"
r["end_ms"] = round(now_ms(), 1)
r["left"] = len(inbox)
s.close()
json.dump(r, sys.stdout)
print()
