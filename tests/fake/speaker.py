#!/usr/bin/env python3
"""A whole pipeline in one process: as little of as-listen and as-speak as as-answer can tell from the real ones.

Sends a quiet tone on the 20 ms clock of the call, reads the caller, and speaks the protocol of the scribe
(callpipe-calldir(5)). What goes wrong is chosen by options, and how long after the first frame.
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

p = argparse.ArgumentParser()
p.add_argument("--pid-file")
p.add_argument("--done", metavar="MS", type=int, help="report done then")
p.add_argument("--verdict", default="hangup")
p.add_argument("--records", metavar="N", type=int, default=0, help="journal so many more records")
p.add_argument("--fatal", metavar="MS", type=int, help="report a fatal error then, and go on")
p.add_argument("--mute", metavar="MS", type=int, help="say nothing to the scribe from then on")
p.add_argument("--garbage", metavar="MS", type=int, help="write no frame to the scribe then")
p.add_argument("--escape", action="store_true", help="leave a child in a session of its own that writes to the line")
p.add_argument("--stay", action="store_true", help="ignore SIGTERM and never end by itself")
p.add_argument("--deaf", action="store_true", help="ignore SIGUSR1 (as-answer frozen)")
o = p.parse_args()

t0 = int(os.environ["CALLPIPE_T0_NS"]) / 1e9
rate = int(os.environ["CALLPIPE_RATE"])
call = os.environ["CALLPIPE_DIR"]
sock = socket.socket(fileno=os.dup(0))
scribe = os.open(call + "/scribe", os.O_WRONLY)
os.set_blocking(scribe, False)
frame_bytes = rate // 50 * 2
tone = struct.pack("<hh", 1000, -1000) * (frame_bytes // 4)
seq = 0
told = done = hung_up = ended = False
batch, batch_ms = b"", 0


def now_ms():
    return int((time.monotonic() - t0) * 1000)


def write(data):
    try:
        os.write(scribe, data)
    except (BlockingIOError, BrokenPipeError):
        pass


def frame(kind, data, payload=b""):
    head = {"type": kind, "data": data}
    if payload:
        head["payload_length"] = len(payload)
    write(json.dumps(head).encode() + b"\n" + payload)


def journal(kind, data):
    global seq
    seq += 1
    frame("journal", {"seq": seq, "t": now_ms(), "type": kind, "data": data})


def put_audio():
    global batch
    frame("audio-chunk", {"rate": rate, "width": 2, "channels": 1, "timestamp": batch_ms,
                          "utterance": "u1", "heard_ms": batch_ms + len(batch) * 1000 // (2 * rate)}, batch)
    batch = b""


def report_done(verdict):
    global done
    if not done:
        done = True
        if batch:
            put_audio()
        journal("played", {"utterance": "u1", "status": "played", "heard_ms": now_ms(), "total_ms": now_ms()})
        journal("done", {"verdict": verdict})


def on_usr1(*_):
    global told
    told = not o.deaf


signal.signal(signal.SIGUSR1, on_usr1)
signal.signal(signal.SIGTERM, signal.SIG_IGN if o.stay else lambda *_: report_done("timeout"))
if o.pid_file:
    with open(o.pid_file + ".new", "w") as f:
        f.write(str(os.getpid()))
    os.rename(o.pid_file + ".new", o.pid_file)
frame("hello", {"pid": os.getpid(), "rate": rate})
journal("synthesize", {"utterance": "u1"})
journal("synthesize", {"utterance": "u2"})
journal("synthesize", {"utterance": "u3"})
journal("played", {"utterance": "u2", "status": "cleared", "heard_ms": 0, "total_ms": 0})
journal("playing", {"utterance": "u1", "timestamp": 0})
for i in range(o.records):
    journal("state", {"from": "a", "to": "b" * 200})
if o.escape and os.fork() == 0:
    # out of the group, with a sound of its own, for as long as it lives
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.close(scribe)
    loud = struct.pack("<hh", 3000, -3000) * (frame_bytes // 4)
    while True:
        try:
            sock.send(struct.pack(">BH", 0x10, frame_bytes) + loud)
        except OSError:
            pass
        time.sleep(0.015)

k = max(2, now_ms() // 20)  # a test looks for the silence before
begun = k * 20
while True:
    due = t0 + k * 0.02
    wait = max(0, due - time.monotonic())
    ready, _, _ = select.select([] if hung_up else [sock], [], [], wait)
    if ready:
        try:
            hung_up = sock.recv(65536, socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            pass
        except ConnectionResetError:
            hung_up = True
        if not hung_up:
            continue
    t = k * 20
    if o.fatal is not None and t - begun >= o.fatal:
        o.fatal = None
        journal("error", {"stage": "stt", "text": "broken", "code": "70", "fatal": True})
    if o.garbage is not None and t - begun >= o.garbage:
        o.garbage = None
        write(b"this is no frame\n")
    if o.mute is not None and t - begun >= o.mute:
        o.mute, open_still = None, scribe
        scribe = os.open("/dev/null", os.O_WRONLY)
    if o.done is not None and t - begun >= o.done:
        o.done = None
        report_done(o.verdict)
    if hung_up:
        report_done("caller-hangup")
        if not o.stay:
            journal("call-end", {"cause": "caller"})
            sys.exit(0)
    if told and not ended:
        ended = True
        journal("ended", {})
        sock.send(b"\0\0\0")
    if not ended and not hung_up:
        try:
            sock.send(struct.pack(">BH", 0x10 if rate == 8000 else 0x12, frame_bytes) + tone)
        except (BrokenPipeError, ConnectionResetError):
            hung_up = True
        if not batch:
            batch_ms = t
        batch += tone
        if len(batch) >= 10 * frame_bytes:
            put_audio()
    k += 1
