#!/usr/bin/env python3
"""agent(1) where things go wrong around it, in calls that are played around it (line.py).

    agent-faults.py CASE    one of the cases below: silent if all is as it should be
    agent-faults.py --list  their names
"""

import glob
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from line import Line


def same(got, want, what=""):
    assert got == want, "%s: got %r, not %r" % (what, got, want)


def scratch():
    return tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))


def service(states, **more):
    """A scenario of these states, and a way out of each; its path."""
    sc = {
        "name": "faults",
        "start": "ask",
        "destinations": {"people": "whoever is there"},
        "on": [{"no_input": 3, "goto": "bye"}, {"no_match": 3, "goto": "bye"}, {"words": "people", "goto": "people"}],
        "states": {
            "bye": {"say": "Goodbye to you.", "hangup": "bye"},
            "people": {"say": "One moment please.", "transfer": {"to": "people", "summary": "{{heard.text}}"}},
            **states,
        },
    }
    for key, value in more.items():
        sc[key] = sc["on"] + value if key == "on" else value
    path = scratch() + "/s.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(sc, f)
    return path


def shell(script, **more):
    return {"command": ["sh", "-c", script], "timeout_ms": 20000, **more}


def gate():
    """A file, and a wait of a tool for it."""
    path = tempfile.mktemp(dir=scratch())
    return path, "until [ -e %s ]; do sleep 0.02; done; " % path


def open_gate(path):
    with open(path, "w", encoding="utf-8"):
        pass


# ---- how calls end ----


def case_hang_up_in_farewell():
    """Who hangs up as the farewell begins has finished: there is nothing to go on with."""
    where = scratch()
    line = Line(env={"CALLPIPE_SPOOL": where}, call={"from": "33612345678"})
    line.quiet()
    line.say("goodbye")
    same(line.last_words, None)
    place = line.hang_up()
    same((place["state"], place["finished"]), ("bye", True))
    same(line.all("hangup") + line.all("result"), [])
    same(glob.glob(where + "/sessions/*"), [])


def case_hang_up_before_transfer():
    """Who hangs up before he is handed over was not."""
    line = Line()
    line.quiet()
    line.say("operator")
    line.until(lambda: line.queue and line.queue[0].begun)
    same(line.last_words, None)
    place = line.hang_up()
    same((place["state"], place["finished"]), ("people", False))
    same(line.all("transfer"), [])
    same(line.all("result"), [{"hung_up_in": "people"}])


def case_effect_fails_behind_the_end():
    """Its failure has nobody to be told to: no state is entered, nothing is hung up."""
    for say in ("yes", None):
        line = Line(
            scenario=service(
                {"ask": {"say": "Shall I?", "on": [{"intent": "yes", "tool": "do", "goto": "bye"}]}},
                tools={"do": shell("sleep 0.3; exit 1", effect=True)},
                problem="bye",
            )
        )
        line.quiet()
        if say:
            line.say(say)
        place = line.hang_up()
        same(line.states(), ["ask"])
        same((place["state"], place["finished"]), ("ask", False))
        same(line.all("hangup"), [])
        same([d["status"] for d in line.all("tool-result")], ["failed"] if say else [])


def case_last_work():
    """The caller has left: a ticket is written, and what it leads to recorded."""
    tickets = tempfile.mktemp(dir=scratch())
    service_file = service(
        {"ask": {"say": "What is wrong?", "on": [{"regex": ".", "set": {"what": "{{heard.text}}"}, "say": "I see."}]}},
        variables={"what": ""},
        tools={
            "ticket": shell("cat >>%s; sleep 0.3; echo '{\"number\":7}'" % tickets, effect=True, failure={"number": None}, arguments={"type": "object", "properties": {"what": {"type": "string"}}}),
        },
        on=[
            {
                "hung_up": True,
                "when": "what",
                "tool": "ticket",
                "with": {"what": "{{what}}"},
                "save": "ticket",
                "if": [{"when": "ticket.number", "result": {"ticket": "{{ticket.number}}"}}],
                "result": {"disposition": "left"},
            }
        ],
    )
    line = Line(scenario=service_file)
    line.quiet()
    line.say("all of it")
    line.quiet()
    place = line.hang_up()
    same(line.behind, ["tool-result", "result", "result"])
    same(line.all("result"), [{"ticket": 7}, {"disposition": "left"}])
    same(place["result"], {"ticket": 7, "disposition": "left"})
    with open(tickets, encoding="utf-8") as f:
        same(json.load(f), {"what": "all of it"})
    line = Line(scenario=service_file)
    line.hang_up()
    same(line.all("tool-call"), [], "without a reason")


