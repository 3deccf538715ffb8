#!/usr/bin/env python3
"""An engine for tests of tts: text on stdin, sound on stdout, and everything that can go wrong.

    voice.py DIR MODE      {MODE, and the line that was read, say what it does}

The text is 'NAME ...': DIR/NAME.pid is written when it has been read, with the line itself in DIR/NAME.text. A tone of
440 Hz at 16 kHz, 1.5 s, is what it says. Modes:

    ok        all of it at once          gate      0.5 s, then waits for DIR/NAME.open, then the rest
    pieces    a few bytes at a time      hang      says nothing, for ever
    half      0.5 s, then exit 3         killed    0.5 s, then a signal
    garbage   text instead of WAV        empty     nothing, exit 0
    head      half a WAV header          deaf      does not read its text
    orphan    leaves a child that holds the pipe      lingers   closes stdout and stays
    endless   never stops                loud      1 MB on stderr, then as ok
    says      a reason on stderr, exit 1
A mode in the text, 'NAME:MODE', goes before that of the command line.
"""

import array
import math
import os
import signal
import struct
import sys
import time

RATE, MS = 16000, 1500


def tone(ms=MS):
    return array.array("h", [int(8000 * math.sin(2 * math.pi * 440 * i / RATE + 1)) for i in range(RATE * ms // 1000)]).tobytes()


def wav(pcm, size=0x7FFFF000):
    fmt = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    return b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", size) + pcm


def out(b):
    while b:
        b = b[os.write(1, b) :]


def wait_forever():
    while True:
        signal.pause()


def main():
    folder, mode = sys.argv[1:3]
    if mode == "deaf":
        return out(wav(tone()))
    line = sys.stdin.readline()
    name, _, own = line.split()[0].partition(":")
    mode = own or mode
    with open(f"{folder}/{name}.text", "w", encoding="utf-8") as f:
        f.write(line)
    with open(f"{folder}/{name}.tmp", "w", encoding="ascii") as f:
        f.write(str(os.getpid()))
    os.rename(f"{folder}/{name}.tmp", f"{folder}/{name}.pid")
    sound = wav(tone())
    half = 44 + RATE
    if mode == "ok":
        out(sound)
    elif mode == "pieces":
        for i in range(0, len(sound), 7):
            os.write(1, sound[i : i + 7])
    elif mode == "gate":
        out(sound[:half])
        while not os.path.exists(f"{folder}/{name}.open"):
            time.sleep(0.01)
        out(sound[half:])
    elif mode == "hang":
        wait_forever()
    elif mode == "half":
        out(sound[:half])
        sys.exit(3)
    elif mode == "killed":
        out(sound[:half])
        os.kill(os.getpid(), signal.SIGSEGV)
    elif mode == "garbage":
        out(b"HTTP/1.1 503 Service Unavailable\r\n\r\n" * 1000)
    elif mode == "head":
        out(sound[:30])
    elif mode == "orphan":
        out(sound)
        if os.fork() == 0:
            with open(f"{folder}/{name}.child", "w", encoding="ascii") as f:
                f.write(str(os.getpid()))
            wait_forever()
        while not os.path.exists(f"{folder}/{name}.child"):
            time.sleep(0.01)
    elif mode == "lingers":
        out(sound)
        os.close(1)
        wait_forever()
    elif mode == "endless":
        out(wav(b""))
        while True:
            out(tone(1000))
    elif mode == "loud":
        os.write(2, b"nonsense\n" * 120000)
        out(sound)
    elif mode == "says":
        os.write(2, b"loading\nthe voice has \x1b[1m gone\n\n")
        sys.exit(1)


main()
