#!/usr/bin/env python3
"""mapped.py TYPE TOOL [ARG...]: the libraries that a filter, and what it has forked, has mapped when it has written a frame of
this type, a line for each. It is fed two turns, and for agent their words, for tts a sentence to say."""

import contextlib
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


def children(pid):
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as f:
            yield from f.read().split()


def maps(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
        return {os.path.basename(line.split()[-1]).partition(".so")[0] for line in f if ".so" in line}


def mapped(tool):
    """By it, and by its children that run the same program: a command that it has started comes and goes as it likes."""
    program, names = os.readlink(f"/proc/{tool}/exe"), maps(tool)
    for pid in children(tool):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if os.readlink(f"/proc/{pid}/exe") == program:
                names |= maps(pid)
    return names


def main():
    wanted, tool = sys.argv[1], subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    tool.stdin.write(turns(sys.argv[2]))
    tool.stdin.flush()
    for kind, _, _, _ in read(tool.stdout):
        if kind == wanted:
            break
    print("\n".join(sorted(mapped(tool.pid))))
    tool.stdin.write(frame("call-end", cause="caller-hangup"))
    tool.stdin.close()
    tool.stdout.read()
    sys.exit(tool.wait())


main()
