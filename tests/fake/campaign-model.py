#!/usr/bin/python3
"""campaign-model.py WHAT [SEED]: ask the database and a model of the rules of campaigns about the same cases, chosen by the
seed, and say where they differ. The model, campaignrules.py, shares nothing with lib/db but the names of tables.
"""

import collections
import datetime
import random
import sys
import threading
import time
import zoneinfo

from campaignrules import (DAY, HOUR, LAWS, SECOND, SLAVERY, UTC, XA_SQL, Session, clean, differ, easter, edges, gate, insert,
                           is_open, moment, must, quoted, stamp, window)

PLACES = [("FR", "Europe/Paris"), ("RE", "Indian/Reunion"), ("FR", "Indian/Reunion"), ("GP", "America/Guadeloupe"),
          ("US", "America/New_York"), ("US", "America/Los_Angeles"), ("GB", "Europe/London"), ("UA", "Europe/Kyiv"),
          ("AU", "Australia/Lord_Howe"), ("US", "America/New_York&America/Los_Angeles"), ("XA", "Europe/Paris"),
          ("XA", "Australia/Lord_Howe"), ("XA", "America/New_York"), ("XB", "Asia/Kathmandu")]


def some_instant(rng, place):
  """Years of them; most are near something: an hour that begins or ends, a change of clocks, a holiday."""
  t = datetime.datetime(2024, 1, 1, tzinfo=UTC) + rng.randrange(12 * 365 * 86400) * SECOND
  tz = zoneinfo.ZoneInfo(place[1].split("&")[0])
  kind = rng.randrange(4)
  if kind == 0:  # the next change of clocks, if there is one this year
    step = t.replace(hour=0)
    for _ in range(370):
      if step.astimezone(tz).utcoffset() != (step + DAY).astimezone(tz).utcoffset():
        break
      step += DAY
    t = step + rng.randrange(-36 * 3600, 60 * 3600) * SECOND
  elif kind == 1:
    near = list(edges(place[0], place[1].split("&")[0], t))
    t = rng.choice(near) + rng.choice([-1, 0, 1, -60, 60]) * SECOND if near else t
  elif kind == 2:
    day = rng.choice([easter(t.year) + n * DAY for n in (-2, 0, 1, 39, 50)]
                     + [datetime.date(t.year, m, d) for m, d in [(5, 1), (12, 25), (12, 26), (7, 14)]])
    t = datetime.datetime.combine(day, datetime.time(rng.randrange(24), rng.choice([0, 30, 59])), tz).astimezone(UTC)
  return t.replace(microsecond=0)


def windows(rng, db):
  db.ask(XA_SQL)
  for place in PLACES:
    cases = [some_instant(rng, place) for _ in range(80)]
    values = ",".join(f"({i},'{stamp(t)}'::timestamptz)" for i, t in enumerate(cases))
    rows = db.ask(f"SELECT i, w.* FROM (VALUES {values}) v (i, t), campaign_window('{place[0]}', '{place[1]}', t) w ORDER BY i")
    must(len(rows) == len(cases), f"{len(rows)} rows")
    for (_, opened, until, after, why), t in zip(rows, cases):
      ours = (opened == "t", moment(until), moment(after))
      theirs = window(*place, t)
      if ours != theirs:
        differ("window", f"{place} at {t} ({t.astimezone(zoneinfo.ZoneInfo(place[1].split('&')[0])):%a %d %b %H:%M:%S})",
               ours, theirs)
      must((why is None) == ours[0], f"{place} at {t}: open {opened}, because '{why}'")
  for country, zone in [("FR", "Europe/Nowhere"), ("FR", "'; DROP TABLE contact; --".replace("'", "''"))]:
    row = db.ask(f"SELECT * FROM campaign_window('{country}', '{zone}')")[0]
    must(row[0] == "f" and row[2] is None and "unknown time zone" in row[3], row)


def holidays(_rng, db):
  for year, day in {2008: "03-23", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2038: "04-25", 2049: "04-18", 2076: "04-19",
                    1954: "04-18", 1981: "04-19"}.items():
    must(str(easter(year)) == f"{year}-{day}", "the model's Easter of", year, easter(year))
    must(db.one(f"SELECT campaign_easter({year})") == f"{year}-{day}", "Easter of", year)
  for law, zones in (("FR", ["Europe/Paris", *SLAVERY]), ("GB", ["Europe/London"])):
    for zone in zones:
      ours = {row[0] for row in db.ask(f"SELECT day FROM holiday WHERE country = '{law}' AND region IN ('', '{zone}')"
                                       " AND day BETWEEN '2024-01-01' AND '2045-12-31'")}
      day, theirs = datetime.date(2024, 1, 1), set()
      while day.year < 2046:
        if LAWS[law][0](day, zone):
          theirs.add(str(day))
        day += DAY
      if ours != theirs:
        differ("holidays", f"{law} {zone}", sorted(ours - theirs), sorted(theirs - ours))


# ---- the gate ----

def some_case(rng, i, t, campaigns):
  country, tz = rng.choice(PLACES[:10])
  campaign = rng.choice(campaigns)
  phone = f"+999{i:08}"
  ago = lambda days: t - datetime.timedelta(seconds=rng.randrange(days * 86400))  # noqa: E731
  c = {"phone": phone, "country": country, "tz": tz, "campaign_id": campaign["campaign_id"],
       "campaign_basis": campaign["consent_basis"], "campaign_status": campaign["status"],
       "consent_basis": rng.choice(["consent", "contract", None, ""]), "refused_at": rng.choice([None] * 4 + [ago(75)]),
       "status": rng.choice(["New", "Queued", "No_answer", "Leads", "Not_interested"]),
       "dialed": [ago(33) for _ in range(rng.choice([0, 0, 1, 3, 4, 5, 6]))], "live": rng.random() < 0.1}
  if rng.random() < 0.3:
    c["dialed"].append(t - rng.choice([1, 150, 299, 300, 301]) * SECOND)
  c["rung"] = c["dialed"]
  c["dnc"] = [{"phone": phone, "scope": scope, "reason": "manual", "expires_at": rng.choice([None, ago(9), t + DAY])}
              for scope in ("*", "camp_a", "camp_b") if rng.random() < 0.08]
  return c


