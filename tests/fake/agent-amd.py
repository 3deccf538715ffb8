#!/usr/bin/env python3
"""agent(1) in outbound calls: who has answered, by sound and by words, in calls that are played around it (line.py).

    agent-amd.py CASE    one of the cases below: silent if all is as it should be
    agent-amd.py --list  their names
"""

import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from line import Line


def same(got, want, what=""):
    assert got == want, "%s: got %r, not %r" % (what, got, want)


def outbound(language="en", call=None, on=(), **states):
    sc = {
        "name": "outbound",
        "language": language,
        "start": "ask",
        "on": [
            *on,
            {"amd": ["sit", "fax", "busy"], "result": {"disposition": "No_answer", "kind": "{{amd.kind}}"}, "hangup": "tone"},
            {"amd": "full", "hangup": "full"},
            {"amd": ["screening", "ivr"], "goto": "name"},
            {"amd": "machine", "goto": "wait"},
            {"no_input": 3, "hangup": "silence"},
            {"no_match": 3, "goto": "bye"},
        ],
        "states": {
            "ask": {"say": "Do you have two minutes?", "on": [{"intent": "yes", "goto": "bye"}]},
            "wait": {
                "global": False,
                "listen": {"no_input_ms": 30000},
                "on": [{"amd": "beep", "goto": "leave"}, {"amd": "full", "hangup": "full"}, {"no_input": 1, "hangup": "no beep"}, {"no_match": 50, "hangup": "machine"}],
            },
            "leave": {"say": "Please call Sun back.", "hangup": "message"},
            "name": {"say": "It is Sun.", "hangup": "name"},
            "bye": {"say": "Goodbye.", "hangup": "bye"},
            **states,
        },
    }
    path = tempfile.mkdtemp(dir=os.environ.get("TMPDIR")) + "/s.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(sc, f)
    return Line(scenario=path, call=call if call is not None else {"campaign": "spring"})


def heard(line, verdict, confidence=0.95, **more):
    line.send("amd", verdict=verdict, confidence=confidence, reason="", ms=line.now, **more)


def told(line):
    return [(d["verdict"], d.get("kind")) for d in line.all("amd")]


def case_words_alone():
    """Without amd in the pipeline the words of a machine are enough, in each language, and tell which."""
    for language, kind, text in (
        ("fr", "voicemail", "Bonjour, vous êtes bien sur la messagerie vocale de Paul, laissez un message après le bip."),
        ("fr", "voicemail", "Salut c'est Paul, laissez-moi un message, merci."),
        ("fr", "ivr", "Bienvenue chez Orangeade, pour le service commercial tapez un."),
        ("fr", "screening", "Bonjour, veuillez annoncer votre nom après le signal."),
        ("fr", "full", "La messagerie de votre correspondant est pleine, la boîte vocale est pleine."),
        ("en", "voicemail", "Hi, you've reached Tom. Please leave a message after the tone."),
        ("en", "ivr", "Thank you for calling City Bank. For account information, press one."),
        ("en", "screening", "The person you are calling is using a screening service."),
        ("en", "full", "The mailbox is full and cannot accept any messages at this time."),
        ("ar", "voicemail", "مرحبا، لا أستطيع الرد الآن، اترك رسالة بعد الصافرة."),
        ("ar", "ivr", "مرحبا بكم، للمبيعات اضغط واحد."),
        ("ru", "voicemail", "Абонент недоступен, оставьте сообщение после сигнала."),
        ("ru", "screening", "Здравствуйте, это голосовой помощник, представьтесь, пожалуйста."),
        ("uk", "voicemail", "Вітаю, залиште повідомлення після сигналу."),
        ("uk", "ivr", "Натисніть один для відділу продажу."),
    ):
        line = outbound(language)
        line.quiet()
        line.say(text)
        same(told(line), [("machine", kind)], text)
        [event] = line.all("amd")
        same(event["reason"], "words")
        assert event["confidence"] >= 0.9 and event["text"] and event["ms"] == line.now, event
        line.until(lambda: line.last_words == "hangup" or line.states()[-1] == "wait")
        same(line.states()[-1], {"voicemail": "wait", "full": "ask"}.get(kind, "name"), text)
        line.hang_up()


def case_people():
    """What people say is none of a machine, however long it is; and without words nothing is told at all."""
    for language, text in (
        ("fr", "Allô ?"), ("fr", "Société Dupont bonjour, Sophie à votre écoute, que puis-je faire pour vous aujourd'hui ?"),
        ("fr", "Monsieur Martin n'est pas disponible pour le moment, je peux lui dire quelque chose ?"), ("fr", "Qui est à l'appareil ?"),
        ("en", "Hello, who is this?"), ("en", "Mr Smith is not available right now, can I help you with anything at all?"),
        ("ar", "ألو نعم؟"), ("ru", "Алло, слушаю вас"), ("uk", "Алло, слухаю вас")):
        line = outbound(language)
        line.quiet()
        line.say(text)
        same(told(line), [], text)
        line.hang_up()


