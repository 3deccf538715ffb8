#!/usr/bin/env python3
"""agent(1) in calls that are played around it (line.py).

    agent-calls.py CASE [SEED ...]      one of the cases below: silent if all is as it should be
    agent-calls.py --list               their names
"""

import glob
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream
from line import SCENARIO, Line


def same(got, want, what=""):
    assert got == want, "%s: got %r, not %r" % (what, got, want)


# ---- how it speaks ----


def case_greeting():
    line = Line()
    same(line.since(0), ["state", "state", "listen", "synthesize", "synthesize"], "at once")
    same(line.all("state")[0], {"from": "", "to": "hello"})
    listen = line.all("listen")[0]
    same(listen["language"], "en")
    same(listen["barge_in"], "words")
    assert listen["end_silence_ms"] > 0 and listen["max_ms"] > 0 and "order" in listen["hints"]["phrases"]
    first = line.all("synthesize")[0]
    same((first["turn"], first["kind"], first["language"], first["text"]), (0, "prompt", "en", "Hello."))
    assert "interruptible" not in first
    line.until(lambda: len(line.all("synthesize")) == 3)
    assert line.queue[0].begun, "the third sentence was sent before the first was heard"
    line.quiet()
    line.say("order")
    line.run(100)
    answer = line.all("synthesize")[-1]
    same((answer["turn"], answer["kind"]), (1, "answer"))
    same(line.all("listen")[-1]["hints"]["digits"], 3)
    line.hang_up()


def case_passes():
    line = Line()
    line.send("x-unknown", a={"b": [1]})
    line.send("transcript-partial", turn=1, text="o", rev=1)
    line.send("error", stage="as-answer", text="the spool is full", code="spool", fatal=False, loop=1)
    line.send("listen", id="l1", loop=1)
    line.send("usage", stage="stt", unit="seconds", n=1.5)
    line.hang_up()
    same(line.behind, [])


# ---- whose turn it is ----


def case_words():
    line = Line()
    line.hearing("You can order")
    line.voice_starts()
    line.run(400)
    line.voice_stops()
    line.run(300)
    n = len(line.out)
    line.transcript("pay")
    same(line.since(n), ["flush", "state", "listen", "synthesize"])
    same(line.heard[1][1], "cleared")
    assert 200 <= line.heard[1][2] < 400, "the pause cost %r" % (line.heard,)
    line.hang_up()


def case_cough():
    line = Line()
    line.hearing("You can order")
    n = len(line.out)
    line.say("", 150)
    same(line.since(n), ["resume"])
    line.quiet()
    assert all(status == "played" for _, status, _ in line.heard)
    same(len(line.heard), 3)
    n = len(line.out)
    line.say("", 150)
    same(line.since(n), [], "a cough into silence")
    line.hang_up()


def case_backchannel():
    line = Line()
    line.keys("112#")
    line.hearing("12 boxes")
    n = len(line.out)
    line.say("yes")
    same(line.since(n), ["resume"], "yes to half a question")
    line.hearing("Is that right")
    n = len(line.out)
    line.say("yes")
    same(line.since(n)[:3], ["flush", "heard", "tool-call"], "yes to the end of it")
    line.wait_for("tool-result")
    line.hang_up()


def case_long_voice():
    line = Line()
    line.hearing("You can order")
    line.voice_starts()
    line.run(820)
    line.until(lambda: line.all("flush"), 700 + 520)
    line.run(3000)
    line.voice_stops("max")
    line.voice_starts()
    line.turn -= 1
    line.transcript("I would like")
    line.turn += 1
    line.run(1000)
    line.voice_stops()
    line.transcript("to order")
    same(line.states()[-1], "order")
    same([t["text"] for t in line.hang_up()["talk"] if t["who"] == "caller"], ["I would like to order"])


def case_key():
    line = Line()
    line.hearing("Hello")
    n = len(line.out)
    line.key("2", 0)
    same(line.since(n), ["flush", "heard", "state", "listen", "synthesize"])
    same(line.all("heard")[0], {"turn": 0, "state": "menu", "by": "keys", "match": "dtmf"})
    same(line.all("flush")[0], {"turn": 0})
    line.hang_up()


