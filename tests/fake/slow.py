#!/usr/bin/env python3
"""A filter that takes twice as long for caller audio as it lasts: what a recogniser on a crowded machine does."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream

for kind, data, payload, raw in stream.read(sys.stdin.buffer):
    if kind == "audio-chunk" and "utterance" not in data:
        time.sleep(2 * len(payload) / 16000)
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
