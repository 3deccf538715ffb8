#!/usr/bin/python3
"""recogniser: a program for stt's engine command, with every fault: recogniser.py FAULT [FILE].

It checks that what it reads is a WAV file as the manual says, and answers with its length and the language.
"""

import io
import json
import os
import signal
import sys
import time
import wave


def heard():
    """Seconds of the WAV file on stdin, which has to be whole."""
    data = sys.stdin.buffer.read()
    with wave.open(io.BytesIO(data)) as wav:
        assert wav.getsampwidth() == 2 and wav.getnchannels() == 1, "not 16 bit mono"
        assert len(data) == 44 + 2 * wav.getnframes(), "sizes in the head are wrong"
        return wav.getnframes() / wav.getframerate(), wav.getframerate()


def main(fault, file=None):
    out = sys.stdout.buffer
    if fault == "text":
        seconds, rate = heard()
        print(f"{seconds:.2f} seconds\nat {rate} in", os.environ["CALLPIPE_LANGUAGE"])
    elif fault == "json":
        heard()
        print(json.dumps({"text": "это текст", "confidence": 0.75, "language": "ru", "start": 0.5, "end": 1.0}))
    elif fault == "deaf":  # reads nothing
        print("deaf")
    elif fault == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            signal.pause()  # a child that holds the pipes
        signal.pause()
    elif fault == "crash":
        print("half a", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault == "fail":
        print("no licence\nmore", file=sys.stderr)
        sys.exit(3)
    elif fault == "garbage":
        out.write(bytes(range(256)))
    elif fault == "latin1":
        out.write("café".encode("latin-1"))
    elif fault == "huge":
        while True:
            out.write(b"x" * 65536)
    elif fault == "noisy":
        for _ in range(1000):
            print("x" * 1000, file=sys.stderr)
        print("noisy")
    elif fault == "orphan":  # its child holds stdout open
        if os.fork() == 0:
            with open(file, "w", encoding="ascii") as f:
                f.write(str(os.getpid()))
            signal.pause()
        while not (os.path.exists(file) and os.path.getsize(file)):
            time.sleep(0.01)
        print("orphan", flush=True)
    elif fault == "wait":  # until somebody writes to a FIFO
        print(open(file, encoding="ascii").read())
    else:
        sys.exit(f"no fault is called '{fault}'")


if __name__ == "__main__":
    main(*sys.argv[1:])
