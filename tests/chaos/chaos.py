#!/usr/bin/env python3
"""chaos.py: dispatchers that are killed and stopped, a PostgreSQL that is restarted, an Asterisk that is cut off and
restarted, and a judge who counts INVITEs (judge.py). Run it in scripts/with-postgres. Prints one line of JSON, and exits
with 1 if a fault was found or if not everything happened that was to happen: `failed` says what.

Three processes `campaign run` work on two campaigns, one of which may call only now and then. What happens to them is by
lot of --seed. Then all is left alone, until nothing is to be called any more, and every row is looked at.

--late N, instead of all that: who has asked for channels is stopped until others call those people, then the channels are
made, and he goes on; until that was so with N people. Then nothing but the compare-and-set is between them and a second call.

--broken: without the compare-and-set: campaign_dial sets, whatever was there, and says yes. All else is as it is. The
judge must find it: called_twice > 0.
"""

import argparse
import collections
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
from judge import FAULTS, judge, lines  # noqa: E402

ATTEMPTS = 2
REST_S = 1
CREATE = "POST /ari/channels/create"
MIDWAY = 0.3  # of the killed had calls between claim and finish
SLACK = int(os.environ.get("SLACK", "1"))  # what is measured may take so many times as long; see tests/run
PLAN = {
    "default": {
        "lot": [
            [50, {"ring": [5, 60], "answer": [60, 400], "patience": 4000, "talk": [50, 900], "try": "SUCCESS"}],
            [12, "busy"], [8, "reject"], [6, "ringout"], [4, "unknown"], [6, "dead"],
            [8, {"ring": [5, 60], "answer": None, "end": [19, 480], "after": [200, 900]}],
            [2, "congestion"],
        ]
    }
}  # fmt: skip
TALKERS = {"default": {"ring": 5, "answer": 50, "patience": 20000, "talk": 6000, "try": "SUCCESS"}}
BROKEN = """
CREATE OR REPLACE FUNCTION campaign_dial(p_call_id text, p_node text, p_at timestamptz DEFAULT NULL)
	RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	UPDATE call SET state = 'dialing', dialed_at = clock_timestamp(), started_at = clock_timestamp(),
		asterisk_id = (SELECT asterisk_id FROM node WHERE node_id = p_node) WHERE call_id = p_call_id;
	UPDATE call_queue SET attempts = attempts + 1, last_attempt_at = clock_timestamp() WHERE call_id = p_call_id;
	RETURN true;
END $$;
"""


class Database:
    """psql, asked again when the server is away."""

    def ask(self, sql, patience=30.0):
        until = time.monotonic() + patience
        while True:
            r = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql], capture_output=True, text=True, check=False)
            if r.returncode == 0:
                return [line.split("|") for line in r.stdout.splitlines()]
            if time.monotonic() > until or "ERROR" in r.stderr:
                raise RuntimeError(r.stderr)
            time.sleep(0.1)


