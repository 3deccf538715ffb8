#!/usr/bin/env python3
"""mapped.py TYPE TOOL [ARG...]: the libraries that a filter, and what it has forked, has mapped when it has written a frame of
this type, a line for each. It is fed two turns, and for agent their words, for tts a sentence to say."""

import os
import subprocess
import sys

from stream import audio, clock, frame, read


def turns(tool):
    out, now = [frame("call-start", call="mapped", uuid="mapped", rate=8000)], 0
    for turn in 1, 2:
        out.append(frame("voice-started", timestamp=now, turn=turn))
        for _ in range(25):
            out.append(audio(None, bytes([0, 16, 0, 240]) * 80, timestamp=now))
            now += 20
        out.append(frame("voice-stopped", timestamp=now, turn=turn, cause="silence") + clock(now))
        if tool == "agent":
            out.append(frame("transcript", turn=turn, text="hello", listen=""))
        elif tool == "tts":
            out.append(frame("synthesize", utterance=f"u{turn}", turn=turn, kind="answer", text=f"Sentence {turn}.", language="en"))
    return b"".join(out)


def family(pid):
    """It, and its children that run the same program."""
    pids = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as f:
            pids += [int(child) for child in f.read().split()]
    return [p for p in pids if os.readlink(f"/proc/{p}/exe") == os.readlink(f"/proc/{pid}/exe")]


def main():
    wanted, tool = sys.argv[1], subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    tool.stdin.write(turns(sys.argv[2]))
    tool.stdin.flush()
    for kind, _, _, _ in read(tool.stdout):
        if kind == wanted:
            break
    names = set()
    for pid in family(tool.pid):
        with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
            names |= {os.path.basename(line.split()[-1]).partition(".so")[0] for line in f if ".so" in line}
    print("\n".join(sorted(names)))
    tool.stdin.write(frame("call-end", cause="caller-hangup"))
    tool.stdin.close()
    tool.stdout.read()
    sys.exit(tool.wait())


main()
