#!/usr/bin/env python3
"""A whole campaign: 200 contacts in a file, and what becomes of each. campaign run calls them through the fake of Asterisk;
phones that are answered are as-dial callers into pipelines/qualify; what was said is loaded while the campaign runs, as by
the timer. Then every contact is held against what its phone was to do. Prints TAP.

    campaign-whole.py WORK      in scripts/with-postgres
"""

import collections
import csv
import io
import json
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import qualify_calls
from whole import SLACK, Made, same

HERE = os.path.dirname(os.path.abspath(__file__))
CHANNELS = 24
TEXTS = {**{name: name[-1] for name in qualify_calls.TEXTS}, "hello": "Bonjour ?", "bye_success": "Merci.", "bye_failed": "Adieu."}
KEYS = "; ".join(f"wait; dtmf {k}" for k in "11111")  # to the slot
LEAD, REFUSED, NOBODY = "Leads", "Not_interested", "No_answer"

# What phones do: how many; plan (a script is a talk); contact, row, outcome of the last call, INVITEs; slot; reason in dnc
Kind = collections.namedtuple("Kind", "n plan contact row outcome invites slot dnc", defaults=(None, None))
KINDS = {
    "lead, morning": Kind(16, f"{KEYS}; wait; dtmf 1; expect end within 20", LEAD, "completed", "lead", 1, "morning"),
    "lead, evening": Kind(12, f"{KEYS}; wait; dtmf 3; expect end within 20", LEAD, "completed", "lead", 1, "evening"),
    "busy, then a lead": Kind(8, ["busy", f"{KEYS}; wait; dtmf 2; expect end within 20"], LEAD, "completed", "lead", 2, "afternoon"),
    "a lead by voice": Kind(4, f"{KEYS.rpartition(';')[0]}; wait; say {{sure}}; wait; say {{morning}}; expect end within 20", LEAD, "completed", "lead", 1, "morning"),
    "refuses": Kind(22, "wait; dtmf 2; wait; dtmf 2; expect end within 20", REFUSED, "completed", "refused", 1),
    "refuses by voice": Kind(4, "wait; say {no}; wait; dtmf 2; expect end within 20", REFUSED, "completed", "refused", 1),
    "hangs up": Kind(14, "wait; dtmf 1; wait; dtmf 1; hangup", REFUSED, "completed", "refused", 1),
    "hangs up at the slot": Kind(6, f"{KEYS}; wait; hangup", REFUSED, "completed", "refused", 1),
    "never again, by key": Kind(8, "expect audio within 5; dtmf 9; expect end within 10", REFUSED, "completed", "opt_out", 1, None, "dtmf"),
    "never again, by voice": Kind(4, "wait; say {never}; expect end within 20", REFUSED, "completed", "opt_out", 1, None, "voice"),
    "silent, then a lead": Kind(4, ["expect end within 30", f"{KEYS}; wait; dtmf 1; expect end within 20"], LEAD, "completed", "lead", 2, "morning"),
    "a machine": Kind(5, "silence 0.2; say {machine}; expect end within 20", NOBODY, "failed", "machine", 2),
    "busy": Kind(18, "busy", NOBODY, "failed", "busy", 2),
    "rings out": Kind(14, "ringout", NOBODY, "failed", "no_answer", 2),
    "no such number": Kind(12, "unknown", NOBODY, "failed", "invalid", 1),
    "rejects": Kind(12, "reject", NOBODY, "failed", "rejected", 1),
    "switched off": Kind(12, "off", NOBODY, "failed", "no_answer", 2),
    "not to be called": Kind(15, "busy", "New", "blocked", None, 0, None, "manual"),
    "without consent": Kind(10, "busy", "New", "blocked", None, 0),
}
NAMES = [name for name, kind in KINDS.items() for _ in range(kind.n)]  # of each contact
NUMBERS = [f"+3361234{i:04}" for i in range(len(NAMES))]


