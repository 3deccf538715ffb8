#!/usr/bin/env python3
"""Whole calls of pipelines/qualify: real French speech by espeak-ng, a campaign of short recordings, and a recogniser that
knows what may be said (phrases.py). Prints TAP.

    qualify_calls.py WORK
"""

import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from whole import SLACK, Host, Made, Program, same, wait_for

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CALL = ROOT + "/pipelines/qualify/call"
# What the nine phrases of the campaign are, short ones.
TEXTS = {
    "hello": "Bonjour, avez-vous deux minutes ?", "retry": "Vraiment pas ?", "q1": "Propriétaire ?", "q2": "Électricité ?", "q3": "Cher ?",
    "is_leads": "Intéressé ?", "confirm": "Quand cela ?", "bye_success": "À bientôt.", "bye_failed": "Au revoir.",
}
# What callers say.
WORDS = {
    "yes": "Oui, allez-y.", "no": "Non merci, pas intéressé.", "sure": "Oui, ça m'intéresse beaucoup.", "morning": "Plutôt le matin, s'il vous plaît.",
    "never": "Ne m'appelez plus jamais, retirez-moi de votre liste !", "pardon": "Hein ?",
    "machine": "Bonjour, vous êtes bien sur la messagerie de Paul et Marie Martin. Nous ne pouvons pas vous répondre pour le moment, mais vous pouvez laisser un message après le bip sonore.",
}
LOST, REFUSED = {"disposition": "No_answer"}, {"disposition": "Not_interested", "interested": False}
LEAD = {"disposition": "Leads", "interested": True}
QUESTIONS = ["q1", "q2", "q3", "is_leads"]

# name: (script, states, results all together, verdict); {word} is said, KEY is a key at the next question
CASES = {
    "a lead, by voice at the questions that count": (
        "wait; dtmf 1; wait; dtmf 1; wait; dtmf 1; wait; dtmf 2; wait; say {sure}; wait; say {morning}; expect end within 20",
        ["hello", *QUESTIONS, "confirm", "bye_success"], {**LEAD, "slot": "morning"}, "hangup"),
    "no, and no again": ("wait; say {no}; wait; dtmf 2; expect end within 20", ["hello", "retry", "bye_failed"], REFUSED, "hangup"),
    "no, then by keys": ("wait; dtmf 2; wait; dtmf 1; wait; dtmf 1; wait; dtmf 1; wait; dtmf 1; wait; dtmf 1; wait; dtmf 3; expect end within 20",
                         ["hello", "retry", *QUESTIONS, "confirm", "bye_success"], {**LEAD, "slot": "evening"}, "hangup"),
    "never again, by voice": ("wait; say {never}; expect end within 20", ["hello", "opt_out"], {**REFUSED, "opt_out": True}, "hangup"),
    "never again, by key while we speak": ("expect audio within 5; silence 0.3; dtmf 9; expect end within 20", ["hello"],
                                           {**REFUSED, "opt_out": True, "opt_out_by": "dtmf"}, "hangup"),
    "Hein, then no": ("wait; say {pardon}; wait; dtmf 2; wait; dtmf 2; expect end within 20", ["hello", "retry", "bye_failed"], REFUSED, "hangup"),
    "a machine": ("silence 0.2; say {machine}; expect end within 20", ["hello"], LOST, "hangup"),
    "silence": ("expect end within 30", ["hello", "silent"], LOST, "hangup"),
    "yes, and gone": ("wait; say {yes}; wait; hangup", ["hello", "q1"], {"disposition": "Not_interested"}, "caller-hangup"),
    "hangs up when asked": ("wait; dtmf 1; wait; dtmf 1; wait; dtmf 1; wait; dtmf 1; wait; hangup", ["hello", *QUESTIONS], {"disposition": "Not_interested"}, "caller-hangup"),
}  # fmt: skip


