#!/usr/bin/env python3
"""judge.py: was anybody called twice? From what Asterisk itself has written down, apart from the database.

INVITES and ENDS are the files of tests/fake/ari.py (--log, --ends). Run as a program, it judges stories with known faults:
a judge that finds nothing in them is none.
"""

import json

FAULTS = ("called_twice", "over_attempts", "over_cap", "over_rate", "outside_window")


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def judge(invites, ends, rest_s, attempts, caps, windows, late_s, rates):
    """rest_s: between the end of a call and the next one to that number, at least. attempts: to one number, at most.
    caps: [(numbers begin so, calls at a time)]. windows: [(numbers begin so, [(opens, closes), ..])]. late_s: between what
    the database allows and the INVITE, at most. rates: [(numbers begin so, calls a second, more than that at most)]."""
    ended, found = {}, dict.fromkeys(("invites", "numbers", *FAULTS), 0)
    for end in ends:
        ended.setdefault(end["channel"], end["t"])
    seen, last, tried = set(), {}, {}
    found["invites"] = len(invites)
    why = []

    def fault(kind, text):
        found[kind] += 1
        why.append(f"{kind}: {text}")

    for i in sorted(invites, key=lambda i: i["t"]):
        t, channel, number = i["t"], i["channel"], i["number"]
        if channel in seen:
            fault("called_twice", f"{number}: a second INVITE of {channel}")
        seen.add(channel)
        if number in last:
            before = last[number]
            over = ended.get(before["channel"])
            if before["channel"] != channel and (over is None or t < over + rest_s):
                gone = "is still there" if over is None or t < over else f"ended {t - over:.3f} s before"
                fault("called_twice", f"{number}: {channel} while {before['channel']} {gone}")
        last[number] = i
        tried[number] = tried.get(number, 0) + 1
        if tried[number] > attempts:
            fault("over_attempts", f"{number}: {tried[number]} times")
        for begins, hours in windows:
            if number.startswith(begins) and not any(opens <= t < closes + late_s for opens, closes in hours):
                fault("outside_window", f"{number}: at {t:.3f}")
    found["numbers"] = len(tried)
    for begins, cap in caps:
        steps = []
        for i in invites:
            if i["number"].startswith(begins):
                steps.append((i["t"], 1))
                if i["channel"] in ended:
                    steps.append((ended[i["channel"]], -1))
        n = most = 0
        for _, step in sorted(steps):  # who ends at that moment is gone
            n += step
            most = max(most, n)
        if most > cap:
            fault("over_cap", f"{begins}: {most} at a time, not {cap}")
    for begins, rate, burst in rates:
        level = most = before = 0.0
        for t in sorted(i["t"] for i in invites if i["number"].startswith(begins)):
            level, before = max(0.0, level - rate * (t - before)) + 1, t
            most = max(most, level)
        if most > burst:
            fault("over_rate", f"{begins}: {most:.0f} more than {rate:g} a second, not {burst:g}")
    return found, why


def self_check():
    def call(t, channel, number, end):
        return {"t": t, "channel": channel, "number": number}, ({"t": end, "channel": channel} if end else None)

    def found(*calls, **more):
        how = {"rest_s": 1, "attempts": 2, "caps": [("+1", 2)], "windows": [("+1", [(0, 100)])], "late_s": 1, "rates": [("+1", 2, 2)], **more}
        result, _ = judge([c[0] for c in calls], [c[1] for c in calls if c[1]], **how)
        return {k: v for k, v in result.items() if v and k not in ("invites", "numbers")}

    well = [call(1, "a", "+11", 2), call(1, "b", "+12", 3), call(3.5, "c", "+11", 4)]
    assert found(*well) == {}, found(*well)
    assert found(well[0], call(1.5, "a", "+11", None)) == {"called_twice": 1}
    assert found(call(1, "a", "+11", 3), call(2, "c", "+11", 4)) == {"called_twice": 1}
    assert found(call(1, "a", "+11", None), call(9, "c", "+11", 10)) == {"called_twice": 1}
    assert found(call(1, "a", "+11", 2), call(2.5, "c", "+11", 4)) == {"called_twice": 1}
    assert found(call(1, "a", "+11", 2), call(9, "b", "+11", 10), call(19, "c", "+11", 20)) == {"over_attempts": 1}
    assert found(call(1, "a", "+11", 9), call(2, "b", "+12", 9), call(3, "c", "+13", 9)) == {"over_cap": 1}
    assert found(call(1, "a", "+11", 3), call(2, "b", "+12", 3), call(3, "c", "+13", 9)) == {}
    fast = [call(1, "a", "+11", 1.1), call(1.2, "b", "+12", 1.3), call(1.4, "c", "+13", 1.5)]
    assert found(*fast) == {"over_rate": 1}
    assert found(*fast[:2], call(1.5, "c", "+13", 1.6)) == {}
    assert found(call(102, "a", "+11", 103)) == {"outside_window": 1}
    assert found(call(100.5, "a", "+11", 103)) == {}


if __name__ == "__main__":
    self_check()