def case_key_voids_voice():
    line = Line()
    line.quiet()
    line.voice_starts()
    line.run(300)
    line.key("1")
    same(line.states()[-1], "order")
    line.voice_starts()
    line.run(300)
    line.voice_stops()
    line.key("7")
    line.transcript("nineteen")
    line.until(lambda: line.states()[-1] == "sure", 5000)
    line.run(100)
    assert "7 boxes." in line.texts()
    line.hang_up()


def case_goes_on():
    line = Line()
    line.keys("112#")
    line.quiet()
    line.say("no")
    same(line.states()[-1], "order")
    n = len(line.out)
    line.voice_starts()
    same(line.since(n), ["state", "flush", "listen"])
    same(line.states()[-1], "sure")
    line.run(300)
    line.voice_stops()
    line.run(300)
    n = len(line.out)
    line.transcript("I mean yes")
    same(line.since(n)[:2], ["heard", "tool-call"])
    same([h["state"] for h in line.all("heard")], ["menu", "order", "sure"], "what was taken back was not heard")
    same(line.all("heard")[-1]["intent"], "yes")
    line.wait_for("tool-result")
    line.run(500)
    talk = line.hang_up()["talk"]
    same([t["text"] for t in talk if t["who"] == "caller"], ["112", "no I mean yes"][1:] if talk[0]["who"] != "caller" else ["1", "12", "no I mean yes"])


def case_goes_on_with_nothing():
    line = Line()
    line.quiet()
    line.say("pay")
    n = len(line.out)
    line.say("", 200)
    same(line.since(n), ["state", "flush", "listen", "state", "listen", "synthesize"])
    same(line.states()[-1], "pay")
    line.quiet()
    same(line.heard[-1][:2], ("Your card number please.", "played"))
    line.hang_up()


def case_goes_on_aborts_tool():
    line = Line(env={"LOOK_DO": "sleep 60"})
    line.quiet()
    line.keys("3")
    line.quiet()
    line.say("one two three four")
    line.until(lambda: line.all("tool-call"))
    n = len(line.out)
    line.voice_starts()
    same(line.since(n), ["tool-result", "flush"])
    same(line.all("tool-result")[0]["status"], "cancelled")
    line.run(300)
    line.voice_stops()
    line.transcript("no, five six seven eight")
    same([d["arguments"]["number"] for d in line.all("tool-call")], ["1234", "5678"])
    line.hang_up()
    same([d["status"] for d in line.all("tool-result")], ["cancelled", "cancelled"])


def case_results_wait():
    """A result is sent when its answer is heard; one that is taken back never was."""
    line = Line()
    line.keys("2")
    line.quiet()
    line.say("one two three four five six")
    same(line.all("result"), [])
    line.voice_starts()
    line.run(300)
    line.voice_stops()
    line.transcript("no six five four three two one")
    same(line.all("result"), [])
    line.until(lambda: line.all("result"))
    same(line.all("result"), [{"card": "654321"}])
    line.until(lambda: line.last_words)
    line.hang_up()


def case_farewell():
    line = Line()
    line.quiet()
    line.say("goodbye")
    same(line.last_words, None)
    assert all(d["interruptible"] is False for d in line.all("synthesize")[-2:])
    line.until(lambda: line.last_words)
    assert line.queue[0].begun, "hung up before a word of the farewell was heard"
    n = len(line.out)
    line.say("wait", 900)
    line.key("1")
    line.quiet()
    same(line.since(n), [])
    same([h[:2] for h in line.heard[-2:]], [("Thank you for calling.", "played"), ("Goodbye.", "played")])
    same(line.all("hangup"), [{"cause": "bye"}])
    same(line.hang_up()["finished"], True)
    same(line.all("result"), [], "hung up after the farewell")


