"""The rules of campaigns written down a second time, from the law and from callpipe-campaign(5): calendar, hours, gate; and
psql as a session. For campaign-model.py.
"""

import datetime
import subprocess
import zoneinfo

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
HOUR = datetime.timedelta(hours=1)


class Session:
  """psql that is asked again and again."""

  def __init__(self):
    self.psql = subprocess.Popen(["psql", "-XAtq", "-F", "\t", "-P", "null=~"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    self.ask("SET timezone = 'UTC'")

  def send(self, sql):
    self.psql.stdin.write(sql + ";\n\\echo @@\n")
    self.psql.stdin.flush()

  def receive(self):
    rows = []
    for line in self.psql.stdout:
      line = line.rstrip("\n")
      if line == "@@":
        return rows
      rows.append([None if cell == "~" else cell for cell in line.split("\t")])
    raise SystemExit("psql is gone")

  def ask(self, sql):
    self.send(sql)
    rows = self.receive()
    for row in rows:
      if row[0] and ("ERROR:" in row[0]):
        raise SystemExit(f"{row[0]}\nof: {sql[:2000]}")
    return rows

  def one(self, sql):
    return self.ask(sql)[0][0]


def stamp(t):
  return t.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")


def moment(text):
  if text is None:
    return None
  return datetime.datetime.fromisoformat(text + ":00" if text[-3] in "+-" else text)


def differ(what, case, ours, theirs):
  print(f"{what}: {case}\n  model:    {theirs}\n  database: {ours}")
  differ.n += 1
  if differ.n > 10:
    raise SystemExit(1)


differ.n = 0


def must(true, *words):
  if not true:
    print(*words)
    raise SystemExit(1)


# ---- the calendar ----

def easter(year):
  """Gauss, with the exceptions of the Gregorian calendar; another way than the database's."""
  k = year // 100
  m = (15 - (13 + 8 * k) // 25 + k - k // 4) % 30
  n = (4 + k - k // 4) % 7
  d = (19 * (year % 19) + m) % 30
  e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + n) % 7
  day = 22 + d + e
  if d == 29 and e == 6 or d == 28 and e == 6 and (11 * m + 11) % 30 < 19:
    day -= 7
  return datetime.date(year, 3, 1) + (day - 1) * DAY


SLAVERY = {"America/Guadeloupe": (5, 27), "America/Martinique": (5, 22), "America/Cayenne": (6, 10),
           "Indian/Reunion": (12, 20), "Indian/Mayotte": (4, 27), "America/St_Barthelemy": (10, 9),
           "America/Marigot": (5, 28)}


def french(day, zone):
  if (day.month, day.day) in [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), SLAVERY.get(zone)]:
    return True
  return (day - easter(day.year)).days in (1, 39, 50)


def english(day, _zone):
  """England and Wales: who falls on a weekend rests, and the next weekday that is no holiday yet does, too."""
  year = day.year
  taken = {easter(year) - 2 * DAY, easter(year) + DAY}
  for month, last in ((5, False), (5, True), (8, True)):
    mondays = [d for d in (datetime.date(year, month, 1) + n * DAY for n in range(31))
               if d.month == month and d.weekday() == 0]
    taken.add(mondays[-1 if last else 0])
  fixed = [datetime.date(year, 1, 1), datetime.date(year, 12, 25), datetime.date(year, 12, 26)]
  taken |= set(fixed)
  for d in fixed:
    if d.weekday() >= 5:
      while d.weekday() >= 5 or d in taken:
        d += DAY
      taken.add(d)
  return day in taken


def none(_day, _zone):
  return False


def at_hours(*spans):
  return [(datetime.timedelta(hours=a), datetime.timedelta(hours=b)) for a, b in spans]


LAWS = {  # holidays, hours of each day from Monday
    "FR": (french, [at_hours((10, 13), (14, 20))] * 5 + [[], []]),
    "US": (none, [at_hours((8, 21))] * 7),
    "GB": (english, [at_hours((8, 21))] * 5 + [at_hours((9, 18)), []]),
    "*": (none, [at_hours((9, 20))] * 5 + [[], []]),
    "XA": (none, [at_hours((0.5, 23.5))] * 7),  # clocks are changed in its hours
    "XB": (none, [at_hours((6, 24)), at_hours((0, 24)), at_hours((0, 1), (1, 5), (6, 7))] + [[]] * 4),
}
LAW_OF = {c: "FR" for c in ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF")} | {"US": "US", "GB": "GB", "XA": "XA",
                                                                                    "XB": "XB"}
XA_SQL = """
INSERT INTO country_rule (country, law, tz) VALUES ('XA', 'XA', 'Europe/Paris'), ('XB', 'XB', 'UTC') ON CONFLICT DO NOTHING;
INSERT INTO call_window SELECT 'XA', d, '00:30', '23:30' FROM generate_series(1, 7) d ON CONFLICT DO NOTHING;
INSERT INTO call_window VALUES ('XB', 1, '06:00', '24:00'), ('XB', 2, '00:00', '24:00'), ('XB', 3, '00:00', '01:00'),
  ('XB', 3, '01:00', '05:00'), ('XB', 3, '06:00', '07:00') ON CONFLICT DO NOTHING
"""


def spans_of(law, day):
  rest, week = LAWS[law]
  return rest, week[day.weekday()]


def is_open(country, zone, t):
  """By the clock on the wall there, and nothing else."""
  law = LAW_OF.get(country, "*")
  local = t.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
  rest, spans = spans_of(law, local.date())
  if rest(local.date(), zone):
    return False
  since = local - datetime.datetime.combine(local.date(), datetime.time())
  return any(a <= since < b for a, b in spans)


def edges(country, zone, t):
  """The instants at which anything can change there, for a month."""
  law = LAW_OF.get(country, "*")
  tz = zoneinfo.ZoneInfo(zone)
  today = t.astimezone(tz).date()
  for n in range(-1, 32):
    for span in LAWS[law][1][(today + n * DAY).weekday()]:
      for edge in span:
        local = datetime.datetime.combine(today + n * DAY, datetime.time()) + edge
        yield local.replace(tzinfo=tz).astimezone(UTC)


def window(country, zones, t):
  """open, until, next"""
  zones = zones.split("&")
  every = sorted({e for zone in zones for e in edges(country, zone, t) if e > t})
  opened = [all(is_open(country, zone, e) for zone in zones) for e in every]
  if all(is_open(country, zone, t) for zone in zones):
    return True, next((e for e, o in zip(every, opened) if not o), None), t
  return False, None, next((e for e, o in zip(every, opened) if o), None)


# ---- the gate ----

def clean(db):
  db.ask("TRUNCATE contact, call_queue, campaign, dnc, call, call_undone, trunk, node, caller_id RESTART IDENTITY CASCADE;"
         "DELETE FROM retry_rule WHERE campaign_id <> ''")


def quoted(value):
  if value is None:
    return "NULL"
  if isinstance(value, datetime.datetime):
    value = stamp(value)
  return "'" + str(value).replace("'", "''") + "'"


def insert(db, table, rows):
  names = list(rows[0])
  values = ",".join("(" + ",".join(quoted(row[name]) for name in names) + ")" for row in rows)
  db.ask(f"INSERT INTO {table} ({', '.join(names)}) VALUES {values}")


CONSENT = {"FR": datetime.datetime(2026, 8, 11, tzinfo=UTC), "GB": datetime.datetime(2000, 1, 1, tzinfo=UTC),
           "US": datetime.datetime(2024, 2, 8, tzinfo=UTC)}


def gate(c, t):
  """verdict, a word of the reason, next_at, from the columns of a case."""
  zone = (c["tz"] or "").split("&")[0]
  opened, _, after = window(c["country"], c["tz"], t)
  if any(d["phone"] == c["phone"] and d["scope"] in ("*", c["campaign_id"])
         and (d["expires_at"] is None or d["expires_at"] > t) for d in c["dnc"]):
    return "blocked", "do not call", None
  if c["refused_at"]:  # sixty whole days after the day of the refusal, there
    first = c["refused_at"].astimezone(zoneinfo.ZoneInfo(zone)).date() + 61 * DAY
    if t.astimezone(zoneinfo.ZoneInfo(zone)).date() < first:
      return "blocked", "refused", None
  if c["status"] == "Not_interested":
    return "blocked", "not interested", None
  since = CONSENT.get(LAW_OF.get(c["country"], "*"))
  if since and since <= t and not (c["campaign_basis"] if c["consent_basis"] is None else c["consent_basis"]):
    return "blocked", "no consent", None
  if sum(1 for d in c["dialed"] if d > t - 720 * HOUR) >= 4:
    return "blocked", "attempts in 30 days", None
  if after is None:
    return "blocked", "no calling hours", None
  if c["campaign_status"] != "active":
    return "later", "the campaign is", None
  if c["live"]:
    return "later", "in another call", t + 30 * SECOND
  if not opened:
    return "later", "not the hours", after
  recent = [d for d in c["rung"] if d > t - 300 * SECOND]
  if recent:
    return "later", "called less than 300 s ago", max(recent) + 300 * SECOND
  return "ok", None, None