def gates(rng, db):
  clean(db)
  campaigns = [{"campaign_id": "camp_a", "name": "a", "scenario": "x", "status": "active", "consent_basis": None},
               {"campaign_id": "camp_b", "name": "b", "scenario": "x", "status": "active", "consent_basis": "contract"},
               {"campaign_id": "camp_c", "name": "c", "scenario": "x", "status": "paused", "consent_basis": None}]
  insert(db, "campaign", campaigns)
  seen = collections.Counter()
  for round_ in range(6):
    t = some_instant(rng, PLACES[round_])
    cases = [some_case(rng, round_ * 1000 + i, t, campaigns) for i in range(120)]
    insert(db, "contact", [{k: c[k] for k in ("phone", "country", "tz", "consent_basis", "refused_at", "status")} for c in cases])
    insert(db, "call_queue", [{"campaign_id": c["campaign_id"], "contact_id": 0, "phone": c["phone"]} | {"contact_id": i + 1}
                              for i, c in enumerate(cases, round_ * 120)])
    for table, rows in (("dnc", [d for c in cases for d in c["dnc"]]),
                        ("call", [{"call_id": f"{c['phone']}.{i}", "phone_number": c["phone"], "direction": "outbound",
                                   "dialed_at": d, "ended_at": d} for c in cases for i, d in enumerate(c["dialed"])]),
                        ("call", [{"call_id": f"{c['phone']}.live", "phone_number": c["phone"], "direction": "outbound",
                                   "state": "ringing"} for c in cases if c["live"]])):
      if rows:
        insert(db, table, rows)
    rows = db.ask(f"SELECT q.phone, g.verdict, g.reason, g.next_at FROM call_queue q, campaign_gate(q.queue_id, '{stamp(t)}') g"
                  f" WHERE q.queue_id > {round_ * 120} ORDER BY q.queue_id")
    all_at_once = db.ask("SELECT verdict, reason, next_at FROM campaign_gates(ARRAY(SELECT queue_id FROM call_queue"
                         f" WHERE queue_id > {round_ * 120}), '{stamp(t)}') ORDER BY queue_id")
    must([row[1:] for row in rows] == all_at_once, "one by one they are judged otherwise than together")
    for (_, verdict, reason, after), c in zip(rows, cases):
      theirs = gate(c, t)
      seen[theirs[:2]] += 1
      if (verdict, moment(after)) != (theirs[0], theirs[2]) or (theirs[1] or "") not in (reason or ""):
        differ("gate", f"{c} at {t}", (verdict, reason, after), theirs)
  must(len(seen) >= 8, "cases of", len(seen), "kinds are too few:", seen)


# ---- the life of calls ----

CAUSES = {17: "busy", 18: "no_answer", 19: "no_answer", 34: "congestion", 38: "congestion", 41: "congestion",
          42: "congestion", 1: "invalid", 22: "invalid", 28: "invalid", 20: "unavailable", 21: "rejected", 16: "cancelled",
          88: "failed"}
AGAIN = {"busy", "no_answer", "congestion", "cancelled", "machine", "silence", "unserved", "lost"}
ENDS = {None: False, "": False, "SUCCESS hangup": False, "FAILED error": False, "FAILED ": True, "NOAPP ": True, "SUCCESS busy": True}
LEASE = 15 * SECOND


class Call:
  def __init__(self, row, node, trunk, t):
    self.id, self.phone, self.campaign, self.queue = row
    self.owner, self.trunk, self.lease, self.state = node, trunk, t + LEASE, "claimed"
    self.unserved = False
    self.dialed = self.answered = self.ended = self.cause = self.amd = self.said = self.outcome = None
    self.opt_out = self.lost = False


