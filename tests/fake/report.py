#!/usr/bin/env python3
"""report.py EXPRESSION < reports of as-dial: true for every call? Names are the members of a report; calls is the
list of all of them, untimed is true where times say nothing (with sanitizers, see tests/run). Prints what is not."""

import json
import os
import sys

lines = [json.loads(line) for line in sys.stdin if line.strip()]
calls = [r for r in lines if "call" in r]
bad = [r for r in calls if not eval(sys.argv[1], {"calls": calls, "untimed": os.environ["SLACK"] != "1"}, r)]  # the test's own text, nobody else's
for r in bad:
    print(f"not {sys.argv[1]}: {json.dumps(r)}")
sys.exit(bool(bad) or not calls)
