#!/usr/bin/env python3
"""chaos.py: dispatchers that are killed and stopped, a PostgreSQL that is restarted, an Asterisk that is cut off and
restarted, and a judge who counts INVITEs (judge.py). Run it in scripts/with-postgres. Prints one line of JSON.

Three processes `campaign run` work on two campaigns, one of which may call only now and then. What happens to them is by
lot of --seed. Then all is left alone, until nothing is to be called any more, and every row is looked at.

--broken: the database says yes to every compare-and-set, rows are taken back in any state, and Asterisk says of every
channel that is to be removed that it is not there. That must be found: called_twice > 0.
"""

import argparse
import collections
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
from judge import judge, lines  # noqa: E402

ATTEMPTS = 2
REST_S = 1
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
BROKEN = """
CREATE OR REPLACE FUNCTION campaign_dial(p_call_id text, p_node text, p_at timestamptz DEFAULT clock_timestamp())
	RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	UPDATE call SET state = 'dialing', dialed_at = p_at WHERE call_id = p_call_id;
	UPDATE call_queue SET attempts = attempts + 1 WHERE call_id = p_call_id;
	RETURN true;
END $$;
CREATE OR REPLACE FUNCTION campaign_unclaim(p_call_id text, p_node text, p_reason text, p_at timestamptz DEFAULT clock_timestamp())
	RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM call WHERE call_id = p_call_id AND ended_at IS NULL;
	UPDATE call_queue SET status = 'pending', call_id = NULL, priority = 3, next_at = p_at WHERE call_id = p_call_id;
	RETURN true;
END $$;
"""
LONG = {"default": {"ring": 5, "answer": 50, "patience": 4000, "talk": 2000, "try": "SUCCESS"}}


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
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            c.request("POST", f"/control/{what}")
            return json.loads(c.getresponse().read() or b"{}")
        except (OSError, http.client.HTTPException):
            return {}  # it is just being restarted
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
        self.stopped_until = 0.0

    def send(self, sig):
        self.process.send_signal(sig)

    def end(self):
        self.process.wait()
        self.log.close()