def case_farewell_taken_back():
    line = Line()
    line.quiet()
    line.say("goodbye")
    line.voice_starts()
    line.run(400)
    line.voice_stops()
    line.transcript("no wait, order")
    same(line.states()[-1], "order")
    line.quiet()
    same(line.last_words, None)
    line.hang_up()


def case_old_listen():
    line = Line()
    line.quiet()
    line.voice_starts()
    line.run(200)
    line.voice_stops()
    line.run(100)
    line.send("dtmf", digit="9", timestamp=line.now)  # voids it, and is no answer
    line.run(3000)
    line.quiet()
    old = line.listen
    line.say("order")
    line.quiet()
    for _ in range(5):
        line.voice_starts()
        line.bound = old
        line.run(300)
        line.voice_stops()
        line.transcript("purple cows")
        line.quiet()
    same(line.states()[-1], "order", "no-match counted")
    same(line.session()["state"], "order")
    line.say("purple cows")
    line.quiet()
    line.say("purple cows")
    line.quiet()
    line.say("purple cows")
    line.run(100)
    same(line.states()[-1], "people", "three under its own listen")
    line.hang_up()


def case_no_input():
    line = Line()
    line.quiet()
    end, n = line.now, len(line.out)
    line.until(lambda: len(line.out) > n)
    assert 5000 <= line.now - end < 5500, "asked again after %d ms" % (line.now - end)
    same(line.since(n), ["synthesize"])
    # who begins to speak before it is heard is listened to, and it is taken back
    line.voice_starts()
    same(line.since(n), ["synthesize", "flush"])
    line.run(300)
    line.voice_stops()
    line.transcript("order")
    same(line.states()[-1], "order")
    line.quiet()
    line.run(3000)
    line.say("", 200)
    stop, n = line.now - 500, len(line.out)
    line.until(lambda: len(line.out) > n)
    assert 5000 <= line.now - stop < 5500, "a voice is no silence: %d" % (line.now - stop)
    line.hang_up()


def case_no_transcript():
    """A recogniser that says nothing does not hold the call."""
    line = Line()
    line.quiet()
    line.voice_starts()
    line.run(1000)
    line.voice_stops()
    n = len(line.out)
    line.run(10000)
    same([d["kind"] for k, d in line.out[n:]], ["filler"])
    line.until(lambda: line.all("synthesize")[-1]["text"] == "Order, pay, or look up?", 1000)
    line.hang_up()


def case_keys_time():
    line = Line()
    line.quiet()
    line.keys("1")
    line.quiet()
    line.key("4", 0)
    at = line.now
    line.until(lambda: line.states()[-1] == "sure")
    assert 3000 <= line.now - at <= 3500, "after %d ms" % (line.now - at)
    line.hang_up()


def case_end_key():
    line = Line()
    line.quiet()
    line.keys("1123")
    line.run(300)
    same(line.states()[-1], "sure")
    assert line.queue[0].begun
    n = len(line.out)
    line.key("#")
    same(line.since(n), ["resume"], "the end key of a number that is complete")
    line.quiet()
    assert [h[1] for h in line.heard if "123 boxes" in h[0]] == ["played"], line.heard
    line.hang_up()


def case_technical():
    line = Line()
    line.quiet()
    line.say("order")
    for _ in range(3):
        same(line.states()[-1], "order")
        line.send("error", stage="stt", text="cannot recognise", code="engine", fatal=False)
    same(line.states()[-2:], ["problem", "people"])
    line.hang_up()
    line = Line()
    for _ in range(3):
        line.until(lambda: line.queue)
        u = line.queue.pop(0)
        line.send("played", utterance=u.id, timestamp=line.now, status="failed", heard_ms=0, total_ms=0, loop=1)
    same(line.states()[-1], "people", "no voice")
    line.hang_up()


def case_amd():
    line = Line()
    line.hearing("Hello")
    line.send("amd", verdict="human", confidence=0.6, reason="", ms=900)
    same(line.states(), ["hello", "menu"])
    line.send("amd", verdict="machine", confidence=0.9, reason="", ms=2000)
    same(line.states()[-1], "machine")
    same(line.heard[0][1], "cleared")
    line.until(lambda: line.last_words == "hangup")
    line.hang_up()
    same(line.all("result"), [{"disposition": "machine"}])