class Life:
  """Contacts, rows and calls as they have to be; each step is taken in both."""

  def __init__(self, rng, db):
    self.rng, self.db = rng, db
    self.now = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday
    self.calls, self.invites, self.contacts, self.rows = {}, [], {}, {}
    self.campaigns = {"camp_a": ["active", 6], "camp_b": ["active", 4]}
    self.trunks, self.nodes = {"t1": 7, "t2": 4}, {"n1": 5, "n2": 4, "n3": 3}
    self.done = collections.Counter()
    clean(db)
    insert(db, "campaign", [{"campaign_id": k, "name": k, "scenario": "x", "status": "active", "max_channels": n, "gap_s": 0}
                            for k, (_, n) in self.campaigns.items()])
    insert(db, "trunk", [{"name": k, "endpoint": f"PJSIP/%s@{k}", "max_channels": n, "cps": 50} for k, n in self.trunks.items()])
    for node, n in self.nodes.items():
      db.ask(f"SELECT campaign_beat('{node}', 'h', 1, 'b', {n}, '15 s', '{stamp(self.now)}')")
    for i in range(60):
      country, tz = rng.choice(PLACES[:9])
      self.contacts[f"+998{i:04}"] = {"phone": f"+998{i:04}", "country": country, "tz": tz, "status": "Queued",
                                      "consent_basis": "consent", "refused_at": None, "last": None}
    insert(db, "contact", [{k: v for k, v in c.items() if k not in ("last", "refused_at")} for c in self.contacts.values()])
    rows = []
    for i, c in enumerate(self.contacts.values(), 1):
      for campaign in self.campaigns:
        if rng.random() < 0.75:
          rows.append({"campaign_id": campaign, "contact_id": i, "phone": c["phone"], "priority": rng.randrange(4),
                       "zone": rng.choice(["", f"{c['country']} {c['tz']}"]), "next_at": self.now})
    insert(db, "call_queue", rows)
    for row in db.ask("SELECT queue_id, campaign_id, phone FROM call_queue"):
      self.rows[row[0]] = {"campaign": row[1], "phone": row[2], "status": "pending", "attempts": 0, "next_at": self.now,
                           "call": None}
    self.dnc = set()

  def ask(self, name, *arguments):
    words = [str(a) if isinstance(a, int) and not isinstance(a, bool) else quoted(a) for a in arguments]
    return self.db.ask(f"SELECT * FROM campaign_{name}({', '.join([*words, quoted(self.now)])})")

  def gate(self, row):
    c = self.contacts[row["phone"]]
    live = [k for k in self.calls.values() if k.phone == row["phone"] and not k.ended and k is not row["call"]]
    return gate(c | {"campaign_id": row["campaign"], "campaign_basis": None, "campaign_status": self.campaigns[row["campaign"]][0],
                     "dialed": [k.dialed for k in self.invites if k.phone == row["phone"]], "live": live,
                     "rung": [k.dialed for k in self.invites if k.phone == row["phone"]
                              and not (row["call"] and self.rows[k.queue] is row)],
                     "dnc": [{"phone": p, "scope": "*", "expires_at": None} for p in self.dnc]}, self.now)

  def live(self, **want):
    return [c for c in self.calls.values() if not c.ended and all(getattr(c, k) == v for k, v in want.items())]

  def pick(self, **want):
    some = self.live(**want)
    return self.rng.choice(some) if some else None

  # each step

  def claim(self):
    node, trunk = self.rng.choice(list(self.nodes)), self.rng.choice(list(self.trunks))
    slots = self.rng.randrange(1, 6)
    rows = self.db.ask(f"SELECT call_id, phone, campaign_id, queue_id FROM campaign_claim('{node}', '{trunk}', {slots}, '15 s',"
                       f" '{stamp(self.now)}')")
    must(len(rows) <= slots, "more than there are slots:", rows)
    for call in rows:
      row = self.rows[call[3]]
      must(row["status"] == "pending" and row["next_at"] <= self.now, "claimed a row that is not due:", row)
      must(self.gate(row)[0] == "ok", "claimed", row, "though", self.gate(row))
      must(call[0] not in self.calls, "an id is used twice")
      row["status"], row["call"] = "calling", Call(call, node, trunk, self.now)
      self.calls[call[0]] = row["call"]
    for name, n in self.nodes.items():
      must(len(self.live(owner=name)) <= n or name != node or not rows, "too many calls of", name)
    for name, n in self.trunks.items():
      must(len(self.live(trunk=name)) <= n, "too many calls on", name)
    for name, (_, n) in self.campaigns.items():
      must(len(self.live(campaign=name)) <= n, "too many calls of", name)
    for queue, status, next_at, why, reason in self.db.ask("SELECT queue_id, status, next_at, later_reason, blocked_reason"
                                                           " FROM call_queue WHERE status IN ('pending', 'blocked')"):
      row = self.rows[queue]
      if status == "blocked" and row["status"] == "pending":
        must(reason and self.gate(row)[0] == "blocked", "blocked", row, "for", reason, "and not", self.gate(row))
        row["status"] = "blocked"
      elif row["status"] == "pending" and moment(next_at) != row["next_at"]:
        verdict, _, after = self.gate(row)
        must(verdict == "later" and why and moment(next_at) == max(row["next_at"], after), row, "was put off to", next_at,
             "for", why, "and not", self.gate(row))
        row["next_at"] = moment(next_at)
    self.done["claimed"] += len(rows)

  def dial(self, call=None):
    call = call or self.pick(state="claimed") or self.rng.choice([*self.calls.values(), None])
    if not call:
      return
    node = call.owner if self.rng.random() < 0.9 else self.rng.choice(list(self.nodes))
    row = self.rows[call.queue]
    may = (call.state == "claimed" and not call.ended and node == call.owner and call.lease > self.now
           and self.gate(row)[0] == "ok")
    said = self.ask("dial", call.id, node)[0][0] == "t"
    must(said == may, f"dial {call.id} by {node} at {self.now}: {said}, not {may}; {vars(call)} {row} {self.gate(row)}")
    if said:
      c = self.contacts[call.phone]
      must(not [k for k in self.invites if k.id == call.id], "a second INVITE of one attempt")
      must(not [k for k in self.invites if k.phone == call.phone and not k.ended], "rung twice at once:", call.phone)
      must(is_open(c["country"], c["tz"], self.now), "rung at a wrong time")
      call.state, call.dialed = "dialing", self.now
      row["attempts"] += 1
      c["status"], c["last"] = "Calling", self.now
      self.invites.append(call)

  def state(self):
    call, state = self.pick(), self.rng.choice(["ringing", "answered"])
    if call:
      may = call.state in {"ringing": ["dialing"], "answered": ["dialing", "ringing"]}[state]
      must((self.ask("state", call.id, call.owner, state)[0][0] == "t") == may, "state", state, vars(call))
      if may:
        call.state, call.answered = state, self.now if state == "answered" else None

  def unclaim(self):
    call = self.pick(state="claimed") or self.pick()
    if not call:
      return
    said = self.ask("unclaim", call.id, call.owner, "a test")[0][0] == "t"
    must(said == (call.state == "claimed"), "unclaim", vars(call))
    if said:
      must(self.ask("unclaim", call.id, call.owner, "a test")[0][0] == "t", "unclaim is not the same twice")
      self.undone(call)

  def undone(self, call):
    row = self.rows[call.queue]
    status, next_at = self.db.ask(f"SELECT status, next_at FROM call_queue WHERE queue_id = {call.queue}")[0]
    must(status == "pending" and self.now < moment(next_at) <= self.now + 300 * SECOND, "not due again:", status, next_at)
    row["status"], row["next_at"], row["call"] = "pending", moment(next_at), None
    call.ended, call.state = self.now, "undone"
    self.done["undone"] += 1

  def conclude(self, call):
    row, c = self.rows[call.queue], self.contacts[call.phone]
    said = (call.said or {}).get("word")
    call.outcome = ("opt_out" if call.opt_out else {"Leads": "lead", "Not_interested": "refused"}.get(said)
                    or ("fax" if call.amd == "fax" else "machine" if call.amd == "machine" else
                        "silence" if said == "No_answer" else "lost" if call.lost else
                        ("unserved" if call.unserved else "hangup") if call.answered else CAUSES[call.cause]))
    word = {"lead": "Leads", "refused": "Not_interested", "opt_out": "Not_interested", "hangup": "Not_interested"}.get(
      call.outcome, "No_answer")
    if row["call"] is call and row["status"] != "blocked":
      before = sum(1 for k in self.invites if k.queue == call.queue and k is not call and k.outcome == call.outcome)
      again = (word == "No_answer" and call.outcome in AGAIN and before < 3 and row["attempts"] < 3
               and self.campaigns[row["campaign"]][0] in ("active", "paused") and not (call.lost and call.answered))
      delay = 300 * (2 ** before if call.outcome in ("congestion", "unserved") else 1)
      row["status"] = "pending" if again else "failed" if word == "No_answer" else "completed"
      if again:
        row["next_at"] = window(c["country"], c["tz"], call.ended + delay * SECOND)[2]
    if not c["last"] or call.dialed >= c["last"]:
      c["status"], c["last"] = word, call.dialed
    if call.outcome in ("refused", "opt_out"):
      c["refused_at"] = max(filter(None, [c["refused_at"], call.ended]))
    self.compare(call)

  def compare(self, call):
    row, c = self.rows[call.queue], self.contacts[call.phone]
    ours = self.db.ask("SELECT k.outcome, q.status, q.next_at, q.attempts, c.status, c.refused_at, c.attempts FROM call k"
                       " JOIN call_queue q USING (queue_id) JOIN contact c ON c.contact_id = k.contact_id"
                       f" WHERE k.call_id = '{call.id}'")[0]
    attempts = sum(1 for k in self.invites if k.phone == call.phone)
    theirs = [call.outcome, row["status"], row["next_at"], str(row["attempts"]), c["status"], c["refused_at"], str(attempts)]
    ours[2], ours[5] = moment(ours[2]), moment(ours[5])
    if ours[1] in ("completed", "failed", "blocked"):
      ours[2] = theirs[2] = None
    must(ours == theirs, f"after the call {vars(call)}\n  model:    {theirs}\n  database: {ours}")

  def finish(self, call=None):
    call = call or self.pick() or self.rng.choice([*self.calls.values(), None])
    if not call:
      return
    cause = 16 if call.answered else self.rng.choice(list(CAUSES))
    amd = self.rng.choice(["HUMAN", "MACHINE", "NOTSURE", "fax", ""]) if call.answered else None
    talk = self.rng.choice(list(ENDS)) if call.answered else None
    was = call.state
    rows = self.db.ask(f"SELECT campaign_finish('{call.id}', {cause}, NULL, NULL, {quoted(amd)}, NULL, '{stamp(self.now)}', {quoted(talk)})")
    must((rows[0][0] == "t") == (not call.ended) or was == "undone", "finish", vars(call), rows)
    if call.ended:
      return
    call.unserved = ENDS[talk]
    if was == "claimed":
      self.undone(call)
      return
    call.cause, call.amd, call.state = cause, (amd or "").lower() or None, "ended"
    call.ended = max(self.now, call.dialed)
    self.done["finished"] += 1
    self.conclude(call)

  def lost(self, call=None):
    call = call or self.pick()
    if not call:
      return
    other = next(n for n in self.nodes if n != call.owner)
    must(self.ask("lost", call.id, other, "x")[0][0] == "f", "lost by a node whose call it is not")
    must(self.ask("lost", call.id, call.owner, "x")[0][0] == "t", "lost", vars(call))
    if call.state == "claimed":
      self.undone(call)
      return
    call.state, call.lost, call.ended = "lost", True, max(self.now, call.dialed)
    self.done["lost"] += 1
    self.conclude(call)

  def result(self):
    some = [c for c in self.calls.values() if c.state != "undone"]
    if not some:
      return
    call = self.rng.choice(some[-12:] if self.rng.random() < 0.6 else some)
    word, interested = self.rng.choice([("leads", True), ("Leads", None), (None, True), ("Not_interested", False), (None, False),
                                        ("pas intéressé", None), ("No_answer", None), (None, None)])
    opt_out = self.rng.random() < 0.1
    said = {"word": {"leads": "Leads", "pas intéressé": "Not_interested"}.get(word, word)
                    or {True: "Leads", False: "Not_interested"}.get(interested), "interested": interested}
    if opt_out:
      said["word"] = "Not_interested"
    for _ in range(2):
      news = self.db.one(f"SELECT campaign_result('{call.id}', {quoted(word)}, {quoted(interested)}, NULL, {opt_out}, 'positif',"
                         f" '{stamp(self.now)}')")
    must(news == "f", "said again it is news:", vars(call))
    if call.state == "claimed":
      return
    call.said, call.opt_out, call.answered = said, call.opt_out or opt_out, call.answered or call.dialed
    if call.opt_out:
      self.dnc.add(call.phone)
      must(self.db.ask(f"SELECT 1 FROM dnc WHERE phone = '{call.phone}' AND scope = '*'"), "the wish is not kept")
    if call.ended:
      self.conclude(call)

  def beat(self):
    node = self.rng.choice(list(self.nodes))
    n = self.db.one(f"SELECT campaign_beat('{node}', 'h', 1, 'b', {self.nodes[node]}, '15 s', '{stamp(self.now)}')")
    must(int(n) == len(self.live(owner=node)), "a beat renewed", n)
    for call in self.live(owner=node):
      call.lease = self.now + LEASE

  def expired(self, node=None):
    node = node or self.rng.choice(list(self.nodes))
    rows = self.db.ask(f"SELECT call_id, state FROM campaign_expired('{node}', '15 s', '{stamp(self.now)}')")
    theirs = sorted((c.id, c.state) for c in self.live() if c.lease <= self.now or c.lease > self.now + 120 * SECOND
                    or c.dialed and c.owner != node and self.now > c.dialed + (120 + 3600 + 600) * SECOND)
    must(sorted(map(tuple, rows)) == theirs, "taken over", rows, "and not", theirs)
    for id_, _ in rows:
      call = self.calls[id_]
      call.owner, call.lease = node, self.now + LEASE
      if self.rng.random() < 0.5:
        self.lost(call)

  def pause(self):
    name = self.rng.choice(list(self.campaigns))
    was = self.campaigns[name][0]
    to = {"active": "paused", "paused": "active"}[was]
    self.ask("move", name, to, "a test")
    self.campaigns[name][0] = to

  def jump(self):
    """The database's clock is put wrong, or right again."""
    self.now += self.rng.choice([-3600, -600, -60, 60, 600, 7200]) * SECOND
    self.done["jumps"] += 1

  def drain(self):
    for name in self.campaigns:
      if self.campaigns[name][0] == "paused":
        self.ask("move", name, "active", None)
        self.campaigns[name][0] = "active"
    for i in range(600):
      if i < 60:  # of calls that may be long over, and others made since
        self.result()
      for call in self.live():
        self.rng.choice([self.finish, self.finish, self.lost])(call)
      due = [r["next_at"] for r in self.rows.values() if r["status"] == "pending"]
      if not due:
        break
      before = self.done["claimed"]
      for _ in range(3):
        self.claim()
      for call in self.live(state="claimed"):
        self.dial(call)
      if self.done["claimed"] == before:  # hours that are closed are not even looked at
        self.now = max(self.now + HOUR / 2, min(due))
      self.now += SECOND
    self.ask("settle")
    must(not self.db.ask("SELECT 1 FROM call WHERE ended_at IS NULL"), "calls are left")
    left = self.db.ask("SELECT queue_id, status FROM call_queue WHERE status IN ('pending', 'calling')"
                       " OR status = 'failed' AND error_message IS NULL OR status = 'blocked' AND blocked_reason IS NULL")
    must(not left, "rows without an end or a reason:", left)
    must(not self.db.ask("SELECT 1 FROM campaign WHERE status <> 'completed'"), "a campaign is not completed")
    left = self.db.ask("SELECT contact_id, contact.status FROM contact JOIN call_queue q USING (contact_id)"
                       " WHERE contact.status IN ('Calling', 'Queued')")
    must(not left, "contacts that are", left)
    must(not self.db.ask("SELECT 1 FROM call_queue q WHERE attempts <> (SELECT count(*) FROM call c WHERE c.queue_id = q.queue_id"
                         " AND dialed_at IS NOT NULL)"), "attempts that were not made")
    leads = {r[0] for r in self.db.ask("SELECT call_id FROM call WHERE disposition = 'Leads'")}
    must(leads == {c.id for c in self.invites if not c.opt_out and (c.said or {}).get("word") == "Leads"}, "leads", leads)


