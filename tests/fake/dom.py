#!/usr/bin/env python3
"""dom.py HTML: what is in a page, counted: rows by class, text of #talk, scripts, elements, as JSON."""

import collections
import html.parser
import json
import sys

VOID = {"meta", "br", "th", "link", "img", "input"}


class Page(html.parser.HTMLParser):
  def __init__(self):
    super().__init__()
    self.rows, self.elements = collections.Counter(), collections.Counter()
    self.words, self.inside, self.audio, self.turns = [], None, None, set()

  def handle_starttag(self, tag, attrs):
    attrs = dict(attrs)
    self.elements[tag] += 1
    kinds = (attrs.get("class") or "").split()
    if tag == "tr" and kinds:
      self.rows[kinds[0]] += 1
      if "data-turn" in attrs:
        self.turns.add(int(attrs["data-turn"]))
    if tag == "td" and "words" in kinds:
      self.words.append("")
      self.inside = "td"
    if tag == "audio":
      self.audio = (attrs.get("src") or "")[:40]

  def handle_endtag(self, tag):
    if tag == self.inside:
      self.inside = None

  def handle_data(self, data):
    if self.inside:
      self.words[-1] += data


page = Page()
with open(sys.argv[1], encoding="utf-8") as f:
  page.feed(f.read())
print(json.dumps({"rows": page.rows, "words": page.words, "audio": page.audio, "turns": sorted(page.turns),
                  "elements": page.elements}, ensure_ascii=False))
