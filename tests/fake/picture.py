#!/usr/bin/env python3
"""picture.py PNG: how many pixels of a screenshot have which colour, the commonest first: {"rrggbb": n, ...}."""

import collections
import json
import struct
import sys
import zlib

with open(sys.argv[1], "rb") as f:
  data = f.read()
assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
at, packed = 8, b""
while at < len(data):
  size, kind = struct.unpack(">I4s", data[at:at + 8])
  body = data[at + 8:at + 8 + size]
  if kind == b"IHDR":
    width, height, depth, colour = struct.unpack(">IIBB", body[:10])
    assert depth == 8 and colour in (2, 6), (depth, colour)
  packed += body if kind == b"IDAT" else b""
  at += 12 + size
raw, n = zlib.decompress(packed), 3 if colour == 2 else 4
colours, last = collections.Counter(), bytearray(width * n)
for y in range(height):
  kind, line = raw[y * (width * n + 1)], bytearray(raw[y * (width * n + 1) + 1:(y + 1) * (width * n + 1)])
  for i in range(width * n):
    a, b, c = line[i - n] if i >= n else 0, last[i], last[i - n] if i >= n else 0
    if kind == 4:
      p = a + b - c
      near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
      line[i] = (line[i] + near) & 255
    elif kind:
      line[i] = (line[i] + (a, b, (a + b) // 2)[kind - 1]) & 255
  last = line
  if y % 4 == 0:
    for i in range(0, width * n, 4 * n):
      colours[bytes(line[i:i + 3]).hex()] += 1
print(json.dumps(dict(colours.most_common(40))))