def lives(rng, db):
  done = collections.Counter()
  for _ in range(2):
    life = Life(rng, db)
    steps = [life.claim] * 5 + [life.dial] * 9 + [life.state] * 5 + [life.finish] * 4 + [life.result] * 4 + [life.beat] * 4 \
      + [life.unclaim, life.lost, life.expired, life.expired, life.pause, life.jump]
    for _ in range(280):
      rng.choice(steps)()
      life.now += rng.choice([0, 0.2, 1, 3, 3, 9]) * SECOND
    life.drain()
    done += life.done + collections.Counter(invites=len(life.invites))
  must(all(done[k] > 7 for k in ("invites", "undone", "lost", "jumps", "finished")), "too little was done:", done)


# ---- caps ----

def simple(db, t, contacts, campaigns=("camp_a",), **columns):
  """Contacts in France who may be called, each in each campaign."""
  clean(db)
  for name in campaigns:
    insert(db, "campaign", [{"campaign_id": name, "name": name, "scenario": "x", "status": "active", "gap_s": 0,
                             "max_channels": 100000, "consent_basis": "consent"} | columns])
  insert(db, "trunk", [{"name": "t1", "endpoint": "PJSIP/%s@t1", "max_channels": 100000, "cps": 100000}])
  db.ask(f"SELECT campaign_beat('n1', 'h', 1, 'b', 100000, '15 s', '{stamp(t)}');"
         "INSERT INTO contact (phone, country, tz, status) SELECT '+997' || to_char(i, 'FM0000000'), 'FR', 'Europe/Paris', 'Queued'"
         f" FROM generate_series(1, {contacts}) i;"
         "INSERT INTO call_queue (campaign_id, contact_id, phone, zone, next_at)"
         f" SELECT k, contact_id, phone, campaign_zone(country, tz), '{stamp(t)}'"
         f" FROM unnest(ARRAY[{','.join(map(quoted, campaigns))}]) k, contact ORDER BY k, contact_id")