def case_session_not_kept():
    """Nobody goes on from a place before the one that could not be kept."""
    where = scratch()
    line = Line(env={"CALLPIPE_SPOOL": where}, call={"from": "33612345678"})
    line.quiet()
    same(len(glob.glob(where + "/sessions/*")), 1)
    os.mkdir(where + "/sessions/.c1")  # where the next one is written before it gets its name
    line.keys("1")
    same(glob.glob(where + "/sessions/*"), [])
    os.rmdir(where + "/sessions/.c1")
    line.keys("12#")
    same(len(glob.glob(where + "/sessions/*")), 1)
    line.hang_up()


# ---- what is taken back ----


def resumable():
    return service(
        {
            "ask": {"say": "How many?", "on": [{"digits": 2, "set": {"n": "{{heard.digits}}"}, "goto": "sure"}]},
            "sure": {"say": "{{n}} it is. Right?", "on": [{"words": "right", "goto": "bye"}]},
            "again": {"say": "Shall we go on?", "on": [{"intent": "yes", "resume": True}, {"any": True, "goto": "ask"}]},
        },
        resume="again",
        variables={"n": ""},
    )


def case_resume_goes_on():
    """The caller goes on after "yes": the place of the earlier call is not lost with the answer."""
    where, sc = scratch(), resumable()
    line = Line(scenario=sc, env={"CALLPIPE_SPOOL": where}, call={"from": "33612345678"})
    line.keys("42")
    line.quiet()
    line.hang_up()
    line = Line(scenario=sc, env={"CALLPIPE_SPOOL": where}, call={"from": "33612345678", "call": "c2"})
    same(line.states(), ["again"])
    line.quiet()
    line.say("yes")
    line.say("yes please")
    line.quiet()
    same(line.states(), ["again", "sure", "again", "sure"])
    assert "42 it is." in line.texts(), line.texts()
    same(line.hang_up()["variables"], {"n": "42"})


def case_keys_go_on():
    """Keys that a number was made of are there again when its answer is taken back."""
    line = Line(scenario=service({"ask": {"say": "Number?", "on": [{"digits": 4, "set": {"n": "{{heard.digits}}"}, "say": "It is {{n}}."}]}}))
    line.quiet()
    line.keys("42")
    line.say("one seven")
    same(line.queue[-1].data["text"], "It is 4217.")
    line.say("", 200)
    same(line.queue[-1].data["text"], "It is 4217.")
    line.hang_up()


# ---- tools ----


def case_aside():
    """What is said while a tool is at work does not change what it was asked about."""
    path, wait = gate()
    line = Line(
        scenario=service(
            {"ask": {"say": "Number?", "on": [{"digits": 4, "tool": "look", "save": "x", "say": "It was {{heard.digits}}."}]}},
            tools={"look": shell(wait, failure={})},
        )
    )
    line.quiet()
    line.keys("4217")
    line.say("hello are you there")
    open_gate(path)
    line.wait_for("tool-result")
    same(line.texts()[-1], "It was 4217.")
    line.hang_up()


def case_amd_beside_tool():
    """A verdict that is only noted waits for the tool, and does not get between it and its answer."""
    path, wait = gate()
    line = Line(
        scenario=service(
            {"ask": {"say": "Number?", "on": [{"digits": 4, "tool": "look", "save": "x", "say": "It is {{x.name}}."}]}},
            tools={"look": shell(wait + 'echo \'{"name":"Ada"}\'', failure={}), "note": shell("echo 1", failure=0)},
            on=[{"amd": "human", "tool": "note", "save": "noted", "result": {"human": True}}],
        )
    )
    line.quiet()
    line.keys("4217")
    line.send("amd", verdict="human", confidence=0.9, reason="", ms=100)
    same([d["name"] for d in line.all("tool-call")], ["look"])
    open_gate(path)
    line.wait_for("tool-result")
    same(line.texts()[-1], "It is Ada.")
    line.all("tool-result")[1:] or line.wait_for("tool-result")
    same(line.all("result"), [{"human": True}])
    line.hang_up()