def case_person_is_greeting():
    """The sound was that of a person; what was said is that of a machine. That a person is heard later changes nothing."""
    line = outbound("fr")
    heard(line, "human", 0.9)
    line.quiet()
    line.say("Vous êtes bien sur la messagerie de Paul, laissez un message après le bip.")
    same(told(line), [("machine", "voicemail")])
    same(line.states(), ["ask", "wait"])
    heard(line, "human", 0.9)
    same(told(line)[-1], ("machine", "voicemail"))
    same(line.states(), ["ask", "wait"])
    line.hang_up()


def case_said_so_far():
    """It is known while the greeting is still being said."""
    line = outbound("fr")
    heard(line, "human", 0.92)
    line.quiet()
    line.voice_starts()
    for rev, text in enumerate(("bonjour", "bonjour vous êtes bien", "bonjour vous êtes bien sur le répondeur", "bonjour vous êtes bien sur le répondeur de Paul laissez un"), 1):
        line.send("transcript-partial", turn=line.turn, text=text, rev=rev)
        line.run(200)
        same(line.states(), ["ask"], "one phrase against a sound that is sure")
    line.send("transcript-partial", turn=line.turn, text="bonjour vous êtes bien sur le répondeur de Paul laissez un message", rev=5)
    same(line.states(), ["ask", "wait"])
    line.voice_stops()
    line.run(500)
    line.transcript("Bonjour, vous êtes bien sur la messagerie vocale de Paul, laissez un message.")
    same(told(line), [("machine", "voicemail")])
    line.hang_up()


def case_sound_and_words_agree():
    """The sound has told it; a weak word more changes nothing, one that tells the kind is told."""
    line = outbound("en")
    heard(line, "machine")
    same(line.states(), ["ask", "wait"])
    line.say("The person you are calling is not available.")
    same(told(line), [])
    line.say("Please leave a message.")
    same(told(line), [("machine", "voicemail")])
    same(line.states(), ["ask", "wait"])
    line.hang_up()


def case_message():
    """A message is left behind the beep; nothing is asked again while its greeting goes on."""
    line = outbound("en")
    heard(line, "machine")
    line.say("Hello, this is the voicemail of Anna.")
    line.say("Leave your name and number.")
    same(line.states(), ["ask", "wait"])
    said = len(line.all("synthesize"))
    line.run(6000)
    same(len(line.all("synthesize")), said, "while it waits")
    heard(line, "machine", kind="voicemail", message="beep")
    same(line.states()[-1], "leave")
    line.until(lambda: line.last_words == "hangup")
    line.quiet()
    same(line.heard[-1][:2], ("Please call Sun back.", "played"))
    same(line.all("hangup"), [{"cause": "message"}])
    line.hang_up()


def case_late_beep():
    """A person, it seemed, and then a beep: the rule for the beep in the state it leads to comes too late, that for machines not."""
    line = outbound("en")
    heard(line, "human", 0.9)
    line.quiet()
    heard(line, "machine", kind="voicemail", message="beep")
    same(line.states()[-1], "wait")
    line.hang_up()
    line = outbound("en", on=[{"amd": "beep", "goto": "leave"}])
    heard(line, "human", 0.9)
    line.quiet()
    heard(line, "machine", kind="voicemail", message="beep")
    same(line.states()[-1], "leave")
    line.hang_up()


def case_same_again():
    """A rule is asked for what is new, not for what is told again."""
    line = outbound("en", on=[{"amd": "human", "say": "Good."}])
    line.quiet()
    for _ in range(3):
        heard(line, "human", 0.9)
        line.quiet()
    same([text for text, *_ in line.heard].count("Good."), 1)
    line.hang_up()


def case_tones():
    """The announcement behind special information tones is no machine's."""
    line = outbound("en")
    heard(line, "tone", 0.98, kind="congestion")
    line.quiet()
    line.say("The number you have dialed is not in service. Please leave a message.")
    same(told(line), [])
    line.hang_up()
    line = outbound("en")
    heard(line, "fax", 0.98, kind="ced")
    line.until(lambda: line.last_words == "hangup")
    line.hang_up()
    same(line.all("result"), [{"disposition": "No_answer", "kind": "ced"}])


def case_silence_that_speaks():
    """Nobody was heard, then somebody asks who it is."""
    line = outbound("en")
    heard(line, "silence", 0.9)
    line.quiet()
    line.say("Hello, who is this?")
    same(told(line), [("human", None)])
    line.hang_up()


def case_inbound():
    """A caller who talks of messages is none, and nothing is told of him."""
    line = outbound("en", call={})
    line.quiet()
    line.say("Please leave a message after the tone.")
    same(told(line), [])
    line.hang_up()


def case_later():
    """Behind the first 40 s a machine is no longer looked for in words."""
    line = outbound("en")
    line.quiet()
    line.say("hello")
    line.run(41000 - line.now % 20)
    if not line.last_words:
        line.say("I will leave a message on your voicemail.")
    same(told(line), [])
    line.hang_up()


def main():
    cases = {k[5:]: v for k, v in globals().items() if k.startswith("case_")}
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases))
    else:
        cases[sys.argv[1]]()


if __name__ == "__main__":
    main()