def case_machine_by_words():
    line = Line()
    line.quiet()
    line.say("please leave a message after the tone", 2000)
    [amd] = line.all("amd")
    same((amd["verdict"], amd["reason"]), ("machine", "words"))
    line.until(lambda: line.last_words == "hangup")
    line.hang_up()
    same(line.all("result"), [{"disposition": "machine"}])


# ---- what was heard ----


def case_heard():
    line = Line()
    line.hearing("You can order", 1000)
    line.say("look")
    line.quiet()
    talk = line.hang_up()["talk"]
    same(talk[0], {"who": "bot", "text": "Hello."})
    same(talk[1]["cut"], True)
    assert talk[1]["text"] in ("You can order,", "You can order, pay,"), talk[1]
    same(talk[2], {"who": "caller", "text": "look"})
    same(talk[3], {"who": "bot", "text": "What is your number?"})
    same(len(talk), 4, "nothing that was not heard")


def case_filler():
    gate = tempfile.mktemp(dir=os.environ.get("TMPDIR"))
    line = Line(env={"LOOK_DO": "until [ -e %s ]; do sleep 0.02; done" % gate})
    line.keys("3")
    line.quiet()
    line.say("1234")
    line.run(1600)
    with open(gate, "w", encoding="utf-8"):
        pass
    filler = line.all("synthesize")[-1]
    same((filler["kind"], filler["text"]), ("filler", "One moment."))
    line.wait_for("tool-result")
    line.quiet()
    same(line.heard[-3][:2], ("One moment.", "played"))
    talk = line.hang_up()["talk"]
    assert not any("moment" in t["text"] for t in talk), talk
    assert "You are Ada." in [t["text"] for t in talk]


# ---- tools ----


def look(do, until="menu"):
    line = Line(env={"LOOK_DO": do})
    line.keys("31234")
    result = line.all("tool-result") or [line.wait_for("tool-result")]
    line.until(lambda: line.states()[-1] == until)
    line.quiet()
    line.hang_up()
    same(line.all("tool-call"), [{"id": "t1", "name": "look", "arguments": {"number": "1234"}}])
    same(len(result), 1)
    return result[0]


def case_tool_ok():
    result = look("")
    same((result["status"], result["result"]), ("ok", {"name": "Ada"}))
    assert result["ms"] >= 0 and result["id"] == "t1" and "late" not in result


def case_tool_fails():
    for do in ("exit 1", "kill -SEGV $$", "echo garbage", "yes | head -c 1000000", "echo '[[' ; exit 0"):
        result = look(do, "people")
        same((result["status"], result["result"]), ("failed", None), do)
        assert result["error"]


def case_tool_hangs():
    result = look("sleep 60", "people")
    same(result["status"], "timeout")
    assert 4000 <= result["ms"] < 9000, result


def order(env, **more):
    orders = tempfile.mktemp(dir=os.environ.get("TMPDIR"))
    line = Line(env=dict(env, ORDERS=orders), **more)
    line.keys("17#")
    line.until(lambda: line.queue)
    line.quiet()
    line.say("yes that is right")
    line.until(lambda: line.all("tool-call"))
    return line, orders


def case_effect_outlives_call():
    """The caller hangs up while the order is being made: it is made, once, and recorded."""
    line, orders = order({"ORDER_DO": "sleep 0.7"})
    place = line.hang_up()
    same(line.behind, ["tool-result", "result", "result"])
    result = line.all("tool-result")[0]
    same((result["status"], result["result"]), ("ok", {"number": "A7"}))
    same(line.all("result"), [{"order": "A7"}, {"hung_up_in": "sure"}])
    same((place["finished"], place["result"]["order"]), (False, "A7"))
    with open(orders, encoding="utf-8") as f:
        same(f.read(), 'c1.t1 {"amount":7}\n')


