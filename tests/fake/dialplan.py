#!/usr/bin/python3
"""dialplan.py FILE [CONTEXT] [NAME=VALUE...]: read an Asterisk dialplan, check it, or walk through it.

Without variables: print what is wrong with it (nothing, exit 0, if nothing is). With variables, follow
callpipe,s,1 (or CONTEXT,s,1) with them, where "AudioSocket" ends at once, and print every application that runs:

    dialplan.py extensions.conf 'FILE=transfer operator' 'CALLERID(num)=+331'

A variable named like a function is what that function returns. Only what our dialplans need of the language is
here; what is unknown is an error.
"""

import os
import re
import sys

SOUNDS = "/usr/share/asterisk/sounds/en_US_f_Allison"
# What comes from outside is text, never dialplan: its special characters are hidden while the rest is expanded.
HIDE = str.maketrans("${}", "\ue000\ue001\ue002")
SHOW = str.maketrans("\ue000\ue001\ue002", "${}")
CONSTANT_FUNCTIONS = {"UUID": "4ce39a11-9001-4a3c-8a3e-0123456789ab"}


def read(path):
  """{context: {exten: [(label, app, args, line)]}}"""
  plan, context, exten = {}, None, None
  for number, line in enumerate(open(path, encoding="utf-8"), 1):
    line = re.sub(r"(?<!\\);.*", "", line).rstrip()
    if not line:
      continue
    if match := re.fullmatch(r"\[([\w-]+)\]", line):
      context = plan.setdefault(match[1], {})
      continue
    match = re.fullmatch(r"(?:exten => ([^,]+)|\s*same =>\s*)\s*,?\s*(1|n)(?:\(([\w-]+)\))?,(\w+)\((.*)\)", line)
    if context is None or not match or bool(match[1]) != (match[2] == "1"):
      raise SystemExit(f"{path}:{number}: not understood: {line}")
    if match[1]:
      exten = context.setdefault(match[1], [])
    exten.append((match[3], match[4], match[5], number))
  return plan


def split(text, separator):
  """Split at separators outside of brackets and quotes."""
  parts, depth, quoted = [""], 0, False
  for c in text:
    quoted ^= c == '"'
    depth += (c in "([{") - (c in ")]}")
    if c == separator and depth == 0 and not quoted:
      parts.append("")
    else:
      parts[-1] += c
  return parts


def resolve(plan, context, exten, target):
  """(context, exten, index) of label | exten,priority | context,exten,priority; None if there is none."""
  parts = split(target, ",")
  label = parts[-1]
  if len(parts) >= 2:
    exten = parts[-2]
  if len(parts) == 3:
    context = parts[0]
  steps = plan.get(context, {}).get(exten, [])
  if label.isdigit():
    return (context, exten, int(label) - 1) if 0 < int(label) <= len(steps) else None
  index = [i for i, step in enumerate(steps) if step[0] == label]
  return (context, exten, index[0]) if index else None


def branches(app, args):
  """Targets of a step; '' is the step after it."""
  if app == "Goto":
    return [args]
  if app == "GotoIf":
    return split(split(args, "?")[1], ":")
  return []


def balanced(text):
  stack = []
  for c in text:
    if c in "([{":
      stack.append(")]}"["([{".index(c)])
    elif c in ")]}" and (not stack or stack.pop() != c):
      return False
  return not stack and text.count('"') % 2 == 0


def check(plan, path):
  for context, extens in plan.items():
    for exten, steps in extens.items():
      for _, app, args, line in steps:
        def wrong(what):
          yield f"{path}:{line}: {what}"
        if not balanced(args):
          yield from wrong("brackets or quotes do not match")
          continue
        for target in branches(app, args):
          if target and "${" not in target and not resolve(plan, context, exten, target):
            yield from wrong(f"no such place: {target}")
        bare = re.sub(r"\$\{FILTER\([^$,]*,\$\{CALLERID\(\w+\)\}\)\}", "", args)
        if "CALLERID(" in bare and app != "NoOp":
          yield from wrong("caller id that is not filtered")
        if app in ("System", "TrySystem") or "SHELL(" in args:
          yield from wrong("a shell")
        if app == "Playback" and not os.path.exists(f"{SOUNDS}/{args}.wav"):
          yield from wrong(f"no such sound: {args}")
      if steps[-1][1] not in ("Hangup", "Goto"):
        yield f"{path}:{steps[-1][3]}: falls off the end"
    if "T" not in extens and context in ("callpipe", "callpipe-outbound"):
      yield f"{path}: [{context}] has no T for TIMEOUT(absolute)"


