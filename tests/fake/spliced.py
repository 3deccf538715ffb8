#!/usr/bin/env python3
"""spliced.py [--whole] PROMPT.s16 LINE.s16: is the line the prompt, whole and in order, with nothing but runs of whole
20 ms frames of silence put in between (--whole: nothing put in)?"""

import sys

FRAME = 320
whole = "--whole" in sys.argv
prompt, line = [a for a in sys.argv[1:] if a != "--whole"]
with open(prompt, "rb") as f:
    want = f.read()
data = sys.stdin.buffer.read() if line == "-" else open(line, "rb").read()
want += b"\0" * (-len(want) % FRAME)
frames = [data[k : k + FRAME] for k in range(0, len(data), FRAME)]
pieces = [want[k : k + FRAME] for k in range(0, len(want), FRAME)]
silent = b"\0" * FRAME
at, inserted, begun = 0, 0, False
for k, f in enumerate(frames):
    if at < len(pieces) and f == pieces[at]:
        at, begun = at + 1, True
    elif f == silent:
        inserted += begun and at < len(pieces)
    else:
        sys.exit(f"frame {k} of the line is neither silence nor frame {at} of the prompt")
print(f"{at} of {len(pieces)} frames heard, {inserted} frames of pause")
sys.exit(at != len(pieces) or (whole and inserted > 0))