def case_effect_late():
    line, orders = order({"ORDER_DO": "sleep 2.5"})
    same(line.wait_for("tool-result")["status"], "timeout")
    line.run(200)
    assert "It could not be ordered." in line.texts()
    late = line.wait_for("tool-result")
    same((late["id"], late["status"], late["late"]), ("t1", "ok", True))
    line.hang_up()
    with open(orders, encoding="utf-8") as f:
        same(len(f.readlines()), 1)


def case_effect_not_taken_back():
    line, orders = order({"ORDER_DO": "sleep 0.3"})
    line.say("no no", 300)
    line.wait_for("tool-result")
    line.until(lambda: line.states()[-1] == "menu")
    line.quiet()
    line.hang_up()
    same([d["status"] for d in line.all("tool-result")], ["ok"])
    with open(orders, encoding="utf-8") as f:
        same(len(f.readlines()), 1)


def case_tool_at_hang_up():
    """One that only reads is not waited for."""
    line = Line(env={"LOOK_DO": "sleep 60"})
    line.keys("31234")
    line.until(lambda: line.all("tool-call"))
    begun = time.monotonic()
    line.hang_up()
    assert time.monotonic() - begun < 10
    same([d["status"] for d in line.all("tool-result")], ["cancelled"])


def case_tool_missing():
    where = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
    with open(SCENARIO, encoding="utf-8") as f:
        scenario = json.load(f)
    with open("tests/data/agent/tools.json", encoding="utf-8") as f:
        scenario["tools"] = json.load(f)
    for name in scenario["tools"]:
        shutil.copy("tests/data/agent/" + name, where)
    with open(where + "/s.json", "w", encoding="utf-8") as f:
        json.dump(scenario, f)
    line = Line(scenario=where + "/s.json")
    os.unlink(where + "/look")  # it was there when the scenario was checked
    line.keys("31234")
    line.until(lambda: line.last_words == "transfer")
    same([d["status"] for d in line.all("tool-result")], ["failed"])
    line.hang_up()


# ---- hanging up, and going on ----


def spool():
    return tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))


def reach(line, state):
    keys = {"menu": "", "order": "1", "sure": "112#", "pay": "2", "look": "3"}[state]
    line.keys(keys)
    line.until(lambda: line.states()[-1] == state)
    line.until(lambda: line.queue and line.queue[0].begun)
    return line


def stored(where):
    return [os.path.basename(p) for p in glob.glob(where + "/sessions/*")]


def case_hang_up_everywhere():
    for state in ("menu", "order", "sure", "pay", "look"):
        place = reach(Line(), state).hang_up()
        same((place["state"], place["finished"], place["scenario"]), (state, False, "rules"))
        same(place["result"], {"hung_up_in": state})


def cut_off(where, call="c1", state="sure", service="rules", number="33612345678", **more):
    line = reach(Line(env={"CALLPIPE_SPOOL": where}, call={"call": call, "from": number, "service": service, **more}), state)
    line.hang_up()
    return line


def again(where, *args, call="c2", service="rules", number="33612345678"):
    return Line(*args, env={"CALLPIPE_SPOOL": where}, call={"call": call, "from": number, "service": service})


def case_resume_yes():
    where = spool()
    cut_off(where)
    same(len(stored(where)), 1)
    assert "12345678" not in stored(where)[0]
    same(os.stat(where + "/sessions.key").st_mode & 0o777, 0o600)
    line = again(where)
    same(line.states(), ["again"])
    line.quiet()
    assert not any("12" in (t or "") for t in line.texts()), "something was revealed before it was asked"
    line.say("yes please")
    line.quiet()
    same(line.states(), ["again", "sure"])
    assert "12 boxes." in line.texts()
    line.say("yes that is right")
    same(line.all("tool-call")[0]["arguments"], {"amount": 12})
    line.wait_for("tool-result")
    line.quiet()
    line.say("goodbye")
    line.until(lambda: line.last_words)
    line.hang_up()
    same(stored(where), [], "a finished dialogue is not kept")
    same(again(where, call="c3").states()[0], "hello")


