#!/usr/bin/env python3
"""Whole calls of pipelines/support, by as-dial, all at the same time; with sanitizers a few at a time.

    helpline.py PORT SPOOL FROM_DIR WORK [NAME...]

Each case is a caller's script and what the journal of the call must say afterwards: the states it went through, the
result, the verdict. The voice is that of Debian's asterisk-core-sounds-en-wav. Answered on PORT by
    CALLPIPE_SPOOL=SPOOL CALLPIPE_FROM_DIR=FROM_DIR as-answer pipelines/support/call
Prints TAP. With names only those cases are run.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import uuid

SOUNDS = "/usr/share/asterisk/sounds/en_US_f_Allison"
RATE = os.environ.get("CALLPIPE_RATE", "8000")
SLACK = int(os.environ["SLACK"])  # see tests/run
NUMBER = " ".join(f"{SOUNDS}/digits/{d}.wav" for d in "4711")
SAY = {"number": NUMBER} | {name: f"{SOUNDS}/{file}.wav" for name, file in {
    "no": "vm-no", "enabled": "enabled", "agent": "spy-agent", "nonsense": "tt-weasels"}.items()}
IN = ["welcome", "identification"]
INTERNET = [*IN, "diagnostic", "solution_internet", "verification"]
MOBILE = [*IN, "diagnostic", "solution_mobile", "verification"]
SOLVED = ["solved", "goodbye"]

# name: (script, states, members of the last result, verdict); {word} is said
CASES = {
    "keyed": ("wait; dtmf 1234; wait; dtmf 1; wait; dtmf 1; expect end within 20",
              [*INTERNET, *SOLVED], {"disposition": "solved", "problem": "internet"}, "hangup"),
    "spoken": ("wait; say {number}; wait; say {mobile}; wait; say {no}; expect end within 20",
               [*MOBILE, "transfer"], {"disposition": "transferred", "problem": "mobile"}, "transfer technician"),
    "mixed": ("wait; say {number}; wait; dtmf 2; wait; say {enabled}; expect end within 20",
              [*MOBILE, *SOLVED], {"disposition": "solved", "problem": "mobile"}, "hangup"),
    "typed ahead": ("silence 0.5; dtmf 123411; expect end within 30",
                    [*INTERNET, *SOLVED], {"disposition": "solved"}, "hangup"),
    "number and end key": ("wait; dtmf 1234#; wait; dtmf 2; wait; dtmf 1; expect end within 20",
                           [*MOBILE, *SOLVED], {"disposition": "solved"}, "hangup"),
    "another number": ("wait; dtmf 9999; wait; dtmf 1234; wait; dtmf 1; wait; dtmf 1; expect end within 20",
                       [*INTERNET, *SOLVED], {"disposition": "solved"}, "hangup"),
    "silence": ("expect end within 60", [*IN, "silent", "goodbye"], {"disposition": "silent"}, "hangup"),
    "nonsense": ("wait; say {nonsense}; wait; say {nonsense}; wait; say {nonsense}; expect end within 30",
                 [*IN, "transfer"], {"disposition": "transferred"}, "transfer technician"),
    "operator at once": ("wait; say {agent}; expect end within 20",
                         [*IN, "transfer"], {"disposition": "transferred"}, "transfer technician"),
    "operator at the question": ("wait; dtmf 1234; wait; say {agent}; expect end within 20",
                                 [*IN, "diagnostic", "transfer"], {"disposition": "transferred"}, "transfer technician"),
    "operator at the end": ("wait; dtmf 1234; wait; dtmf 1; wait; say {agent}; expect end within 20",
                            [*INTERNET, "transfer"], {"disposition": "transferred"}, "transfer technician"),
    "hang up at the number": ("wait; hangup", IN, {"disposition": "abandoned", "at": "identification"}, "caller-hangup"),
    "hang up at the question": ("wait; dtmf 1234; wait; hangup", [*IN, "diagnostic"],
                                {"disposition": "abandoned", "at": "diagnostic"}, "caller-hangup"),
    "hang up at the end": ("wait; dtmf 1234; wait; dtmf 1; wait; hangup", INTERNET,
                           {"disposition": "abandoned", "at": "verification"}, "caller-hangup"),
    "hang up while the bot speaks": ("silence 0.6; hangup", IN, {"disposition": "abandoned"}, "caller-hangup"),
}

# Calls one after the other: (number of the caller, the case that comes second)
BACK = [*IN, "diagnostic", "solution_internet", "verification"]
AGAIN = {
    "cut off, and goes on": ("33611223344", "wait; dtmf 1234; wait; dtmf 1; wait; hangup",
                             ("wait; dtmf 1; wait; dtmf 1; expect end within 20",
                              ["welcome_back", "verification", *SOLVED], {"disposition": "solved", "problem": "internet"}, "hangup")),
    "cut off, and begins anew": ("33611223355", "wait; dtmf 1234; wait; dtmf 1; wait; hangup",
                                 ("wait; dtmf 2; wait; dtmf 1234; wait; dtmf 2; wait; dtmf 1; expect end within 20",
                                  ["welcome_back", "identification", *MOBILE[2:], *SOLVED],
                                  {"disposition": "solved", "problem": "mobile"}, "hangup")),
    "cut off, number withheld": ("anonymous", "wait; dtmf 1234; wait; dtmf 1; wait; hangup",
                                 ("wait; hangup", IN, {"disposition": "abandoned"}, "caller-hangup")),
    "not cut off but finished": ("33611223366", "wait; dtmf 1234; wait; dtmf 1; wait; dtmf 1; expect end within 20",
                                 ("wait; hangup", IN, {"disposition": "abandoned"}, "caller-hangup")),
}


class Call:
    def __init__(self, name, script, port, folders, number=None):
        self.name, (self.spool, from_dir, work) = name, folders
        self.uuid = str(uuid.uuid4())
        if number:
            with open(f"{from_dir}/{self.uuid}", "w", encoding="ascii") as f:
                f.write(f"from={number}\n")
        self.heard = f"{work}/{self.uuid}.wav"
        self.dial = subprocess.Popen(
            ["as-dial", "--json", "--rate", RATE, "--uuid", self.uuid, "--record", self.heard, "-e", script.format(**SAY),
             f"127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True)

    def end(self):
        report = json.loads(self.dial.communicate()[0].splitlines()[-1])
        folder = next(d for d, _, files in os.walk(f"{self.spool}/calls") if d.endswith(self.uuid) and "events.jsonl" in files)
        wait_for_verdict(folder)
        with open(f"{folder}/events.jsonl", encoding="utf-8") as f:
            journal = [json.loads(line) for line in f]
        return report, journal


def wait_for_verdict(folder):
    """The pipeline has its last work to do when the caller has gone: the record `verdict` is the last."""
    subprocess.run(["sh", "-c", 'i=0; until tail -n1 "$0" | grep -q \'"type":"verdict"\'; do i=$((i + 1)); '
                    '[ $i -lt 400 ] || exit 1; sleep 0.05; done', f"{folder}/events.jsonl"], check=False)


def of(journal, kind):
    return [r["data"] for r in journal if r["type"] == kind]


def wrong_untimed(journal):
    """What is not as it should be in a call that hangs on a recogniser which may be much slower than the caller."""
    verdicts = [d["verdict"] for d in of(journal, "verdict")]
    fatal = [d for d in of(journal, "error") if d["fatal"]]
    return ([] if len(verdicts) == 1 and verdicts != ["error"] else [f"verdict {verdicts}"]) + fatal + unclosed(journal)


def unclosed(journal):
    said = [d["utterance"] for d in of(journal, "synthesize")]
    closed = [d["utterance"] for d in of(journal, "played")]
    return [] if sorted(said) == sorted(closed) else [f"synthesize {said}, played {closed}"]


def wrong(report, journal, states, result, verdict):
    """What is not as it should be; an empty list is a good call."""
    bad = unclosed(journal)
    seen = [d["to"] for d in of(journal, "state")]
    if seen != states:
        bad.append(f"states {seen}, not {states}")
    merged = {}
    for d in of(journal, "result"):
        merged |= d
    if {k: merged.get(k) for k in result} != result:
        bad.append(f"result {merged}, not {result}")
    if of(journal, "verdict") != [{"verdict": verdict}]:
        bad.append(f"verdict {of(journal, 'verdict')}, not {verdict}")
    if not report["ok"]:
        bad.append(f"as-dial: {report}")
    if verdict != "caller-hangup":
        last = [d for d in of(journal, "played") if d["status"] != "cleared"]
        if not last or last[-1]["status"] != "played" or last[-1]["utterance"] != of(journal, "played")[-1]["utterance"]:
            bad.append(f"the farewell was not played whole: {of(journal, 'played')[-1:]}")
    errors = [d for d in of(journal, "error") if SLACK == 1 or d["code"] != "slow"]
    if errors:
        bad.append(f"errors {errors}")
    return bad


def main():
    port, folders, names = sys.argv[1], sys.argv[2:5], sys.argv[5:]
    SAY["mobile"] = f"{folders[2]}/mobile.wav"  # of "Bluetooth mobile"
    subprocess.run(["sox", f"{SOUNDS}/spy-mobile.wav", SAY["mobile"], "trim", "0.85"], check=True)
    cases = {n: c for n, c in CASES.items() if not names or n in names}
    again = {n: c for n, c in AGAIN.items() if not names or n in names}

    def play(name):
        """A call, or two; what is wrong with the last."""
        number, case = None, cases.get(name)
        if name in again:
            number, script, case = again[name]
            Call(name, script, port, folders, number).end()
        script, *want = case
        report, journal = Call(name, script, port, folders, number).end()
        if SLACK != 1 and "{" in script:
            return wrong_untimed(journal)
        return wrong(report, journal, *want)

    names, failed = [*cases, *again], 0
    print(f"1..{len(names)}")
    with concurrent.futures.ThreadPoolExecutor(len(names) if SLACK == 1 else 6) as pool:
        for i, (name, bad) in enumerate(zip(names, pool.map(play, names)), 1):
            failed += bool(bad)
            print(f"{'not ok' if bad else 'ok'} {i} - {name}", flush=True)
            for text in bad:
                print(f"# {text}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
