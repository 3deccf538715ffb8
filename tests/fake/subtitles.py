#!/usr/bin/python3
"""subtitles.py srt|vtt FILE: reads a file of subtitles strictly, and prints its cues as JSON.

srt: SubRip as it is documented by its users: a number that counts from 1, times with a comma, text, an empty line.
vtt: WebVTT (W3C): signature, comments and styles before the first cue, cues with an identifier, cue text of
characters, escapes and voice spans.
Anything that a strict reader would refuse, or would read as something else, ends it with a message and exit 1.
"""

import json
import re
import sys


def fail(text):
  sys.exit(f"{sys.argv[2]}: {text}")


def milliseconds(hours, minutes, seconds, ms):
  if int(minutes) > 59 or int(seconds) > 59:
    fail(f"no time: {hours}:{minutes}:{seconds}")
  return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(ms)


def times(line, comma):
  stamp = rf"(\d\d+):(\d\d):(\d\d){comma}(\d\d\d)"
  found = re.fullmatch(f"{stamp} --> {stamp}", line)
  if not found:
    fail(f"no times: {line!r}")
  return milliseconds(*found.groups()[:4]), milliseconds(*found.groups()[4:])


def vtt_text(text):
  """The voice and the characters of cue text."""
  found = re.fullmatch(r"<v ([^<>&\s]+)>([^<>]*)", text)
  if not found:
    fail(f"no voice span: {text!r}")
  voice, plain = found.groups()
  if re.search(r"&(?!(amp|lt|gt|lrm|rlm|nbsp);)", plain):
    fail(f"a bare &: {text!r}")
  return voice, plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def srt_text(text):
  found = re.fullmatch(r"(BOT|CLIENT): ([^<>]*)", text)
  if not found:
    fail(f"no speaker, or a tag: {text!r}")
  return found.groups()


def cue(block, number, comma, text_of):
  lines = block.split("\n")
  if len(lines) != 3 or lines[0] != str(number):
    fail(f"no cue {number}: {block!r}")
  if "-->" in lines[2] or any(ord(c) < 32 for c in lines[2]):
    fail(f"text that ends a cue: {lines[2]!r}")
  start, end = times(lines[1], comma)
  speaker, text = text_of(lines[2])
  return {"start": start, "end": end, "speaker": speaker, "text": text}


def read(kind, path):
  with open(path, encoding="utf-8", newline="") as f:
    content = f.read()
  if "\r" in content or "\0" in content or content.startswith("\ufeff"):
    fail("a byte that does not belong there")
  if content and not content.endswith("\n"):
    fail("no line feed at its end")
  blocks = content.rstrip("\n").split("\n\n") if content.strip("\n") else []
  if kind == "vtt":
    if not blocks or blocks.pop(0) != "WEBVTT":
      fail("no signature")
    while blocks and re.match(r"(NOTE|STYLE)[ \n]", blocks[0]):
      if "-->" in blocks.pop(0):
        fail("an arrow before the first cue")
  comma, text_of = (r"\.", vtt_text) if kind == "vtt" else (",", srt_text)
  cues = [cue(b, i + 1, comma, text_of) for i, b in enumerate(blocks)]
  for before, after in zip(cues, cues[1:]):
    if after["start"] < before["start"]:
      fail(f"back in time: {after}")
  for c in cues:
    if c["end"] <= c["start"]:
      fail(f"it has no length: {c}")
  return cues


if __name__ == "__main__":
  json.dump(read(*sys.argv[1:]), sys.stdout)