def case_resume_no():
    where = spool()
    cut_off(where)
    line = again(where)
    line.quiet()
    line.say("no")
    same(line.states(), ["again", "hello", "menu"])
    line.quiet()
    line.keys("1")
    line.run(200)
    line.hang_up()
    line = again(where, call="c3")
    line.quiet()
    line.say("yes")
    same(line.states(), ["again", "order"], "it is the second that is left")
    line.hang_up()


def case_resume_undecided():
    """A caller who is cut off once more, before he could say so, is asked again; and it does not last longer for it."""
    where = spool()
    cut_off(where)
    line = again(where)
    line.run(500)
    line.hang_up()
    line = again(where, call="c3")
    line.quiet()
    line.say("yes")
    same(line.states(), ["again", "sure"])
    line.hang_up()


def case_resume_refused():
    where = spool()
    cut_off(where)
    for call in (dict(number="33612345679"), dict(number="anonymous"), dict(number=""), dict(service="sales")):
        line = again(where, call="x", **call)
        same(line.states(), ["hello", "menu"], call)
        line.send("x-nothing")
        line.agent.kill()
    line = again(where, "--session-ttl=0", call="y")
    same(line.states(), ["hello", "menu"], "not wanted")
    line.agent.kill()
    where = spool()
    cut_off(where, number="anonymous")
    same(stored(where), [], "nothing is kept of who is not known")


def case_resume_too_late():
    where = spool()
    cut_off(where)
    [name] = stored(where)
    path = where + "/sessions/" + name
    with open(path, encoding="utf-8") as f:
        place = json.load(f)
    place["time"] -= 1801
    with open(path, "w", encoding="utf-8") as f:
        json.dump(place, f)
    same(again(where).states(), ["hello", "menu"])


def case_resume_killed():
    """A pipeline that dies leaves what it had come to."""
    where = spool()
    line = reach(again(where, call="c1"), "sure")
    line.agent.kill()
    line.agent.wait()
    line = again(where)
    line.quiet()
    line.say("yes")
    same(line.states(), ["again", "sure"])
    line.hang_up()


def case_resume_two_at_a_time():
    where = spool()
    one = reach(again(where, call="c1"), "sure")
    two = reach(again(where, call="c2"), "look")
    same(two.states()[0], "hello", "a call that goes on is not taken")
    same(len(stored(where)), 2)
    one.hang_up()
    first = again(where, call="c3")
    same(first.states(), ["again"])
    same(again(where, call="c4").states()[0], "hello", "nor is one given twice")
    two.hang_up()
    first.hang_up()


# ---- a recogniser that is slow ----


def slow(**wait):
    """A call of a scenario that says "One moment." for one."""
    scenario = {
        "name": "slow", "start": "ask", "problem": "bye", "phrases": {"moment": ["One moment.", "Bear with me."]}, "wait": {"say": "phrase:moment", **wait},
        "on": [{"no_input": 3, "goto": "bye"}, {"no_match": 3, "goto": "bye"}],
        "states": {"ask": {"say": "What?", "listen": {}, "on": [{"words": "order", "say": "Ordered."}]}, "bye": {"say": "Goodbye.", "hangup": True}},
    }
    path = tempfile.mkdtemp(dir=os.environ.get("TMPDIR")) + "/s.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(scenario, f)
    line = Line(scenario=path)
    line.quiet()
    return line


def noticed(line):
    """The caller has finished, and that is noticed behind the silence."""
    line.voice = False
    line.run(700)
    line.send("voice-stopped", timestamp=line.now - 700, turn=line.turn, cause="silence")