OPEN = datetime.datetime(2026, 11, 24, 14, tzinfo=UTC)


def claim(db, t, slots, node="n1", trunk="t1"):
  return db.ask(f"SELECT call_id, phone, caller_id, campaign_id FROM campaign_claim('{node}', '{trunk}', {slots}, '15 s',"
                f" '{stamp(t)}')")


def caps(rng, db):
  # calls per second of a trunk: a bucket of one second; a clock that goes back adds nothing
  for cps in (0.5, 3, 17):
    simple(db, OPEN, 900)
    db.ask(f"UPDATE trunk SET cps = {cps}")
    tokens, last, t = max(1, cps), None, OPEN + HOUR
    for _ in range(40):
      t += rng.choice([0, 0.01, 0.1, 0.5, 1, 2.5, -1, -30]) * SECOND
      free = min(max(1, cps), tokens + cps * max(0, (t - last).total_seconds())) if last else tokens
      n = len(claim(db, t, 1000))
      must(n == int(free + 1e-9), f"{n} calls, and {free} may begin ({cps} a second)")
      if n:
        tokens, last = free - n, t
  # the gap of a campaign
  simple(db, OPEN, 200, gap_s=2)
  made, t = [], OPEN + 3 * HOUR
  for _ in range(120):
    t += rng.choice([0.1, 0.4, 1, 3]) * SECOND
    made += [t] * len(claim(db, t, 10))
  must(all(b - a >= 2 * SECOND for a, b in zip(made, made[1:])) and len(made) >= 25, "gaps of 2 s:", made)
  t -= 2 * HOUR  # the clock was wrong and is put right: it goes on
  must([len(claim(db, t + i * SECOND, 10)) for i in range(5)] == [1, 0, 1, 0, 1], "after the clock went back")
  # numbers that are shown: in turn, each so often a day, and only our own
  simple(db, OPEN, 100, caller_pool="p")
  insert(db, "caller_id", [{"number": f"+3316200000{i}", "pool": "p", "daily_cap": 7 + i, "tz": "Europe/Paris"} for i in range(3)])
  shown = collections.Counter()
  for i in range(9):
    for row in claim(db, OPEN + i * SECOND, 4):
      shown[row[2]] += 1
  must(shown == {"+33162000000": 7, "+33162000001": 8, "+33162000002": 9}, "shown", shown)
  must(len(claim(db, OPEN + DAY, 50)) == 24, "on the next day")
  call, number = db.ask("SELECT call_id, caller_id FROM call ORDER BY claimed_at DESC LIMIT 1")[0]
  db.ask(f"SELECT campaign_unclaim('{call}', 'n1', 'x', '{stamp(OPEN + DAY)}')")
  must([r[2] for r in claim(db, OPEN + DAY + HOUR, 5)] == [number], "what was not dialled was not shown")
  # what a trunk shows by itself is not counted, and so not given back
  simple(db, OPEN, 5)
  insert(db, "caller_id", [{"number": "+33162000009", "daily_cap": 9, "used": 3, "used_on": OPEN.date()}])
  db.ask("UPDATE trunk SET caller_id = '+33162000009'")
  call, _, number, _ = claim(db, OPEN, 1)[0]
  must(number == "+33162000009", "a trunk shows", number)
  db.ask(f"SELECT campaign_unclaim('{call}', 'n1', 'x', '{stamp(OPEN)}')")
  must(db.one("SELECT used FROM caller_id") == "3", "more was given back than was taken")
  db.ask("UPDATE campaign SET caller_id = '+33163000000'")
  must(not claim(db, OPEN + 2 * DAY, 5), "a number that is not ours is shown")


