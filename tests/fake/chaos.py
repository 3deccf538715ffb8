#!/usr/bin/env python3
"""Kill and stop every process of a call, one by one, and listen to what the caller hears.

    chaos.py KILL|STOP PORT SPOOL FALLBACK_HZ WORK

A call runs for each process of the pipeline (as-answer, sh, as-listen, the filter between, as-speak) and each moment
(while the bot speaks, while nobody does, while the caller speaks); the signal is sent; as-dial's recording says when
the fallback begins. Besides, of each process one is struck whose caller does not close, to see what comes after the
end; and two calls that are left alone run beside them all, and hear nothing of it. The calls are answered on PORT by
    as-answer --spool SPOOL --fallback TONE sh -c 'as-listen | agent.py ... | as-speak'
Prints TAP.
"""

import array
import calendar
import json
import math
import os
import signal
import subprocess
import sys
import time
import uuid
import wave

SLACK = int(os.environ["SLACK"])  # see tests/run
RATE = 8000
MOMENTS = {"bot": 1.0, "nobody": 3.7, "caller": None}  # seconds after the bot has begun; the caller speaks by himself
CALLER_SPEAKS = 7.5  # seconds of call time
VICTIMS = ["as-answer", "sh", "as-listen", "agent", "as-speak"]
PLAYS_ON = {"as-answer", "sh"}  # without these the call goes on as if nothing had happened
LIMIT_MS = {"KILL": 300 * SLACK, "STOP": 8000 * SLACK}
SCRIPT = "silence 6.5; say {speech}; silence 30"
WITNESS = "say {speech}; silence 30"
STAYS_S = 24  # how long a caller who does not close waits for the server to do it

count, failed = 0, 0