class Chaos:
    def __init__(self, args, folder):
        self.args, self.folder, self.lot = args, folder, random.Random(args.seed)
        self.db, self.asterisk = Database(), Asterisk(folder, LONG if args.broken else PLAN)
        self.n = collections.Counter()
        self.serial = 0
        self.began = time.time()
        self.windows = []

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
        self.db.ask(f"""
            DELETE FROM call_window; DELETE FROM holiday; UPDATE country_rule SET attempts = NULL, consent_from = NULL;
            INSERT INTO call_window SELECT '*', d, '00:00', '24:00' FROM generate_series(1, 7) d;
            INSERT INTO country_rule (country, law, tz, attempts) VALUES ('XW', 'XW', 'UTC', NULL);
            INSERT INTO call_window (country, dow, opens, closes) SELECT 'XW', dow, o::time, c::time FROM (VALUES {self.hours()}) v (dow, o, c);
            INSERT INTO trunk (name, endpoint, max_channels, cps) VALUES ('trunk', 'PJSIP/%s@trunk', {self.args.caps[2]}, {self.args.cps});
            INSERT INTO campaign (campaign_id, name, scenario, status, max_channels, gap_s, retry_s, ring_s, max_attempts, breaker_calls)
                VALUES ('camp_0000000a', 'A', 'qualify', 'active', {self.args.caps[0]}, 0, {REST_S}, 1, {ATTEMPTS}, 1000000),
                ('camp_0000000b', 'B', 'qualify', 'active', {self.args.caps[1]}, 0, {REST_S}, 1, {ATTEMPTS}, 1000000);
            INSERT INTO contact (phone, country, tz) SELECT CASE WHEN n % 4 > 0 THEN '+9990' ELSE '+9991' END || lpad(n::text, 8, '0'),
                CASE WHEN n % 4 > 0 THEN 'XX' ELSE 'XW' END, 'UTC' FROM generate_series(1, {n}) n;
            INSERT INTO call_queue (campaign_id, contact_id, phone, zone) SELECT
                CASE WHEN country = 'XX' THEN 'camp_0000000a' ELSE 'camp_0000000b' END, contact_id, phone, campaign_zone(country, tz)
                FROM contact;
        """)
        if self.args.broken:
            self.db.ask(BROKEN)
            self.asterisk.control("fail?match=%5EDELETE&status=404&n=1000000000")
            # so that processes are stopped between claim and dial often enough
            self.asterisk.control("slow?match=create&ms=300&when=after&n=1000000000")

    # --- what happens

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
        d = self.lot.choice(self.with_calls(pool) if self.lot.random() < 0.5 else pool)
        d.send(signal.SIGKILL)
        d.end()
        if d.process.returncode == -signal.SIGKILL:
            self.n["kills"] += 1
            self.n["kills_midway"] += self.open_calls(d) > 0
        else:
            self.n["died"] += 1
        pool.remove(d)
        pool.append(self.spawn())

    def with_calls(self, pool, state="%", looks=1):
        """Those who have calls in that state, if there are any."""
        for _ in range(looks):
            rows = self.db.ask(f"SELECT DISTINCT owner FROM call WHERE state LIKE '{state}' AND ended_at IS NULL")
            found = [d for d in pool if any(f"-{d.process.pid}-" in owner for owner, in rows)]
            if found:
                return found
            time.sleep(0.05)
        return pool

    def pause(self, pool):
        awake = [d for d in pool if not d.stopped_until and d.process.poll() is None]
        if len(awake) > 1:
            # without the compare-and-set it is those who have claimed what they have not dialled that call twice
            if self.args.broken or self.lot.random() < 0.5:
                awake = self.with_calls(awake, "claimed", 20 if self.args.broken else 3)
            d = self.lot.choice(awake)
            d.send(signal.SIGSTOP)
            d.stopped_until = time.monotonic() + self.args.lease * self.lot.uniform(1.1, 2.5)
            self.n["pauses"] += 1

    def wake(self, pool, everybody=False):
        for d in pool:
            if d.stopped_until and (everybody or time.monotonic() > d.stopped_until):
                d.send(signal.SIGCONT)
                d.stopped_until = 0.0

    def postgres(self, pool):
        script = os.path.join(TOP, "scripts/with-postgres")
        subprocess.run([script, "--stop", self.lot.choice(["fast", "immediate", "immediate"])], check=True)
        time.sleep(self.lot.uniform(0, 0.5))
        subprocess.run([script, "--start"], check=True)
        self.n["postgres_restarts"] += 1

    def cut(self, pool):
        self.asterisk.control(f"disconnect?down={self.lot.randint(0, 600)}")
        self.n["ari_cuts"] += 1

    def restart(self, pool):
        self.asterisk.control(f"restart?down={self.lot.randint(0, 600)}")
        self.n["asterisk_restarts"] += 1

    def trouble(self, pool):
        """A dial, or another request, that is slow, fails, or is carried out without a reply."""
        what = self.lot.choice(["dial", "dial", "create", "continue", "%5EDELETE"])
        how = self.lot.choice([
            f"slow?match={what}&ms={self.lot.randint(100, 900)}&when=before",
            f"slow?match={what}&ms={self.lot.randint(100, 6000)}&when=after",
            f"fail?match={what}&status=0", f"fail?match={what}&status=-1", f"fail?match={what}&status=500",
        ])  # fmt: skip
        self.asterisk.control(f"{how}&n={self.lot.randint(1, 3)}")
        self.n["troubles"] += 1

    def script(self):
        a = self.args
        events = [self.kill] * a.kills + [self.pause] * a.pauses + [self.postgres] * a.postgres + [self.cut] * a.cuts
        events += [self.restart] * a.restarts + [self.trouble] * a.troubles
        self.lot.shuffle(events)
        return events

    def run(self):
        self.tables()
        pool = [self.spawn() for _ in range(3)]
        try:
            events = self.script()
            for i, happens in enumerate(events):
                if time.time() > self.began + self.args.limit:
                    break
                if sys.stderr.isatty():
                    print(f"\r{i} of {len(events)}, {dict(self.n)}\033[K", end="", file=sys.stderr)
                time.sleep(self.lot.uniform(0.2, 1.8) * self.args.every)
                self.wake(pool)
                self.bury(pool)
                happens(pool)
            self.n["unrest_s"] = round(time.time() - self.began, 1)
            self.wake(pool, everybody=True)
            if self.args.broken:
                time.sleep(2 * self.args.lease)
            else:
                self.rest(pool)
        finally:
            self.wake(pool, everybody=True)
            self.bury(pool)
            for d in pool:
                d.send(signal.SIGTERM)
            until = time.monotonic() + 10
            for d in pool:
                try:
                    code = d.process.wait(max(0.1, until - time.monotonic()))
                    self.n["died"] += code not in (0, -signal.SIGTERM)  # the latter if it has just been begun
                except subprocess.TimeoutExpired:
                    self.n["would_not_end"] += not self.args.broken
                    d.send(signal.SIGKILL)
                d.end()

    def rest(self, pool):
        """Until nothing is left to call."""
        while time.time() < self.began + 1.5 * self.args.limit + 60:
            if self.db.ask("SELECT count(*) FROM call_queue WHERE status IN ('pending', 'calling')") == [["0"]]:
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
        late = self.args.lease + 1  # half a lease, and what a slow Asterisk adds
        found, why = judge(
            lines(self.asterisk.invites), lines(self.asterisk.ends), REST_S - 0.05, ATTEMPTS,
            [("+9990", self.args.caps[0]), ("+9991", self.args.caps[1]), ("+999", self.args.caps[2])], [("+9991", self.windows)], late,
        )  # fmt: skip
        result = {"seed": self.args.seed, "contacts": self.args.contacts, **found}
        for name in ("kills", "kills_midway", "pauses", "postgres_restarts", "ari_cuts", "asterisk_restarts", "troubles", "unrest_s",
                     "died", "would_not_end"):  # fmt: skip
            result[name] = self.n[name]
        if not self.args.broken:
            result["stuck"] = self.stuck()
            outcomes = self.db.ask("SELECT state, count(*) FROM call GROUP BY 1")
            result["ended"] = {state: int(n) for state, n in outcomes}
            result["undialled"] = int(self.db.ask("SELECT count(*) FROM call_undone")[0][0])
            result["dialled_in_database"] = int(self.db.ask("SELECT count(*) FROM call WHERE dialed_at IS NOT NULL")[0][0])
        result["s"] = round(time.time() - self.began, 1)
        return result, why


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
    p.add_argument("--lease", type=int, default=1, help="s")
    p.add_argument("--caps", type=ints, default=(8, 6, 12), help="calls at a time: campaign A, campaign B, trunk")
    p.add_argument("--max-calls", type=int, default=8, help="of a dispatcher")
    p.add_argument("--open", type=ints, default=(5, 9), help="s that campaign B may call, from least to most")
    p.add_argument("--shut", type=ints, default=(4, 6), help="s that it may not")
    p.add_argument("--limit", type=float, default=1200, help="s after which nothing more happens")
    p.add_argument("--broken", action="store_true")
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
        print(json.dumps(result))


main()