def takeover(_rng, db):
  """Calls of an Asterisk go to nodes of that one, until they must be over."""
  simple(db, OPEN, 4)
  at = lambda s: stamp(OPEN + s * SECOND)  # noqa: E731
  beat = lambda node, s, asterisk: db.ask(f"SELECT campaign_beat('{node}', 'h', 1, 'b', 9, '15 s', '{at(s)}', {quoted(asterisk)})")  # noqa: E731
  expired = lambda node, s: {r[0] for r in db.ask(f"SELECT call_id FROM campaign_expired('{node}', '15 s', '{at(s)}')")}  # noqa: E731
  for node, asterisk in (("n1", "A"), ("n2", None), ("n3", "B"), ("n4", "A")):
    beat(node, 0, asterisk)
  dialed, claimed = (row[0] for row in claim(db, OPEN, 2))
  must(db.one(f"SELECT campaign_dial('{dialed}', 'n1', '{at(0)}')") == "t", "dial")
  must(expired("n2", 60) == {claimed}, "a node whose Asterisk is not known takes what was not dialled, and no more")
  must(expired("n3", 80) == {claimed}, "nor does one of another Asterisk")
  must(expired("n4", 80) == {dialed}, "one of the same does")
  beat("n4", 4320, "A")
  must(dialed not in expired("n3", 4320), "it may last as long as a ring and a talk, and ten minutes")
  must(dialed in expired("n3", 4320.1), "then anybody takes it")
  db.ask(f"UPDATE call SET owner = NULL WHERE call_id = '{dialed}'")  # n3 has left it to whoever has that Asterisk
  rows = db.ask(f"SELECT call_id, coalesce(asterisk_id, 'any') FROM campaign_expired('n3', '15 s', '{at(4320.2)}')")
  must((dialed, "any") in map(tuple, rows), "and again, whoever it was left to", rows)
  must(db.one(f"SELECT campaign_lost('{dialed}', 'n3', 'x', '{at(4321)}')") == "t", "and closes it")


def retries(_rng, db):
  """A rule of the campaign goes before that of all: it is tried so often, later each time, by chance, in other hours."""
  for jitter, same_slot in ((0, True), (0.5, True), (0, False)):
    simple(db, OPEN, 8, max_attempts=9)
    insert(db, "retry_rule", [{"campaign_id": "camp_a", "outcome": "busy", "max": 2, "delay_s": 100, "factor": 3, "jitter": jitter,
                               "same_slot": same_slot}])
    t = OPEN
    for before in range(3):
      ids = [row[0] for row in claim(db, t, 8)]
      must(len(ids) == 8, len(ids), "of 8 are called again")
      for i in ids:
        must(db.ask(f"SELECT campaign_dial('{i}', 'n1', '{stamp(t)}'), campaign_finish('{i}', 17, NULL, NULL, NULL, NULL, '{stamp(t)}')")
             == [["t", "t"]], "dial and finish")
      rows = db.ask("SELECT status, next_at FROM call_queue ORDER BY queue_id")
      db.ask(f"SELECT campaign_conclude(call_id, '{stamp(t + HOUR)}') FROM call_queue")
      must(rows == db.ask("SELECT status, next_at FROM call_queue ORDER BY queue_id"), "done again it is otherwise")
      must({status for status, _ in rows} == {"failed" if before == 2 else "pending"}, "after retry", before, rows)
      if before == 2:
        break
      first, times = t + 100 * 3 ** before * SECOND, [moment(after) for _, after in rows]
      if not same_slot:
        first = window("FR", "Europe/Paris", window("FR", "Europe/Paris", t)[1])[2]
      most = first + jitter * 100 * 3 ** before * SECOND
      must(min(times) >= first and max(times) <= most and (len(set(times)) > 1) == (jitter > 0), "from", first, "to", most, times)
      t = max(times)