def q(sql):
    return subprocess.run(["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql], check=True, stdout=subprocess.PIPE, text=True).stdout.strip("\n")


def rows(sql):
    return [line.split("\t") for line in q(sql).splitlines()]


def phone(what, service, work):
    """A plan of ariworld.py for that."""
    if isinstance(what, list):
        return [phone(w, service, work) for w in what]
    if ";" not in what and " " not in what:
        return what
    said = {word: f"{work}/said/{word}.wav" for word in qualify_calls.WORDS}
    script = what.format(**said)
    return {"ring": 5, "answer": [20, 200], "patience": 60000, "amd": ["HUMAN", "", 1],
            "run": ["as-dial", "--json", "--quiet=700" if "say" in script else "--quiet=300", "--uuid", "{uuid}", "--max-duration", str(60 * SLACK), "-e", script, service]}  # fmt: skip


class Asterisk:
    """The fake, as a program."""

    def __init__(self, work, plan):
        self.log = work + "/invites"
        os.mkdir(work + "/runs")
        with open(work + "/plan.json", "w", encoding="utf-8") as f:
            json.dump(plan, f)
        self.process = subprocess.Popen([sys.executable, HERE + "/ari.py", "--plan", work + "/plan.json", "--log", self.log, "--runs", work + "/runs"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def invites(self):
        with open(self.log, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def state(self):
        out = subprocess.run(["curl", "-fsS", f"http://127.0.0.1:{self.port}/control/state"], check=True, stdout=subprocess.PIPE)
        return json.loads(out.stdout)


def contacts(work):
    """The file, with rows that are there twice, and what a database has to know beside it."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";")
    lines.writerow(["telephone", "prenom", "nom", "entreprise", "consentement"])
    for i, (number, name) in enumerate(zip(NUMBERS, NAMES)):
        written = "0" + number[3:] if i % 2 else f"+33 {number[3]} {number[4:6]} {number[6:8]} {number[8:10]} {number[10:]}"
        lines.writerow([written, f"jean-{i}", "DUPONT", name, "" if name == "without consent" else "contrat"])
        if i % 20 == 0:
            lines.writerow([number, "zwei", "mal", "", "contrat"])
    with open(work + "/contacts.csv", "w", encoding="utf-8") as f:
        f.write(out.getvalue())


def prepare():
    """Contacts, a campaign, a line; hours in which it is always a time to call."""
    q("DELETE FROM holiday; DELETE FROM call_window; INSERT INTO call_window SELECT l, d, '00:00', '24:00' FROM unnest(ARRAY['FR', '*']) l, generate_series(1, 7) d")
    q(f"INSERT INTO trunk (name, endpoint, max_channels, cps) VALUES ('trunk', 'PJSIP/%n@trunk', {CHANNELS}, 30)")
    for number, name in zip(NUMBERS, NAMES):
        if name == "not to be called":
            q(f"INSERT INTO dnc (phone) VALUES ('{number}')")


def listen(run, stop):
    """What the timer does: results are loaded as they come."""
    while not stop.wait(0.5):
        run(["pipelines/deploy/results"])


class Test:
    def __init__(self):
        self.n = self.failed = 0

    def __call__(self, name, what):
        self.n += 1
        try:
            what()
            print(f"ok {self.n} - {name}", flush=True)
        except (AssertionError, OSError, KeyError, StopIteration, subprocess.SubprocessError) as e:
            self.failed += 1
            print(f"not ok {self.n} - {name}\n" + "".join(f"# {line[:400]}\n" for line in f"{type(e).__name__} {e}".splitlines()[:20]), flush=True)


def main():
    work, test = sys.argv[1], Test()
    qualify_calls.make_sounds(work, TEXTS)
    service = qualify_calls.Service(work, {"CALLPIPE_MAX_CALLS": str(CHANNELS + 4)})
    plan = {"numbers": {n[1:]: phone(KINDS[name].plan, service.where, work) for n, name in zip(NUMBERS, NAMES)}}
    asterisk = Asterisk(work, plan)
    env = {**service.env, "CALLPIPE_ARI_URL": f"http://127.0.0.1:{asterisk.port}/ari", "CALLPIPE_ARI_PASSWORD": "secret"}
    said = open(work + "/said.err", "w+", encoding="utf-8")

    def run(command, **more):
        return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True, check=False, **more)

    prepare()
    test("200 contacts are imported", lambda: imported(run, work))
    test("and a campaign is launched", lambda: launched(run))
    stop = threading.Event()
    loading = threading.Thread(target=listen, args=(run, stop))
    loading.start()
    began = time.monotonic()
    test("the dispatcher has called, and left", lambda: called(run))
    took = time.monotonic() - began
    test("and all calls are over", service.over)
    stop.set()
    loading.join()
    run(["pipelines/deploy/results"])
    test("nothing is left open", lambda: same(rows("SELECT status, count(*) FROM campaign GROUP BY 1 UNION ALL SELECT status, count(*) FROM call_queue WHERE status IN ('pending', 'calling') GROUP BY 1"
                                                   " UNION ALL SELECT state, count(*) FROM call WHERE ended_at IS NULL GROUP BY 1"), [["completed", "1"]]))
    table = {r[0]: r[1:] for r in rows("SELECT p.phone, p.status, coalesce(q.status, ''), coalesce(c.outcome, ''), coalesce(p.slot_wish, ''), p.attempts, coalesce(q.attempts, 0), coalesce(d.reason, ''),"
                                       " coalesce(c.is_interested::text, '') FROM contact p LEFT JOIN call_queue q USING (contact_id) LEFT JOIN call c ON c.call_id = q.call_id"
                                       " LEFT JOIN dnc d ON d.phone = p.phone")}
    rung = collections.Counter("+" + i["number"].lstrip("+") for i in asterisk.invites())

    def kind(name):
        k, wrong = KINDS[name], []
        for number in (n for n, of in zip(NUMBERS, NAMES) if of == name):
            want = [k.contact, k.row, k.outcome or "", k.slot or "", str(k.invites), str(k.invites), k.dnc or ""]
            if table[number][:7] != want or rung[number] != k.invites:
                wrong.append(f"{number} {table[number]}, {rung[number]} INVITEs, not {want}")
        same(wrong, [], name)
        if k.contact == LEAD:
            same({table[n][7] for n, of in zip(NUMBERS, NAMES) if of == name}, {"true"}, "interested")

    for name in KINDS:
        test(f"{KINDS[name].n} {name}: {KINDS[name].contact}", lambda name=name: kind(name))
    test("nobody else was called", lambda: same(sorted(set(rung) - set(NUMBERS)), []))
    test(f"at most {CHANNELS} at a time", lambda: same([asterisk.state()["most"] <= CHANNELS, asterisk.state()["most"] > CHANNELS // 2], [True, True], asterisk.state()["most"]))
    test("each call that was answered has its directory, its row and no error", lambda: answered(service))
    run(["assemble", "--layout=sequence", "--name=full", service.spool + "/calls"])
    run(["pipelines/deploy/results"])
    test("recordings are with the calls and the contacts", recorded)
    test("the export tells the same", lambda: exported(run, work))
    test("and so do the figures", figures)
    print(f"1..{test.n}\n# {sum(rung.values())} calls in {took:.1f} s, {asterisk.state()['most']} at a time", flush=True)
    if test.failed:
        said.seek(0)
        for line in [*said.read().splitlines()[-15:], *service.errors().splitlines()[-15:]]:
            print("# " + line[:300])
    asterisk.process.terminate()
    service.close()
    sys.stdout.flush()
    os._exit(test.failed > 0)


def imported(run, work):
    """In what people write as numbers, ten of them twice; who has no consent has none."""
    contacts(work)
    done = run(["campaign", "import", "--country=FR", "--json", work + "/contacts.csv"])
    same(done.returncode, 0, done.stdout)
    same({k: v for k, v in json.loads(done.stdout).items() if k in ("rows", "imported", "duplicates", "errors")},
         {"rows": 210, "imported": 200, "duplicates": 10, "errors": 0}, done.stdout)
    same(rows("SELECT phone, country, tz FROM contact ORDER BY 1"), [[n, "FR", "Europe/Paris"] for n in NUMBERS])
    same(q("SELECT count(*) FROM contact WHERE consent_basis IS NULL"), str(KINDS["without consent"].n))
    same(q(f"SELECT first_name, last_name FROM contact WHERE phone = '{NUMBERS[7]}'"), "Jean-7\tDupont")


def launched(run):
    """Not one that nobody has recorded; not before it is meant; then for all that may be called."""
    same(run(["campaign", "launch", "--name=x", "--scenario=nowhere"]).returncode, 69, "a scenario that is not there")
    command = ["campaign", "launch", "--name=Janvier", "--scenario=short", f"--max-channels={CHANNELS}", "--gap-ms=0", "--ring=1", "--max-attempts=2", "--retry-delay=2", "--json"]
    dry = run([*command, "--dry-run"])
    same([dry.returncode, q("SELECT count(*) FROM call_queue"), q("SELECT count(*) FROM campaign WHERE status = 'active'")], [0, "0", "0"], dry.stdout)
    done = run(command)
    same(done.returncode, 0, done.stdout)
    same(q("SELECT status, scenario, max_channels, gap_s::integer, ring_s, max_attempts, retry_s FROM campaign"), f"active\tshort\t{CHANNELS}\t0\t1\t2\t2")


def called(run):
    """All that there is to call, until nothing is left for some seconds; in time."""
    done = run(["campaign", "run", f"--max-calls={CHANNELS}", "--idle=6"], timeout=120 * SLACK)
    same(done.returncode, 0, done.stdout)


def answered(service):
    made = {os.path.basename(d): Made(d) for d, _, files in os.walk(service.spool + "/calls") if "events.jsonl" in files}
    same(sorted(r[0] for r in rows("SELECT call_id FROM call WHERE answered_at IS NOT NULL")), sorted(made), "calls")
    same({c.verdict for c in made.values()} <= {"hangup", "caller-hangup"}, True, {c.verdict for c in made.values()})
    same([e for c in made.values() for e in c.all("error") if e["code"] != "slow"], [], "errors")
    same(q("SELECT count(*) FROM call WHERE answered_at IS NOT NULL AND (journal_bytes = 0 OR said IS NULL OR campaign_id IS NULL OR direction <> 'outbound')"), "0")
    for call in made.values():  # all that was played is known
        same(len(call.all("synthesize")), len(call.all("played")), call.path)


def recorded():
    paths = rows("SELECT c.assembled_audio_path, p.audio_recording_path, p.call_duration > 0 FROM call c JOIN contact p USING (contact_id) JOIN call_queue q ON q.call_id = c.call_id"
                 " WHERE c.answered_at IS NOT NULL")
    assert len(paths) > 100, len(paths)
    for assembled, recording, talked in paths:
        same([recording, talked], [assembled, "t"])
        assert os.path.getsize(assembled) > 44, assembled


def exported(run, work):
    """Of leads and of all: who they are, and what was said."""
    done = run(["campaign", "export", "--status=Leads", f"--output={work}/leads.csv"])
    same(done.returncode, 0, done.stdout)
    with open(work + "/leads.csv", encoding="utf-8", newline="") as f:
        leads = {r["phone_number"]: r for r in csv.DictReader(f)}
    same(sorted(leads), [n for n, name in zip(NUMBERS, NAMES) if KINDS[name].contact == LEAD], "leads")
    for number, row in leads.items():
        name = NAMES[NUMBERS.index(number)]
        same([row["company"], row["slot_wish"], row["is_interested"], row["last_call_result"]], [name, KINDS[name].slot, "Oui", "lead"], number)
        assert f"BOT: {TEXTS['is_leads']}" in row["transcription_complete"], row["transcription_complete"]
    everybody = list(csv.DictReader(io.StringIO(run(["campaign", "export"]).stdout)))
    same(collections.Counter(r["status"] for r in everybody), collections.Counter(KINDS[name].contact for name in NAMES))


def figures():
    want = collections.Counter()
    for k in KINDS.values():
        want[k.contact] += k.n
        want["attempts"] += k.n * k.invites
    got = rows("SELECT total, attempts, leads, opt_outs FROM campaign_count")[0]
    same(got, [str(len(NAMES)), str(want["attempts"]), str(want[LEAD]), str(sum(k.n for k in KINDS.values() if k.outcome == "opt_out"))])


main()