class Asterisk:
    def __init__(self, folder, phones):
        plan = os.path.join(folder, "plan")
        with open(plan, "w", encoding="utf-8") as f:
            json.dump(phones, f)
        self.invites, self.ends = os.path.join(folder, "invites"), os.path.join(folder, "ends")
        for name in (self.invites, self.ends):
            open(name, "w", encoding="utf-8").close()
        command = [sys.executable, os.path.join(TOP, "tests/fake/ari.py"), "--plan", plan, "--log", self.invites, "--ends", self.ends]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def control(self, what):
        """What it says, or None: it is just being restarted."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            c.request("POST", f"/control/{what}")
            return json.loads(c.getresponse().read() or b"{}")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            c.close()

    def close(self):
        self.process.terminate()
        self.process.wait()


class Dispatcher:
    def __init__(self, chaos, number):
        self.name = f"d{number}"
        env = {
            **os.environ,
            "CALLPIPE_ARI_URL": f"http://127.0.0.1:{chaos.asterisk.port}/ari",
            "CALLPIPE_ARI_PASSWORD": "secret",
            "CALLPIPE_LOG": "info",
        }
        command = ["campaign", "run", f"--lease={chaos.args.lease}", f"--max-calls={chaos.args.max_calls}", f"--spool={chaos.folder}"]
        self.log = open(os.path.join(chaos.folder, f"{self.name}.log"), "ab")  # noqa: SIM115
        self.process = subprocess.Popen(command, env=env, stderr=self.log, stdin=subprocess.DEVNULL)
        self.stopped = None  # since when, until when

    def send(self, sig):
        self.process.send_signal(sig)

    def stop(self, s):
        self.send(signal.SIGSTOP)
        now = time.monotonic()
        self.stopped = (now, now + s)

    def go_on(self):
        self.send(signal.SIGCONT)
        self.stopped = None

    def says(self, call, what):
        """Of what is to become of the call."""
        with open(self.log.name, encoding="utf-8") as f:
            return re.search(rf"call {call}: ({what})", f.read()) is not None

    def end(self):
        self.process.wait()
        self.log.close()


class Chaos:
    def __init__(self, args, folder):
        self.args, self.folder, self.lot = args, folder, random.Random(args.seed)
        self.db, self.asterisk = Database(), Asterisk(folder, TALKERS if args.late else PLAN)
        self.n = collections.Counter()
        self.serial = 0
        self.began = time.time()
        self.windows, self.events = [], []

    # --- the tables

    def hours(self):
        """Open for some seconds, closed for a few, from now on for an hour: campaign B."""
        t, rows = int(time.time()) + 2, []
        while t < self.began + 3600:
            opens, closes = t, t + self.lot.randint(*self.args.open)
            for day in {opens - opens % 86400, closes - closes % 86400}:
                a, b = max(opens, day), min(closes, day + 86399)
                if a < b:
                    self.windows.append((a, b))
                    rows.append(f"({1 + time.gmtime(a).tm_wday}, '{clock(a)}', '{clock(b)}')")
            t = closes + self.lot.randint(*self.args.shut)
        return ", ".join(rows)

    def tables(self):
        subprocess.run(["campaign", "init"], check=True, stdout=subprocess.DEVNULL)
        n = self.args.contacts
        of_a, due = "n % 4 > 0", "now()"
        if self.args.late:  # one after the other, so that whoever is to be called again comes before those who were not called yet
            of_a, due = "true", f"clock_timestamp() + contact_id / {self.args.cps / 3} * interval '1 second'"
        self.db.ask(f"""
            DELETE FROM call_window; DELETE FROM holiday; UPDATE country_rule SET attempts = NULL, consent_from = NULL;
            INSERT INTO call_window SELECT '*', d, '00:00', '24:00' FROM generate_series(1, 7) d;
            INSERT INTO country_rule (country, law, tz, attempts) VALUES ('XW', 'XW', 'UTC', NULL);
            INSERT INTO call_window (country, dow, opens, closes) SELECT 'XW', dow, o::time, c::time FROM (VALUES {self.hours()}) v (dow, o, c);
            INSERT INTO trunk (name, endpoint, max_channels, cps) VALUES ('trunk', 'PJSIP/%s@trunk', {self.args.caps[2]}, {self.args.cps});
            INSERT INTO campaign (campaign_id, name, scenario, status, max_channels, gap_s, retry_s, ring_s, max_attempts, breaker_calls)
                VALUES ('camp_0000000a', 'A', 'qualify', 'active', {self.args.caps[0]}, {self.args.gap}, {REST_S}, 1, {ATTEMPTS}, 1000000),
                ('camp_0000000b', 'B', 'qualify', 'active', {self.args.caps[1]}, 0, {REST_S}, 1, {ATTEMPTS}, 1000000);
            INSERT INTO contact (phone, country, tz) SELECT CASE WHEN {of_a} THEN '+9990' ELSE '+9991' END || lpad(n::text, 8, '0'),
                CASE WHEN {of_a} THEN 'XX' ELSE 'XW' END, 'UTC' FROM generate_series(1, {n}) n;
            INSERT INTO call_queue (campaign_id, contact_id, phone, zone, next_at) SELECT
                CASE WHEN country = 'XX' THEN 'camp_0000000a' ELSE 'camp_0000000b' END, contact_id, phone, campaign_zone(country, tz), {due}
                FROM contact;
        """)
        if self.args.broken:
            self.db.ask(BROKEN)

    # --- what happens: each is done, or says that it cannot be now

    def spawn(self):
        self.serial += 1
        return Dispatcher(self, self.serial)

    def open_calls(self, dispatcher):
        """Its rows between claim and finish."""
        return int(self.db.ask(f"SELECT count(*) FROM call WHERE ended_at IS NULL AND owner LIKE '%-{dispatcher.process.pid}-%'")[0][0])

    def bury(self, pool):
        """Those who have ended by themselves: none does."""
        for i, d in enumerate(pool):
            if d.process.poll() is not None:
                self.n["died"] += 1
                d.end()
                pool[i] = self.spawn()

    def kill(self, pool):
        d = self.lot.choice(self.with_calls(pool, s=3) if self.lot.random() < 0.5 else pool)
        d.send(signal.SIGKILL)
        d.end()
        pool.remove(d)
        pool.append(self.spawn())
        if d.process.returncode != -signal.SIGKILL:
            self.n["died"] += 1
            return False
        self.n["kills"] += 1
        self.n["kills_midway"] += self.open_calls(d) > 0
        if d.stopped:
            self.again(self.pause)
        return True

    def with_calls(self, pool, state="%", s=0.2):
        """Those who have calls in that state, or soon have, if there are any."""
        found = []

        def some():
            rows = self.db.ask(f"SELECT DISTINCT owner FROM call WHERE state LIKE '{state}' AND ended_at IS NULL")
            found[:] = [d for d in pool if any(f"-{d.process.pid}-" in owner for owner, in rows if owner)]
            return found or not self.unfinished()

        self.until(some, s)
        return found or pool

    def unfinished(self):
        return self.db.ask("SELECT EXISTS (SELECT FROM call_queue WHERE status IN ('pending', 'calling'))") == [["t"]]

    def pause(self, pool):
        """It counts when it is over, and if the process has seen the end of it."""
        awake = [d for d in pool if not d.stopped and d.process.poll() is None]
        if len(awake) < 2:
            return False
        if self.lot.random() < 0.5:
            awake = self.with_calls(awake, "claimed")
        self.lot.choice(awake).stop(self.args.lease * self.lot.uniform(1.1, 2.5))
        return True

    def wake(self, pool):
        now = time.monotonic()
        for d in pool:
            if d.stopped and now > d.stopped[1]:
                self.n["pauses"] += now - d.stopped[0] > self.args.lease
                d.go_on()

    def postgres(self, pool):
        script = os.path.join(TOP, "scripts/with-postgres")
        subprocess.run([script, "--stop", self.lot.choice(["fast", "immediate", "immediate"])], check=True)
        time.sleep(self.lot.uniform(0, 0.5))
        subprocess.run([script, "--start"], check=True)
        self.n["postgres_restarts"] += 1
        return True

    def cut(self, pool):
        done = self.asterisk.control(f"disconnect?down={self.lot.randint(0, 600)}")
        if not done or not done["cut"]:
            return False  # nobody was connected
        self.n["ari_cuts"] += 1
        return True

    def restart(self, pool):
        if self.asterisk.control(f"restart?down={self.lot.randint(0, 600)}") is None:
            return False
        self.n["asterisk_restarts"] += 1
        return True

    def trouble(self, pool):
        """A dial, or another request, that is slow, fails, or is carried out without a reply."""
        what = self.lot.choice(["dial", "dial", "create", "continue", "%5EDELETE"])
        how = self.lot.choice([
            f"slow?match={what}&ms={self.lot.randint(100, 900)}&when=before",
            f"slow?match={what}&ms={self.lot.randint(100, 6000)}&when=after",
            f"fail?match={what}&status=0", f"fail?match={what}&status=-1", f"fail?match={what}&status=500",
        ])  # fmt: skip
        if self.asterisk.control(f"{how}&n={self.lot.randint(1, 3)}") is None:
            return False
        self.n["troubles"] += 1
        return True

    def again(self, happens):
        self.events.insert(self.lot.randint(0, len(self.events)), happens)

    def script(self):
        a = self.args
        events = [self.kill] * a.kills + [self.pause] * a.pauses + [self.postgres] * a.postgres + [self.cut] * a.cuts
        events += [self.restart] * a.restarts + [self.trouble] * a.troubles
        self.lot.shuffle(events)
        return events

    def unrest(self, pool):
        self.events = self.script()
        while (self.events or any(d.stopped for d in pool)) and time.time() < self.began + self.args.limit:
            if sys.stderr.isatty():
                print(f"\r{len(self.events)} to come, {dict(self.n)}\033[K", end="", file=sys.stderr)
            time.sleep(self.lot.uniform(0.2, 1.8) * self.args.every)
            self.wake(pool)
            self.bury(pool)
            if self.events:
                happens = self.events.pop()
                if not happens(pool):
                    self.again(happens)

    def run(self):
        self.tables()
        pool = [self.spawn() for _ in range(3)]
        try:
            if self.args.late:
                self.come_late(pool)
            else:
                self.unrest(pool)
            self.n["unrest_s"] = round(time.time() - self.began, 1)
            self.awake(pool)
            if not self.args.late:
                self.rest(pool)
        finally:
            self.awake(pool)
            self.bury(pool)
            for d in pool:
                d.send(signal.SIGTERM)
            until = time.monotonic() + 10 * SLACK
            for d in pool:
                try:
                    code = d.process.wait(max(0.1, until - time.monotonic()))
                    self.n["died"] += code not in (0, -signal.SIGTERM)  # the latter if it has just been begun
                except subprocess.TimeoutExpired:
                    self.n["would_not_end"] += 1
                    d.send(signal.SIGKILL)
                d.end()

    def awake(self, pool):
        for d in pool:
            if d.stopped:
                d.go_on()

    def until(self, true, s):
        until = time.monotonic() + s * SLACK
        while not true() and time.monotonic() < until:
            time.sleep(0.05)

    def come_late(self, pool):
        while self.n["overtaken"] < self.args.late and time.time() < self.began + self.args.limit:
            self.asterisk.control(f"hold?match={urllib.parse.quote(CREATE)}")
            d = self.lot.choice(pool)
            self.until(lambda d=d: len(self.claimed(d)) > 3, 5)
            d.stop(0)
            calls = self.claimed(d)
            self.asterisk.control(f"release?but={'%7C'.join(calls)}")
            self.overtake(d, calls)
            self.bury(pool)
        self.asterisk.control("restart")  # nobody waits until they have talked

    def claimed(self, d):
        return [r[0] for r in self.db.ask(f"SELECT call_id FROM call WHERE state = 'claimed' AND owner LIKE '%-{d.process.pid}-%'")]

    def overtake(self, d, calls):
        overtaken = []

        def others_call():
            overtaken[:] = self.db.ask(f"""SELECT u.call_id FROM call_undone u JOIN call c USING (queue_id)
                WHERE u.call_id = ANY ('{{{",".join(calls)}}}') AND c.call_id <> u.call_id AND c.dialed_at IS NOT NULL""")
            return len(overtaken) == len(calls)

        self.until(others_call, 6)
        self.asterisk.control("release")
        self.n["pauses"] += time.monotonic() - d.stopped[0] > self.args.lease
        d.go_on()
        self.until(lambda: all(d.says(c, "dialled|not dialled|lost|ended|it is another's") for (c,) in overtaken), 10)
        # those of whom the database was asked; nothing else was in the way
        self.n["overtaken"] += sum(d.says(c, "dialled|not dialled: it may not be called any more") for (c,) in overtaken)

    def rest(self, pool):
        """Until nothing is left to call."""
        while time.time() < self.began + self.args.limit + max(60 * SLACK, self.args.limit / 5):
            if not self.unfinished():
                return
            self.bury(pool)
            time.sleep(0.3)

    # --- the judge

    def stuck(self):
        """Rows that are open, or closed without a reason, or contacts that wait for nothing."""
        return int(self.db.ask("""
            SELECT (SELECT count(*) FROM call WHERE ended_at IS NULL OR outcome IS NULL)
            + (SELECT count(*) FROM call_queue WHERE status IN ('pending', 'calling')
                OR status = 'failed' AND error_message IS NULL OR status = 'blocked' AND blocked_reason IS NULL)
            + (SELECT count(*) FROM contact WHERE status NOT IN ('Leads', 'Not_interested', 'No_answer'))
        """)[0][0])

    def verdict(self):
        a, n = self.args, self.n
        late = a.lease + 1  # half a lease, and what a slow Asterisk adds
        caps, gap, cps = a.caps, a.gap, a.cps
        # more than the rate: what a second of rest makes up for, and those who had been claimed and were dialled late
        rates = [("+999", cps, max(1, cps) + caps[2])] + ([("+9990", 1 / gap, max(1, 1 / gap) + caps[0])] if gap else [])
        found, why = judge(
            lines(self.asterisk.invites), lines(self.asterisk.ends), REST_S - 0.05, ATTEMPTS,
            [("+9990", caps[0]), ("+9991", caps[1]), ("+999", caps[2])], [("+9991", self.windows)], late, rates,
        )  # fmt: skip
        result = {"seed": a.seed, "contacts": a.contacts, **found}
        for name in ("kills", "kills_midway", "pauses", "overtaken", "postgres_restarts", "ari_cuts", "asterisk_restarts", "troubles",
                     "unrest_s", "died", "would_not_end"):  # fmt: skip
            result[name] = n[name]
        result["midway_share"] = round(n["kills_midway"] / max(1, n["kills"]), 3)
        if not a.late:
            result["stuck"] = self.stuck()
            outcomes = self.db.ask("SELECT state, count(*) FROM call GROUP BY 1")
            result["ended"] = {state: int(n) for state, n in outcomes}
            result["undialled"] = int(self.db.ask("SELECT count(*) FROM call_undone")[0][0])
            result["dialled_in_database"] = int(self.db.ask("SELECT count(*) FROM call WHERE dialed_at IS NOT NULL")[0][0])
        result["s"] = round(time.time() - self.began, 1)
        result["failed"] = self.failed(result)
        return result, why

    def failed(self, r):
        """What was to happen and did not, and what must not happen and did."""
        a = self.args
        if a.late:
            wanted = {"overtaken": a.late}
        else:
            wanted = {"kills": a.kills, "pauses": a.pauses, "postgres_restarts": a.postgres, "ari_cuts": a.cuts, "troubles": a.troubles,
                      "asterisk_restarts": a.restarts, "numbers": 0.95 * a.contacts, "kills_midway": MIDWAY * a.kills,
                      "dialled_in_database": r["invites"]}  # fmt: skip
        said = [f"{name}: {r[name]}, not {least:g}" for name, least in wanted.items() if r[name] < least]
        if a.broken:
            return said + ["called_twice: 0, which is to be found"] * (r["called_twice"] == 0)
        return said + [f"{name}: {r[name]}" for name in (*FAULTS, "stuck", "died", "would_not_end") if r.get(name)]


def clock(t):
    return time.strftime("%H:%M:%S", time.gmtime(t))


def ints(text):
    return tuple(int(n) for n in text.split(","))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--contacts", type=int, default=300)
    p.add_argument("--kills", type=int, default=20)
    p.add_argument("--pauses", type=int, default=8)
    p.add_argument("--postgres", type=int, default=1, help="restarts of it")
    p.add_argument("--cuts", type=int, default=3, help="of Asterisk's stream of events")
    p.add_argument("--restarts", type=int, default=1, help="of Asterisk")
    p.add_argument("--troubles", type=int, default=6, help="requests that are slow, fail, or get no reply")
    p.add_argument("--every", type=float, default=0.25, help="s between two of these, on average")
    p.add_argument("--cps", type=float, default=40, help="calls a second")
    p.add_argument("--gap", type=float, default=0, help="s between two calls of campaign A")
    p.add_argument("--lease", type=int, default=1, help="s")
    p.add_argument("--caps", type=ints, default=(8, 6, 12), help="calls at a time: campaign A, campaign B, trunk")
    p.add_argument("--max-calls", type=int, default=8, help="of a dispatcher")
    p.add_argument("--open", type=ints, default=(5, 9), help="s that campaign B may call, from least to most")
    p.add_argument("--shut", type=ints, default=(4, 6), help="s that it may not")
    p.add_argument("--limit", type=float, default=1200, help="s after which nothing more happens")
    p.add_argument("--late", type=int, default=0, metavar="N", help="nothing but this: see above")
    p.add_argument("--broken", action="store_true", help="without the compare-and-set")
    p.add_argument("--keep", help="folder for logs and all")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or temporary
        os.makedirs(folder, exist_ok=True)
        chaos = Chaos(args, folder)
        try:
            chaos.run()
            result, why = chaos.verdict()
        finally:
            chaos.asterisk.close()
        for line in why[:20]:
            print(line, file=sys.stderr)
        print(json.dumps(result), flush=True)
        return 1 if result["failed"] else 0


sys.exit(main())