def starving(_rng, db):
  """Rows at the head that cannot be called keep nobody from being called."""
  simple(db, OPEN, 3000, ("camp_a", "camp_b"), max_channels=5)
  db.ask("UPDATE call_queue SET priority = 3 WHERE campaign_id = 'camp_a'; UPDATE campaign SET priority = 3 WHERE campaign_id = 'camp_a';"
         "INSERT INTO dnc (phone, scope) SELECT phone, 'camp_a' FROM contact WHERE contact_id <= 1500;"
         "INSERT INTO call (call_id, phone_number, direction, state) SELECT phone, phone, 'outbound', 'ringing' FROM contact"
         " WHERE contact_id BETWEEN 1501 AND 2990")
  db.ask("UPDATE call_queue SET next_at = next_at + interval '1 h' WHERE campaign_id = 'camp_b' AND contact_id BETWEEN 1501 AND 2990")
  must({r[3] for r in claim(db, OPEN, 4)} == {"camp_b"}, "the other campaign waits")
  looks = 0
  while len(db.ask("SELECT 1 FROM call WHERE campaign_id = 'camp_a'")) < 5:
    claim(db, OPEN, 10)
    looks += 1
    must(looks < 40, "the rows behind them are never reached")
  must(db.ask("SELECT count(*) FILTER (WHERE status = 'blocked' AND blocked_reason LIKE 'do not call%'),"
              f" count(*) FILTER (WHERE status = 'pending' AND next_at > '{stamp(OPEN)}' AND later_reason = 'in another call')"
              " FROM call_queue WHERE campaign_id = 'camp_a'") == [["1500", "1490"]], "put off")
  # hours that are closed: not a row is touched, however many they are
  simple(db, OPEN, 2000)
  must(not claim(db, OPEN + 8 * HOUR, 10), "at night")
  must(db.one("SELECT count(*) FROM call_queue WHERE later_reason IS NOT NULL") == "0", "rows were touched")
  # one campaign after the other
  simple(db, OPEN, 40, ("camp_a", "camp_b", "camp_c"))
  order = [claim(db, OPEN + i * SECOND, 1)[0][3] for i in range(9)]
  must(all(len(set(order[i:i + 3])) == 3 for i in (0, 3, 6)), "turns", order)


def breaker(rng, db):
  """Half of at least five calls in two minutes."""
  for _ in range(12):
    simple(db, OPEN, 40, ("camp_a", "camp_b"))
    n, t, events = rng.randrange(2, 14), OPEN, []
    for row in claim(db, OPEN, n):
      t += rng.randrange(25) * SECOND
      cause = rng.choice([34, 38, 42, 17, 19, 16])
      end = rng.choice(list(ENDS)) if cause == 16 else None
      db.ask(f"SELECT campaign_beat('n1', 'h', 1, 'b', 100000, '15 s', '{stamp(t)}'), campaign_dial('{row[0]}', 'n1', '{stamp(t)}');"
             + (f"SELECT campaign_state('{row[0]}', 'n1', 'answered', '{stamp(t)}');" if end else "") +
             f"SELECT campaign_finish('{row[0]}', {cause}, NULL, NULL, NULL, NULL, '{stamp(t)}', {quoted(end)})")
      events.append((t, cause in (34, 38, 42) or ENDS[end] or end == "FAILED error"))
    recent = [bad for at, bad in events if at > t - 120 * SECOND]
    trips = len(recent) >= 5 and sum(recent) * 2 >= len(recent)
    ours = db.ask(f"SELECT * FROM campaign_trunk_check('t1', '{stamp(t)}')")
    must(ours == ([["camp_a"]] if trips else []), f"{sum(recent)} of {len(recent)} failed:", ours)
    status, why = db.ask("SELECT status, status_reason FROM campaign WHERE campaign_id = 'camp_a'")[0]
    must(status == ("paused" if trips else "active") and (not trips or f"{sum(recent)} of {len(recent)}" in why), status, why)
    if trips:  # what has been is forgiven to who goes on
      must([row[3] for row in claim(db, t + SECOND, 5)] == ["camp_b"] * 5, "the other one goes on, and it alone")
      db.ask(f"SELECT campaign_move('camp_a', 'active', NULL, '{stamp(t)}')")
      must(not db.ask(f"SELECT * FROM campaign_trunk_check('t1', '{stamp(t)}')"), "paused again for the same calls")


# ---- many at once ----

