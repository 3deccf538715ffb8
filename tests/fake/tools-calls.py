#!/usr/bin/env python3
"""Tools in calls that are played around agent(1) (line.py): tools-calls.py SHOP.JSON CASE, or --list. PostgreSQL is that
of the environment."""

import io
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream
from line import Line


def same(got, want, what=""):
    assert got == want, "%s: got %r, not %r" % (what, got, want)


def psql(sql):
    return subprocess.run(["psql", "-Atc", sql], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def wait_until(test, what):
    for _ in range(500):
        if test():
            return
        time.sleep(0.02)
    raise AssertionError(what)


def asked():
    with open(os.path.dirname(os.path.dirname(SHOP)) + "/asked", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def service(*rules, **more):
    with open(SHOP, encoding="utf-8") as f:
        tools = json.load(f)
    for name, members in more.items():
        tools[name].update(members)
    for t in tools.values():  # the scenario is elsewhere
        if "sql" in t:
            t["sql"]["file"] = os.path.dirname(SHOP) + "/" + t["sql"]["file"]
    sc = {
        "name": "shop",
        "start": "ask",
        "problem": "trouble",
        "wait": {"say": "One moment.", "after_ms": 300},
        "variables": {"r": None},
        "on": [{"no_input": 3, "goto": "bye"}, {"no_match": 3, "goto": "bye"}, *rules],
        "states": {
            "ask": {"say": "What?", "listen": True},
            "trouble": {"say": "Trouble.", "hangup": True},
            "bye": {"say": "Goodbye.", "hangup": True},
        },
        "tools": tools,
    }
    path = tempfile.mkdtemp(dir=os.environ.get("TMPDIR")) + "/s.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(sc, f)
    return path


def case_status_in_a_condition():
    """What is not there is an answer too."""
    rule = {
        "words": "order",
        "tool": "order",
        "with": {"number": "5"},
        "failed": {"if": [{"when": "tool.code == 404", "say": "There is no such order."}, {"else": True, "say": "Sorry."}]},
    }
    line = Line(scenario=service(rule))
    line.quiet()
    line.say("my order")
    data = line.wait_for("tool-result")
    same((data["status"], data["code"], data["error"]), ("failed", 404, "HTTP 404: no order has the number 5"))
    line.quiet()
    same(line.texts()[-1], "There is no such order.")
    line.hang_up()


def case_request_with_effect_goes_on():
    """The caller hangs up: it is done, once, and its result recorded."""
    rule = {"words": "yes", "tool": "slow_effect", "save": "r", "result": {"done": "{{r}}"}}
    line = Line(scenario=service(rule, slow_effect={"timeout_ms": 5000}), call={"call": "c-77"})
    before = len(asked())
    line.quiet()
    line.say("yes")
    line.hang_up()
    same(line.all("tool-result")[0]["result"], True)
    same(line.all("result"), [{"done": True}])
    new = asked()[before:]
    same([r["headers"]["idempotency-key"] for r in new], ["c-77.t1"])


def case_request_with_effect_is_late():
    """Its time is up: the dialogue goes on as after a failure, and is told how it ended."""
    rule = {"words": "yes", "tool": "slow_effect", "failed": {"say": "I will see to it."}}
    line = Line(scenario=service(rule))
    before = len(asked())
    line.quiet()
    line.say("yes")
    same(line.wait_for("tool-result")["status"], "timeout")
    line.quiet()
    same(line.texts()[-1], "I will see to it.")
    data = line.wait_for("tool-result")
    same((data["status"], data["late"], data["result"]), ("ok", True, True))
    line.hang_up()
    same(len(asked()) - before, 1)


def case_statement_with_effect_goes_on():
    """The caller hangs up: the transaction is committed, once."""
    rule = {"words": "yes", "tool": "sleep_effect", "failed": {"say": "Hm."}}
    before = psql("select count(*) from sale where n = 77")
    line = Line(scenario=service(rule))
    line.quiet()
    line.say("yes")
    line.hang_up()
    same([d["status"] for d in line.all("tool-result")], ["timeout", "ok"])
    same(line.all("tool-result")[-1]["result"], {"rows": 1})
    same(psql("select count(*) from sale where n = 77"), str(int(before) + 1))


def case_statement_is_broken_off():
    """The caller goes on: what only reads is ended, also in the server."""
    rule = {"words": "long", "tool": "sleep", "failed": {"say": "Sorry."}}
    line = Line(scenario=service(rule, sleep={"timeout_ms": 20000}))
    sleeping = "select count(*) from pg_stat_activity where query like '%pg_sleep(30)%' and pid <> pg_backend_pid() and state = 'active'"
    line.quiet()
    line.say("a long one")
    wait_until(lambda: psql(sleeping) == "1", "it does not run")
    line.hang_up()
    same([d["status"] for d in line.all("tool-result")], ["cancelled"])
    wait_until(lambda: psql(sleeping) == "0", "it runs on in the server")


def case_limits():
    """So often in a turn, and so often in a call."""
    rule = {
        "words": "again",
        "tool": "stock",
        "failed": {"say": "Enough."},
        "do": [{"tool": "stock", "failed": {"say": "Not twice."}}],
    }
    line = Line(scenario=service(rule, stock={"limits": {"turn": 1, "call": 2}}))
    line.quiet()
    errors = []
    for _ in range(3):
        before = len(line.all("tool-result"))
        line.say("again")
        while len(line.all("tool-result")) < before + 2:
            line.wait_for("tool-result")
        line.quiet()
        errors += [d.get("error", "") for d in line.all("tool-result")[before:]]
    turn, call = "it has been called too often in this turn", "it has been called too often in this call"
    same(errors, ["", turn, "", turn, call, call])
    line.hang_up()


def case_arguments_are_refused():
    """What the caller says does not fit: it is told, and nothing runs."""
    rule = {"regex": "number (.*)", "tool": "status", "with": {"code": "{{heard.groups.1}}"}, "failed": {"say": "That is no number."}}
    line = Line(scenario=service(rule))
    before = len(asked())
    line.quiet()
    line.say("number '; drop")
    line.quiet()
    data = line.all("tool-result")[0]
    same((data["status"], data["error"]), ("failed", "the argument 'code' has to be of the type integer"))
    same(line.texts()[-1], "That is no number.")
    same(len(asked()), before)
    line.hang_up()


def case_given():
    """Who calls is known, and nobody else is asked for; a model or a scenario cannot say another."""
    rule = {"words": "mine", "tool": "mine", "with": {"q": "x"}, "failed": {"say": "I do not know you."}, "say": "Fine."}
    for number, said in (("33612345678", "Fine."), ("anonymous", "I do not know you.")):
        line = Line(scenario=service(rule), call={"from": number})
        line.quiet()
        line.say("mine")
        if number != "anonymous":
            same(line.wait_for("tool-result")["result"], {"phone": number, "q": "x"})
        line.quiet()
        same(line.all("tool-call")[0]["arguments"], {"phone": number, "q": "x"})
        assert said in line.texts(), line.texts()
        line.hang_up()


def case_slow_host_is_left_alone():
    """One that does not answer in time is not asked for a while, by any call of this machine."""
    rule = {"words": "slow", "tool": "slow", "failed": {"say": "Sorry."}}
    path, spool = service(rule), tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
    errors = []
    for _ in range(2):
        line = Line(scenario=path, env={"CALLPIPE_SPOOL": spool})
        line.quiet()
        for _ in range(3):
            line.say("slow")
            errors.append(line.wait_for("tool-result")["error"])
            line.quiet()
        line.hang_up()
    same(errors, ["it took too long"] * 5 + ["it has failed too often: not asked for a while"])


def case_replay():
    """The same is decided from the record, without anybody being asked."""
    rules = [
        {"words": "order", "tool": "order", "with": {"number": "5"}, "failed": {"if": [{"when": "tool.code == 404", "say": "No order."}, {"else": True, "say": "Sorry."}]}},
        {"words": "stock", "tool": "stock", "save": "r", "if": [{"when": "tool.more", "say": "There is more than {{r.2.sku}}."}]},
    ]
    path = service(*rules)
    line = Line(scenario=path)
    line.quiet()
    for words in ("order", "stock"):
        line.say(words)
        line.wait_for("tool-result")
        line.quiet()
    line.hang_up()
    said = ["What?", "No order.", "There is more than sku3."]
    same([t for t in line.texts() if t != "One moment."], said)
    with open(line.dir + "/events.jsonl", "w", encoding="utf-8") as f:
        for kind, data in line.out:
            f.write(json.dumps({"type": kind, "data": data}) + "\n")
    # the marks count, too: results are told by how many events had come
    sent, n = b"", 0
    for _, _, _, raw in stream.read(io.BytesIO(line.sent)):
        n += 1
        sent += raw + stream.frame("x-mark", n=n)
    sent += stream.frame("call-end", cause="caller-hangup")
    before = len(asked())
    env = dict(os.environ, SHOP_DSN="host=/nowhere")
    again = subprocess.run(["agent", "-s", path, "--replay", line.dir], input=sent, stdout=subprocess.PIPE, env=env, check=True)
    told = [json.loads(text) for text in again.stdout.splitlines() if b'"synthesize"' in text]
    same([t["data"]["text"] for t in told if t["data"]["text"] != "One moment."], said)
    same(len(asked()), before)


cases = {name[5:]: f for name, f in globals().items() if name.startswith("case_")}
SHOP, case = (None, sys.argv[1]) if len(sys.argv) == 2 else sys.argv[1:]
if case == "--list":
    print("\n".join(cases))
else:
    cases[case]()