def make_sounds(work, campaign=None):
    """The campaign as `prompts` makes it, and what callers say."""
    os.makedirs(work + "/spool.made/campaigns")
    for name, texts in (("short", campaign or TEXTS), ("said", WORDS)):
        os.makedirs(f"{work}/{name}.texts")
        for file, text in texts.items():
            with open(f"{work}/{name}.texts/{file}.txt", "w", encoding="utf-8") as f:
                f.write(text + "\n")
        dest = f"{work}/spool.made/campaigns/{name}" if name == "short" else f"{work}/{name}"
        subprocess.run(["prompts", "--texts", "--language=fr", "--gain=norm", f"{work}/{name}.texts", dest], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for file in WORDS:
        shutil.copy(f"{work}/said.texts/{file}.txt", f"{work}/said/{file}.txt")


class Service(Host):
    """pipelines/qualify with that campaign."""

    def __init__(self, work, env=None):
        self.work, self.ears = work, Program("phrases.py", work + "/said")
        self.from_dir = work + "/from"
        os.mkdir(self.from_dir)
        super().__init__(work, CALL, {
            "CALLPIPE_FROM_DIR": self.from_dir, "CALLPIPE_CAMPAIGNS": work + "/spool.made/campaigns", "CALLPIPE_STT": "openai",
            "CALLPIPE_STT_URL": f"http://127.0.0.1:{self.ears.port}/v1", "CALLPIPE_STT_KEY": "none", "CALLPIPE_STT_TIMEOUT": str(5000 * SLACK), **(env or {})})

    def call(self, script, scenario="short", **more):
        """The report of as-dial, and what the call left."""
        name = str(uuid.uuid4())
        with open(f"{self.from_dir}/{name}", "w", encoding="utf-8") as f:
            f.write(f"to=+33612345678\nfrom=+33162000000\ncampaign=camp_0000abcd\nscenario={scenario}\n")
        said = {word: f"{self.work}/said/{word}.wav" for word in WORDS}
        report = self.dial(script.format(**said), options=("--uuid", name, "--quiet=450"))[0]
        return report, self.made(name, **more)

    def made(self, name):
        """When all of it has been written: the record `verdict` is the last."""

        def whole():
            for d, _, files in os.walk(self.spool + "/calls"):
                if d.endswith(name) and "events.jsonl" in files:
                    with open(d + "/events.jsonl", encoding="utf-8") as f:
                        found[:] = [d] if '"type":"verdict"' in f.read() else []
            return found

        found = []
        assert wait_for(whole, 30), f"the call {name} has no end"
        return Made(found[0])


def check(call, report, states, results, verdict):
    same([d["to"] for d in call.all("state")], states, "states")
    merged = {}
    for d in call.all("result"):
        merged |= d
    same(merged, results, "result")
    same(call.verdict, verdict, "verdict")
    same(report["ok"], True, f"as-dial: {report}")
    same([e for e in call.all("error") if SLACK == 1 or e["code"] != "slow"], [], "errors")
    said, heard = call.all("synthesize"), call.all("played")
    same(sorted(d["utterance"] for d in said), sorted(d["utterance"] for d in heard), "what was to be said, and what became of it")
    for d in said:  # each is a recording, with its words
        name = os.path.basename(d["file"])[:-4]
        same(d["text"], TEXTS[name], d["file"])


def main():
    work = sys.argv[1]
    make_sounds(work)
    service = Service(work)
    names, failed, tests = list(CASES), 0, []

    def play(name):
        script, *want = CASES[name]
        try:
            report, call = service.call(script)
            if SLACK == 1 or "{" not in script:
                check(call, report, *want)
            else:  # what is said hangs on how fast the caller is beside the rest
                same([call.verdict in ("hangup", "caller-hangup"), len(call.all("synthesize"))], [True, len(call.all("played"))], name)
            return call, None
        except (AssertionError, StopIteration, OSError, subprocess.SubprocessError) as e:
            return None, f"{type(e).__name__} {e}"

    with concurrent.futures.ThreadPoolExecutor(len(names) if SLACK == 1 else 3) as pool:
        calls = dict(zip(names, pool.map(play, names)))
    for name, (_, why) in calls.items():
        tests.append((name, why))

    def test(name, what):
        try:
            what()
            tests.append((name, None))
        except (AssertionError, StopIteration, OSError, AttributeError, subprocess.SubprocessError) as e:  # AttributeError: of a call that failed
            tests.append((name, f"{type(e).__name__} {e}"))

    def whole():
        """Nothing is forgotten: each file that was played is a line, in order, and each thing that was said."""
        lead = calls[names[0] if SLACK == 1 else "no, then by keys"][0]
        subprocess.run(["assemble", "--layout=sequence", "--name=full", lead.path], check=True, stderr=subprocess.PIPE)
        name = os.path.basename(lead.path)
        with open(f"{lead.path}/transcript_{name}.json", encoding="utf-8") as f:
            lines = json.load(f)["conversation"]
        on_line = {d["utterance"] for d in lead.all("played") if d["heard_ms"]}  # not: who began to speak before it was there
        played = [os.path.basename(d["file"]) for d in lead.all("synthesize") if d["utterance"] in on_line]
        same([os.path.basename(x["audio_file"]) for x in lines if x["speaker"] == "BOT"], played, "files")
        same([x["text"] for x in lines if x["speaker"] == "BOT"][0], TEXTS["hello"], "words")
        assert os.path.getsize(f"{lead.path}/full_call_assembled_{name}.wav") > 16000 * 2
        if SLACK != 1:
            return
        same(played, [n + ".wav" for n in ["hello", *QUESTIONS, "confirm", "bye_success"]], "played")
        same([x["transcription"] for x in lines if x["speaker"] == "CLIENT"], ["1", "1", "1", "2", WORDS["sure"], WORDS["morning"]], "what was said")

    def numbers():
        """Numbers of questions, without and with a second try."""
        for name, want in ((names[0], [1, 3, 4, 5, 6, 7]), ("no, then by keys", [1, 2, 4, 5, 6, 7, 8]), ("Hein, then no", [1, 1, 2])):
            if SLACK != 1 and "{" in CASES[name][0]:
                continue
            same([d.get("question") for d in calls[name][0].all("heard")], want, name)

    def at_once():
        """The key ends the call, not the sentence before it."""
        cut = calls["never again, by key while we speak"][0].all("played")
        same([d["status"] for d in cut], ["cleared"], cut)
        assert cut[0]["heard_ms"] < 1200 or SLACK != 1, cut

    def unknown():
        for name in ("none", "../campaigns/short", "short/", "*", "."):
            same(service.call("expect end within 10", name)[1].verdict, "error", name)
        same(service.call("expect audio within 5; hangup", "")[1].verdict, "caller-hangup", "none named")
        same(service.errors().count("qualify: "), 5, service.errors())

    test("all that was played and said is in the records", whole)
    test("the key to be left alone works at once", at_once)
    test("questions have the numbers of the scenario", numbers)
    test("a campaign that is not there is told, and nobody hears another", unknown)
    print(f"1..{len(tests)}")
    for i, (name, why) in enumerate(tests, 1):
        failed += bool(why)
        print(f"{'not ok' if why else 'ok'} {i} - {name}")
        for line in (why or "").splitlines():
            print("# " + line)
    if failed:
        for line in service.errors().splitlines()[-20:]:
            print("# " + line)
    service.over()
    service.close()
    sys.stdout.flush()
    os._exit(failed > 0)


if __name__ == "__main__":
    main()