def at_once(jobs):
  """Each list of statements in a session of its own, all at the same time: what each said."""
  said = [None] * len(jobs)
  ready = threading.Barrier(len(jobs))

  def run(i, statements):
    session = Session()
    ready.wait()
    said[i] = [session.ask(sql) for sql in statements]
    session.psql.stdin.close()

  threads = [threading.Thread(target=run, args=job) for job in enumerate(jobs)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  must(None not in said, "a session has failed")
  return said


def races(rng, db):
  # claims: nobody twice, and every cap to the last call
  simple(db, OPEN, 400, ("camp_a", "camp_b"), max_channels=33)
  db.ask(f"UPDATE trunk SET max_channels = 35; INSERT INTO trunk (name, endpoint, max_channels, cps) VALUES ('t2', 'PJSIP/%s@t2', 22, 1000); INSERT INTO node SELECT 'm' || i, 'h', i, 'b', 12 FROM generate_series(0, 5) i")
  said = at_once([[f"SELECT call_id, phone, queue_id FROM campaign_claim('m{i}', 't{1 + i % 2}', 3, '15 s', '{stamp(OPEN)}')"] * 8
                  for i in range(6)])
  rows = [row for session in said for answer in session for row in answer]
  must(len(rows) == 57, len(rows), "calls of 57")
  for column in range(3):
    must(len({row[column] for row in rows}) == 57, "somebody was claimed twice")
  must(max(len([r for a in s for r in a]) for s in said) <= 12, "more than a node takes")
  must(db.ask("SELECT 1 FROM call WHERE ended_at IS NULL GROUP BY campaign_id HAVING count(*) > 33") == [], "more than a campaign has")

  # the compare-and-set, and the end, each once; unclaim and dial: one of them
  ids = [row[0] for row in db.ask("SELECT call_id FROM call")]
  db.ask("UPDATE call SET owner = 'n1'")
  half = ids[:30]
  dial = [f"SELECT campaign_dial('{i}', 'n1', '{stamp(OPEN)}')" for i in half]
  undo = [f"SELECT campaign_unclaim('{i}', 'n1', 'x', '{stamp(OPEN)}')" for i in half]
  said = at_once([rng.sample(dial, len(dial)) for _ in range(4)] + [undo[::-1], undo])
  dialed = sum(answer == [["t"]] for session in said[:4] for answer in session)
  undone = sum(answer == [["t"]] for answer in said[4])
  must(dialed + undone == 30 and dialed == int(db.one("SELECT count(*) FROM call WHERE state = 'dialing'")), dialed, undone)
  must(db.one("SELECT sum(attempts) FROM call_queue") == str(dialed), "attempts")
  db.ask(";".join(f"SELECT campaign_dial('{i}', 'n1', '{stamp(OPEN)}')" for i in ids))
  ends = [f"SELECT campaign_finish('{i}', 17, NULL, NULL, NULL, NULL, '{stamp(OPEN)}')" for i in ids]
  lost = [f"SELECT campaign_lost('{i}', 'n1', 'x', '{stamp(OPEN)}')" for i in ids]
  results = [f"SELECT campaign_result('{i}', 'Leads', true, 'morning', false, 'positive', '{stamp(OPEN)}')" for i in ids]
  said = at_once([ends, rng.sample(ends, len(ends)), lost[::-1], rng.sample(results, len(results)), results])
  ended = sum(answer == [["t"]] for session in said[:3] for answer in session)
  must(ended == 57 - undone, ended, "calls have ended, and not", 57 - undone)
  must(sum(a == [["t"]] for s in said[3:] for a in s) == ended, "results")
  must(db.one("SELECT count(*) FROM contact WHERE status = 'Leads' AND attempts = 1") == str(ended), "leads")

  # leases that are over: each is taken by one
  simple(db, OPEN, 120)
  claim(db, OPEN, 100)
  said = at_once([[f"SELECT call_id FROM campaign_expired('m{i}', '15 s', '{stamp(OPEN + HOUR)}')"] * 3 for i in range(6)])
  taken = [row[0] for session in said for answer in session for row in answer]
  must(len(taken) == 100 == len(set(taken)), len(taken), "taken over, of 100")
  must(not any(db.one(f"SELECT campaign_dial('{i}', 'n1', '{stamp(OPEN + HOUR)}')") == "t" for i in taken[:20]), "its old owner dials")

  # a pause waits for the dial that it cannot stop, and stops the next
  a, b = [row[0] for row in db.ask("SELECT call_id FROM call LIMIT 2")]
  db.ask(f"UPDATE call SET owner = 'n1', lease_until = '{stamp(OPEN + 2 * HOUR)}'")
  other = Session()
  other.ask("SET lock_timeout = '100ms'")
  must(db.ask(f"BEGIN; SELECT campaign_dial('{a}', 'n1', '{stamp(OPEN + HOUR)}')") == [["t"]], "dial")
  other.send(f"SELECT campaign_move('camp_a', 'paused')")
  must("lock timeout" in other.receive()[0][0], "a pause overtook a dial")
  db.ask("COMMIT")
  other.ask("SELECT campaign_move('camp_a', 'paused')")
  must(db.ask(f"SELECT campaign_dial('{b}', 'n1', '{stamp(OPEN + HOUR)}')") == [["f"]], "dialled in a pause")

  # who is held by an import when a campaign is stopped is as before once it has ended
  simple(db, OPEN, 3)
  other.ask("BEGIN; SELECT 1 FROM contact WHERE contact_id = 2 FOR UPDATE")
  db.ask("SELECT campaign_move('camp_a', 'stopping')")
  words = lambda: [row[0] for row in db.ask("SELECT status FROM contact ORDER BY contact_id")]  # noqa: E731
  must(words() == ["New", "Queued", "New"], "while one is held", words())
  db.ask("SELECT campaign_settle()")
  must(words() == ["New", "Queued", "New"], "and still held", words())
  other.ask("COMMIT")
  db.ask("SELECT campaign_settle()")
  must(words() == ["New"] * 3 and db.one("SELECT count(*) FROM contact_held") == "0", "afterwards", words())

  # a dial that waited for longer than its lease
  db.ask("INSERT INTO country_rule (country, law, tz) VALUES ('XC', 'XC', 'UTC');"
         "INSERT INTO call_window SELECT 'XC', d, '00:00', '24:00' FROM generate_series(1, 7) d")
  simple(db, datetime.datetime.now(UTC), 1)
  db.ask("UPDATE contact SET country = 'XC', tz = 'UTC'")
  call = db.one("SELECT call_id FROM campaign_claim('n1', 't1', 1, '60 s')")
  other = Session()
  db.ask("BEGIN; SELECT 1 FROM call FOR UPDATE")
  other.send(f"SELECT campaign_dial('{call}', 'n1')")
  while db.one("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0":
    time.sleep(0.01)
  db.ask("UPDATE call SET lease_until = clock_timestamp(); COMMIT")
  must(other.receive() == [["f"]], "dialled after its lease")
  must(db.one(f"UPDATE call SET lease_until = clock_timestamp() + interval '1 min'; SELECT campaign_dial('{call}', 'n1')") == "t", "dial")


def main():
  what = sys.argv[1]
  seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
  globals()[what.replace("-", "_")](random.Random(f"{what} {seed}"), Session())
  if differ.n:
    raise SystemExit(1)


if __name__ == "__main__":
  main()