def case_slow_recogniser():
    line = slow()
    for text in ("One moment.", "Bear with me."):
        line.voice_starts()
        line.run(400)
        noticed(line)
        since, n = line.now, len(line.out)
        line.until(lambda: line.since(n))
        same(line.since(n), ["synthesize"])
        same((line.all("synthesize")[-1]["kind"], line.all("synthesize")[-1]["text"], line.all("synthesize")[-1]["turn"]), ("filler", text, line.turn))
        assert 1000 <= line.now - since <= 1500, line.now - since
        line.hearing(text)
        n = len(line.out)
        line.transcript("order")
        same(line.since(n), ["synthesize"], "it plays out, and the answer is behind it")
        line.quiet()
        same([h[:2] for h in line.heard[-2:]], [(text, "played"), ("Ordered.", "played")])
    place = line.hang_up()
    same([t["text"] for t in place["talk"]], ["What?", "order", "Ordered.", "order", "Ordered."], "nobody remembers it")


def case_slow_recogniser_once():
    """However long it takes, and if nothing was said in the end."""
    line = slow()
    line.voice_starts()
    line.run(400)
    noticed(line)
    line.run(6000)
    n = len(line.out)
    line.transcript("")
    same(line.since(n), [])
    same([d["text"] for d in line.all("synthesize")], ["What?", "One moment."])
    line.hang_up()


def case_slow_recogniser_unbegun():
    """The answer comes before it has begun: it is not said."""
    line = slow(silence_ms=1000)
    line.voice_starts()
    line.run(400)
    noticed(line)
    line.until(lambda: len(line.all("synthesize")) == 2)
    line.transcript("order")
    line.quiet()
    same([h[:2] for h in line.heard], [("What?", "played"), ("One moment.", "cleared"), ("Ordered.", "played")])
    line.hang_up()


def case_slow_recogniser_interrupted():
    """Who speaks meanwhile is heard, and so is what was said before; a key ends it."""
    line = slow()
    line.voice_starts()
    line.run(400)
    noticed(line)
    line.until(lambda: line.queue)
    line.hearing("One moment.", 100)
    line.voice_starts()
    line.run(300)
    noticed(line)
    line.send("transcript", turn=1, text="purple", listen="l1")
    same(line.all("flush"), [{"turn": 2}], "words, while somebody speaks into it")
    n = len(line.out)
    line.transcript("order")
    same(line.since(n), ["synthesize"])
    line.quiet()
    same(line.heard[-1][:2], ("Ordered.", "played"))
    line.voice_starts()
    line.run(400)
    noticed(line)
    line.until(lambda: line.queue)
    line.hearing("Bear with me.", 100)
    n = len(line.out)
    line.key("1")
    assert "flush" in line.since(n), line.since(n)
    line.hang_up()


def case_slow_recogniser_spoken_on():
    """No wait phrase while somebody speaks, nor into the prompt."""
    line = slow()
    line.voice_starts()
    line.run(400)
    noticed(line)
    line.run(400)
    line.voice_starts()
    line.run(2500)
    same([d["text"] for d in line.all("synthesize")], ["What?"])
    line.voice_stops("max")
    line.run(500)
    line.hang_up()


def case_slow_voice():
    """A wait phrase goes before the answer that nobody has made a sound of; nobody remembers it."""
    line = slow()
    line.voice_ms = 4000
    line.voice_starts()
    line.run(400)
    noticed(line)
    line.transcript("order")
    since = line.now
    line.until(lambda: line.all("synthesize")[-1]["kind"] == "filler")
    assert 1000 <= line.now - since <= 1500, line.now - since
    line.quiet()
    same([h[:2] for h in line.heard], [("What?", "played"), ("One moment.", "played"), ("Ordered.", "played")])
    line.voice_ms = 700
    line.say("order", 500, 700)
    line.quiet()
    same([d["text"] for d in line.all("synthesize")], ["What?", "Ordered.", "One moment.", "Ordered."], "one that is only a little slow")
    place = line.hang_up()
    same([t["text"] for t in place["talk"]], ["What?", "order", "Ordered.", "order", "Ordered."])