def ok(good, text, why=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {text}", flush=True)
    if not good and why:
        print(f"# {why}", flush=True)


def processes(call_uuid):
    """pid -> name of every process that has the call's UUID in its environment, as-answer added as their ancestor."""
    found = {}
    want = f"CALLPIPE_UUID={call_uuid}".encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if want not in f.read().split(b"\0"):
                    continue
            with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                stat = f.read()
        except OSError:
            continue
        name = stat[stat.index("(") + 1 : stat.rindex(")")]
        if stat[stat.rindex(")") + 2] == "Z":
            continue
        found[int(pid)] = {"python3": "agent", "agent.py": "agent", "call": "sh"}.get(name, name)
        parent = int(stat[stat.rindex(")") + 2 :].split()[1])
        try:
            with open(f"/proc/{parent}/comm", encoding="utf-8") as f:
                if f.read().strip() == "as-answer":
                    found[parent] = "as-answer"
        except OSError:
            pass
    return found


def tone_onset(path, hz):
    """Seconds to the first 60 ms that are this tone and little else; None."""
    with wave.open(path) as w:
        assert w.getframerate() == RATE and w.getsampwidth() == 2, path
        s = array.array("h", w.readframes(w.getnframes()))
    n, run = RATE // 50, 0
    coeff = 2 * math.cos(2 * math.pi * hz / RATE)
    for k in range(len(s) // n):
        a = b = energy = 0.0
        for x in s[k * n : (k + 1) * n]:
            a, b = x + coeff * a - b, a
            energy += x * x
        power = (a * a + b * b - coeff * a * b) * 2 / n
        run = run + 1 if energy > n * 100 * 100 and power > 0.8 * energy else 0
        if run == 3:
            return (k - 2) * n / RATE
    return None


def journal(path):
    """The records of a call so far; the last line may still be on its way."""
    with open(os.path.join(path, "events.jsonl"), encoding="utf-8") as f:
        return [json.loads(line) for line in f.read().split("\n")[:-1]]


class Call:
    def __init__(self, port, spool, work, victim, moment):
        self.uuid, self.victim, self.moment = str(uuid.uuid4()), victim, moment
        self.spool = spool
        self.wav = os.path.join(work, self.uuid + ".wav")
        self.caller = subprocess.Popen(self.command(port), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.dir = self.accepted = self.hit = self.pid = self.report = None

    def command(self, port):
        script = (SCRIPT if self.victim else WITNESS).format(speech=os.environ["SPEECH"])
        return ["as-dial", "--json", "--uuid", self.uuid, "--record", self.wav, "--max-duration", "40", "-e", script,
                f"127.0.0.1:{port}"]

    def name(self):
        return f"{self.victim or 'witness'}/{self.moment}"

    def hear_out(self):
        self.report = json.loads(self.caller.communicate(timeout=60)[0].splitlines()[0])

    def ready(self):
        """True once the bot has begun to speak."""
        for day in range(-1, 2):
            d = os.path.join(self.spool, "calls", time.strftime("%Y/%m/%d", time.gmtime(time.time() + day * 86400)), self.uuid)
            if os.path.exists(os.path.join(d, "call.json")):
                with open(os.path.join(d, "call.json"), encoding="utf-8") as f:
                    at = json.load(f)["accepted_at"]
                if not os.path.exists(os.path.join(d, "events.jsonl")):
                    return False
                playing = [r["data"]["timestamp"] for r in journal(d) if r["type"] == "playing"]
                if not playing:
                    return False
                self.dir, self.begun = d, playing[0] / 1000
                self.accepted = calendar.timegm(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S")) + int(at[20:23]) / 1000
                return True
        return False

    def moment_at(self):
        """When to strike, wall clock."""
        after = MOMENTS[self.moment]
        return self.accepted + (CALLER_SPEAKS if after is None else self.begun + after)

    def strike(self, sig):
        pids = [p for p, n in processes(self.uuid).items() if n == self.victim]
        if len(pids) != 1:
            ok(False, f"{self.name()}: one process to hit", f"found {pids} of {processes(self.uuid)}")
            return
        self.pid = pids[0]
        os.kill(self.pid, sig)
        self.hit = time.time() - self.accepted

    def events(self):
        return journal(self.dir)

    def check_record(self):
        ev = self.events()
        seqs = [e["seq"] for e in ev]
        ok(seqs == list(range(1, len(seqs) + 1)), f"{self.name()}: journal without holes", str(seqs))
        said = sorted(e["data"]["utterance"] for e in ev if e["type"] == "synthesize")
        played = sorted(e["data"]["utterance"] for e in ev if e["type"] == "played")
        ok(said == played and said, f"{self.name()}: one played for each synthesize", f"{said} {played}")

    def check_end(self, _):
        r = self.report
        ok(r["end"] == "server-end" and not r["illegal"], f"{self.name()}: ends with 00 00 00", json.dumps(r))

    def check_undisturbed(self):
        """By what came, when; not by what as-speak says that it sent. Not judged where times say nothing."""
        if SLACK != 1:
            return
        r = self.report
        due = (r["duration_ms"] - r["first_frame_ms"]) / 20
        good = r["gaps"] == 0 and r["late_max_ms"] < 60 and abs(r["frames"] - due) <= 4
        ok(good, f"{self.name()}: no late frame", json.dumps(r))
        pace = next(e["data"] for e in self.events() if e["type"] == "pace")
        ok(pace["skipped"] == 0 and pace["lost"] == 0, f"{self.name()}: none for as-speak either", json.dumps(pace))

    def check_fallback(self, hz, sig):
        onset = tone_onset(self.wav, hz)
        if onset is None:
            ok(False, f"{self.name()}: the fallback is heard", f"hit at {self.hit}")
            return
        after = (onset - self.hit) * 1000
        ok(-20 <= after <= LIMIT_MS[sig], f"{self.name()}: fallback {after:.0f} ms after {sig}")

    def verdict(self):
        try:
            with open(os.path.join(self.spool, "verdicts", self.uuid), encoding="utf-8") as f:
                return f.read().strip()
        except OSError as e:
            return str(e)


class Stayer(Call):
    """A caller who does not close at 00 00 00, and hears whether anything follows it."""

    def command(self, port):
        return ["tests/fake/caller.py", str(port), self.uuid, "--keep", "--limit", str(STAYS_S * 1000)]

    def name(self):
        return f"{self.victim}/stays"

    def check_end(self, sig):
        r = self.report
        # a connection that nobody closes is as-answer's to cut, as long as there is one; stopped, it cannot
        end = "limit" if (self.victim, sig) == ("as-answer", "STOP") else "end+eof"
        good = r["ends"] == 1 and r["after_end"] == 0 and r["left"] == 0 and r["wrong"] is None and r["end"] == end
        ok(good, f"{self.name()}: one 00 00 00, not a byte after it, drained, no reset", json.dumps(r))


def wait(seconds, condition):
    end = time.monotonic() + seconds * SLACK
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def run(sig, port, spool, hz, work):
    calls = [Call(port, spool, work, v, m) for v in VICTIMS for m in MOMENTS]
    calls += [Stayer(port, spool, work, v, "bot") for v in VICTIMS]
    calls += [Call(port, spool, work, None, m) for m in ("first", "second")]
    if not wait(20, lambda: all(c.ready() for c in calls if not c.dir)):
        ok(False, "all calls are answered")
        return
    for c in sorted((c for c in calls if c.victim), key=Call.moment_at):
        time.sleep(max(0, c.moment_at() - time.time()))
        c.strike(getattr(signal, "SIG" + sig))
    for c in calls:
        c.hear_out()
    for c in calls:
        if c.pid and sig == "STOP":  # a stopped as-answer or sh is let go, so that it can end
            try:
                os.kill(c.pid, signal.SIGCONT)
            except OSError:
                pass
    for c in calls:
        fails = c.victim and c.victim not in PLAYS_ON
        c.check_end(sig)
        want = "error" if fails else "hangup"  # of a stopped as-answer: as soon as it goes on
        ok(wait(3, lambda c=c, want=want: c.verdict() == want), f"{c.name()}: verdict {want}", c.verdict())
        if isinstance(c, Stayer):
            continue
        if fails and c.hit:
            c.check_fallback(hz, sig)
        else:
            ok(tone_onset(c.wav, hz) is None, f"{c.name()}: no fallback, the call goes on")
    gone = wait(25, lambda: not any(processes(c.uuid) for c in calls))
    ok(gone, "no process is left", str({c.name(): processes(c.uuid) for c in calls if processes(c.uuid)}))
    for c in calls:
        c.check_record()
        left = [f for f in ("loop", "scribe") if os.path.exists(os.path.join(c.dir, f))]
        ok(not left, f"{c.name()}: no FIFO is left", str(left))
        if not c.victim:
            c.check_undisturbed()
    status = subprocess.run(["as-answer", "--spool", spool, "--status"], stdout=subprocess.PIPE, check=True).stdout
    live = json.loads(status.splitlines()[0]).get("calls") if status.strip() else []
    ok(live == [], "no slot is taken", repr(status))


def main():
    sig, port, spool, hz, work = sys.argv[1:6]
    run(sig, int(port), spool, float(hz), work)
    print(f"1..{count}")
    return failed > 0


sys.exit(main())