def case_silence_after_tool():
    """The time of a tool is not the caller's silence."""
    path, wait = gate()
    line = Line(
        scenario=service({"ask": {"say": "Number?", "on": [{"digits": 4, "tool": "look", "save": "x"}]}}, tools={"look": shell(wait, failure={})})
    )
    line.quiet()
    line.keys("4217")
    line.run(15000)
    open_gate(path)
    line.wait_for("tool-result")
    n = len(line.out)
    line.run(5500)
    same(line.since(n), [])
    line.until(lambda: len(line.out) > n, 1500)
    line.hang_up()


def case_deaf():
    """A recogniser that fails every time is a technical problem, though the voice does not."""
    line = Line()
    for n in range(2):
        line.quiet()
        line.voice_starts()
        line.run(400)
        line.voice_stops()
        line.send("error", stage="stt", text="cannot recognise", code="engine", fatal=False)
        line.transcript("")
        line.quiet()
        line.until(lambda: line.queue)
    same(line.states()[-1], "menu")
    line.send("error", stage="stt", text="cannot recognise", code="engine", fatal=False)
    same(line.states()[-2:], ["problem", "people"])
    line.hang_up()


# ---- what is too much ----


def case_long_text():
    """More than an event holds, in letters of several bytes."""
    line = Line(scenario=service({"ask": {"say": "Yes?", "on": [{"words": "yes", "say": "Go on."}]}}))
    line.quiet()
    line.say("people x " + "\u0434\u0430 " * 1500, 3000)
    line.until(lambda: line.last_words)
    [data] = line.all("transfer")
    assert 1990 <= len(data["summary"].encode()) <= 2000 and data["summary"].startswith("people x \u0434"), data
    line.hang_up()


def case_long_memory():
    """A variable that grows with every turn."""
    line = Line(
        scenario=service(
            {"ask": {"say": "Yes?", "on": [{"regex": ".", "set": {"notes": "{{notes}} {{heard.text}}"}, "say": "Go on."}]}}, variables={"notes": ""}
        )
    )
    for n in range(20):
        line.quiet()
        line.run(500)
        line.say("n%d " % n + "x" * 4000, 3000)
    line.quiet()
    notes = line.hang_up()["variables"]["notes"]
    assert 60000 < len(notes) <= 65536 and notes.startswith(" n0 x"), len(notes)


def case_braces():
    """What the caller says is no template."""
    line = Line(scenario=service({"ask": {"say": "Yes?", "on": [{"regex": ".", "set": {"w": "{{heard.text}}"}, "say": "You said {{w}}, {{heard.text}}."}]}}))
    line.quiet()
    line.say("{{call.from}} {{w}} %s%n")
    same(line.texts()[-1], "You said {{call.from}} {{w}} %s%n, {{call.from}} {{w}} %s%n.")
    line.hang_up()


# ---- a stream that is not as it should be ----


def case_voice_without_end():
    """A voice that never stops does not hold the call for ever."""
    line = Line()
    line.quiet()
    line.voice_starts()
    line.voice = False
    line.until(lambda: line.last_words, 400000)
    same(line.last_words, "hangup")
    line.hang_up()


def case_clock():
    """Clocks that stand still, go back, jump, or are none."""
    line = Line()
    line.quiet()
    for at in (line.now, 0, -5, 1 << 62, (1 << 63) - 1, -(1 << 63)):
        line.send("voice-started", timestamp=at, turn=line.turn)
        line.send("playing", utterance="u1", timestamp=at, turn=0, loop=1)
        line.send("dtmf", digit="D", timestamp=at)
        line.send("played", utterance="u1", timestamp=at, status="cleared", heard_ms=at, total_ms=at, loop=1)
    for at in (0, 0, line.now + 3600000, 1 << 62, (1 << 63) - 1):
        line.send("clock", timestamp=at, dropped_ms=0)
    line.hang_up()


def case_keys_flood():
    line = Line(scenario=service({"ask": {"say": "Yes?", "on": [{"dtmf": "1", "set": {"n": 1}, "say": "One."}]}}))
    for n in range(3000):
        line.send("dtmf", digit="0123456789*#ABCD"[n % 16], timestamp=line.now)
    line.tell()
    line.until(lambda: line.last_words)
    line.hang_up()


def main():
    name = sys.argv[1]
    if name == "--list":
        print("\n".join(n[5:] for n in globals() if n.startswith("case_")))
    else:
        globals()["case_" + name]()


main()