def case_slow_voice_interrupted():
    """Who speaks on while it is said cuts both off."""
    line = slow()
    line.voice_ms = 4000
    line.say("order")
    line.until(lambda: line.all("synthesize")[-1]["kind"] == "filler")
    line.hearing("One moment.", 100)
    line.say("order")
    line.quiet()
    same([h[:2] for h in line.heard[:3]], [("What?", "played"), ("One moment.", "cleared"), ("Ordered.", "cleared")])
    same(line.heard[-1][:2], ("Ordered.", "played"))
    line.hang_up()


# ---- replay ----


def case_replay():
    """The stream once more, with the tools' answers from the journal: the same bytes."""
    line = Line(env={"LOOK_DO": "sleep 0.2"})
    line.hearing("You can order")
    line.say("mm-hm")
    line.quiet()
    line.keys("3")
    line.quiet()
    line.say("one two")
    line.say("three four")
    line.run(2000)
    line.wait_for("tool-result")
    line.quiet()
    line.say("order")
    line.say("five", 300)
    line.quiet()
    line.hang_up()
    journal = line.dir + "/events.jsonl"
    with open(journal, "w", encoding="utf-8") as f:
        for n, (kind, data) in enumerate(line.out):
            print(json.dumps({"seq": n + 1, "t": 0, "type": kind, "data": data}), file=f)
    # the marks count, too: results are told by how many events had come
    marked, n = b"", 0
    for _, _, _, raw in stream.read(io.BytesIO(line.sent)):
        n += 1
        marked += raw + stream.frame("x-mark", n=n)
    sent = marked + stream.frame("call-end", cause="caller-hangup")
    env = dict(os.environ, LOOK_DO="exit 1")
    runs = [subprocess.run(["agent", "-s", SCENARIO, "--replay", line.dir], input=sent, stdout=subprocess.PIPE, env=env, check=True).stdout for _ in "ab"]
    same(runs[0], runs[1])
    own = [(k, d) for k, d, _, _ in stream.read(io.BytesIO(runs[0])) if k in {k for k, _ in line.out}]
    got = [(k, d) for k, d in own]
    want = [(k, d) for k, d in line.out]
    same(got, want)


# ---- seeds ----


def talk(seed):
    """A caller who does anything at any time: what Line asserts holds, and the call comes to an end."""
    rnd = random.Random(seed)
    line = Line(call={"from": "anonymous"})
    words = ["order", "pay", "look", "yes", "no", "mm-hm", "twelve", "1234", "one two", "what?", "purple cows", "", "", "repeat that please"]
    while not line.last_words and line.now < 120000:
        what = rnd.random()
        if what < 0.45:
            line.say(rnd.choice(words), rnd.randrange(100, 1500, 20), rnd.choice([rnd.randrange(100, 1200, 20)] * 3 + [3000]))
        elif what < 0.55:
            line.key(rnd.choice("123456789*#"))
        elif what < 0.6:
            line.voice_starts()
            line.run(rnd.randrange(100, 600, 20))
            line.key(rnd.choice("1234"))
        else:
            line.run(rnd.randrange(100, 4000, 20))
        while len(line.all("tool-call")) > len(line.all("tool-result")):
            line.wait_for("tool-result")
    line.until(lambda: line.last_words, 60000)
    line.quiet()
    if any(d["to"] in ("people", "bye") for d in line.all("state")):
        assert line.heard[-1][1] == "played", "the farewell was cut: %r" % (line.heard[-1],)
    place = line.hang_up()
    assert place["finished"]
    heard = [t["text"] for t in place["talk"] if t["who"] == "bot"]
    full = [t for t, status, _ in line.heard if status == "played"]
    assert [t for t in heard if t in full][-1:] == full[-1:], "what was heard is not what is remembered"
    same(len(line.heard), len(line.names), "utterances that ended")


def case_seeds(*seeds):
    for seed in seeds:
        try:
            talk(int(seed))
        except AssertionError as e:
            raise AssertionError("seed %s: %s" % (seed, e)) from e


def main():
    name = sys.argv[1]
    if name == "--list":
        print("\n".join(n[5:] for n in globals() if n.startswith("case_") and n != "case_seeds"))
    else:
        globals()["case_" + name](*sys.argv[2:])


main()