class Walk:
  def __init__(self, plan, variables):
    self.plan, self.vars = plan, {"TRYSTATUS": "SUCCESS", **variables}

  def call(self, name, args):
    """What a dialplan function returns."""
    if f"{name}({args})" in self.vars:
      return self.vars[f"{name}({args})"]
    if name == "FILTER":
      allowed, text = args.split(",", 1)
      allowed = re.sub(r"\\x(..)", lambda m: "\\" + chr(int(m[1], 16)), allowed)
      return re.sub(f"[^{allowed}]", "", text)
    if name == "DIALPLAN_EXISTS":
      context, exten, _ = args.split(",")
      return str(int(exten in self.plan.get(context, {})))
    if name == "RAND":
      return args.split(",")[1]
    if name in self.vars or name in CONSTANT_FUNCTIONS:
      return self.vars.get(name, CONSTANT_FUNCTIONS.get(name))
    raise SystemExit(f"unknown function: {name}({args})")

  def expand(self, text):
    """Innermost first: ${NAME}, ${NAME:from:length}, ${FUNCTION(args)}, then $["a" = "b"]."""
    while match := re.search(r"\$\{([^${}]*)\}", text):
      inner = match[1]
      if function := re.fullmatch(r"(\w+)\((.*)\)", inner, re.S):
        value = self.call(function[1], function[2].translate(SHOW))
      else:
        name, *cut = inner.split(":")
        value = self.vars.get(name, "")
        start = int(cut[0]) if cut else 0
        value = value[start:] if len(cut) < 2 else value[start:start + int(cut[1])]
      text = text[:match.start()] + value.translate(HIDE) + text[match.end():]
    if match := re.match(r'\$\["(.*?)" = "(.*?)"\]', text, re.S):
      text = str(int(match[1] == match[2])) + text[match.end():]
    return text.translate(SHOW)

  def run(self, context):
    at = (context, "s", 0)
    while True:
      context, exten, index = at
      _, app, args, line = self.plan[context][exten][index]
      at = (context, exten, index + 1)
      if app == "Set":
        name, value = split(args, "=")[0], "=".join(split(args, "=")[1:])
        self.vars[self.expand(name)] = self.expand(value)
        if "(" in name or name.startswith("CALLPIPE_"):
          print(f"Set({self.expand(name)}={self.expand(value)})")
      elif app in ("Goto", "GotoIf"):
        target = self.expand(args) if app == "Goto" else ""
        if app == "GotoIf":
          condition, places = split(args, "?")
          yes, *no = split(places, ":")
          target = yes if self.expand(condition) == "1" else (no or [""])[0]
        if target:
          at = resolve(self.plan, context, exten, self.expand(target))
          if at is None:
            raise SystemExit(f"line {line}: no such place: {target}")
      else:
        print(f"{app}({self.expand(args)})")
        if app == "Hangup":
          return


def main():
  plan = read(sys.argv[1])
  if len(sys.argv) > 2:
    named = [arg for arg in sys.argv[2:] if "=" not in arg]
    Walk(plan, dict(arg.split("=", 1) for arg in sys.argv[2:] if "=" in arg)).run(*named or ["callpipe"])
    return 0
  mistakes = list(check(plan, sys.argv[1]))
  print(*mistakes, sep="\n", end="\n" if mistakes else "")
  return 1 if mistakes else 0


if __name__ == "__main__":
  sys.exit(main())
