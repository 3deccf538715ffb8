"""calldirs.py SPOOL N [SEED]: N call directories as a campaign and a help line leave them, without their sound.

Calls of 2026-11-20 and the days after; number i has the id of that number, so that a test knows which is which:
0 mod 10 crashed in mid-call, 1 mod 10 is empty, 2 mod 10 has a broken line, the others are whole.
"""
import datetime
import json
import os
import random
import sys

SAY = ["Bonjour, Marc à l'appareil, vous m'entendez ?", "Avez-vous des placements ?", "Êtes-vous propriétaire ?",
       "Cela vous intéresse-t-il ?", "Quand peut-on vous rappeler ?"]
STATES = ["hello", "q1", "q2", "is_leads", "confirm"]
ANSWERS = [("oui bien sûr", "positive"), ("non merci", "negative"), ("je ne sais pas", "neutral"),
           ("c'est pour quoi", "interrogative"), ("plutôt le matin", "neutral")]


def uuid(i):
    return "00000000-0000-4000-8000-%012d" % i


def phone(i):
    return "+336%08d" % (i % 1000 + 10000000)


class Journal:
    def __init__(self):
        self.lines, self.t = [], 0

    def add(self, what, t=None, **data):
        self.t = max(self.t, self.t if t is None else t)
        self.lines.append(json.dumps({"seq": len(self.lines) + 1, "t": self.t, "type": what, "data": data},
                                     ensure_ascii=False, separators=(",", ":")))


def ask(j, i, turn, text, state, answer, mood):
    u, t = "u%d" % turn, j.t + 20
    j.add("listen", id="l%d" % turn, end_silence_ms=700)
    j.add("synthesize", utterance=u, turn=turn, kind="answer" if turn else "prompt", text=text, language="fr")
    j.add("audio-start", utterance=u, rate=8000, cached=True)
    j.add("audio-stop", utterance=u, status="ok")
    j.add("playing", t, utterance=u, timestamp=t, turn=turn)
    if turn == 0:
        j.add("turn", t, turn=0, speech_end=0, audible_ms=t)
    else:
        j.add("turn", t, turn=turn, speech_end=t - 900, endpoint_ms=700, transcript_ms=820, text_ms=830, audio_ms=850,
              audible_ms=880 + i % 50)
    t += 3000
    j.add("played", t, utterance=u, timestamp=t, turn=turn, status="played", heard_ms=3000, total_ms=3000)
    j.add("voice-started", t + 600, timestamp=t + 500, turn=turn + 1)
    j.add("voice-stopped", t + 2200, timestamp=t + 1500, turn=turn + 1, cause="silence")
    j.add("transcript", t + 2320, turn=turn + 1, listen="l%d" % turn, text=answer, confidence=0.91, language="fr",
          start=t + 500, end=t + 1500, engine="fake", latency_ms=120)
    j.add("heard", turn=turn + 1, state=state, by="voice", match="sentiment" if state in ("hello", "is_leads") else "any",
          sentiment=mood, confidence=0.9)


def call(spool, i, rng):
    begun = datetime.datetime(2026, 11, 20, 8, 0, 0, 123000) + datetime.timedelta(minutes=7 * i)
    d = os.path.join(spool, "calls", begun.strftime("%Y/%m/%d"), uuid(i))
    os.makedirs(d)
    campaign = i % 3 != 0
    about = {"call": uuid(i), "uuid": uuid(i), "service": "qualif" if campaign else "support", "rate": 8000,
             "accepted_at": begun.strftime("%Y-%m-%dT%H:%M:%S.123Z")}
    if campaign:
        about.update({"from": "0162000000", "to": phone(i), "campaign": "camp_%08x" % (i % 3)})
    else:
        about.update({"from": phone(i), "to": "0800"})
    with open(os.path.join(d, "call.json"), "w") as f:
        f.write(json.dumps(about) + "\n")
    if i % 10 == 1:
        open(os.path.join(d, "events.jsonl"), "w").close()
        return d
    j = Journal()
    j.add("call-start", **about)
    interested, refused = False, False
    for turn, (text, state) in enumerate(zip(SAY, STATES)):
        j.add("state", **{"from": STATES[turn - 1] if turn else "", "to": state})
        answer, mood = rng.choice(ANSWERS)
        ask(j, i, turn, text, state, answer, mood)
        if i % 10 == 0 and turn == 2:
            break
        if state == "is_leads":
            interested, refused = mood in ("positive", "neutral"), mood == "negative"
            j.add("tool-call", id="t1", name="slots", arguments={"for": phone(i), "n": 3})
            j.add("tool-result", id="t1", status="ok", result=["matin", "soir"], ms=14, frames=0)
            j.add("result", interested=interested)
            if refused:
                break
        if state == "confirm":
            j.add("result", slot="matin")
    if i % 10 != 0:
        j.add("usage", stage="stt", unit="seconds", n=7.5, cost=0.003)
        j.add("hangup", cause="done")
        j.add("pace", frames=900, skipped=0, lost=0, late_p50_ms=0.1, late_p99_ms=0.4, late_max_ms=1.0)
        j.add("done", verdict="hangup")
        j.add("ended")
        j.add("call-end", cause="caller-hangup")
        j.add("verdict", verdict="hangup")
        with open(os.path.join(d, "verdict"), "w") as f:
            f.write("hangup\n")
    if i % 10 == 2:
        j.lines.insert(7, '{"seq":8,"t":12,"type":')
    text = "\n".join(j.lines) + "\n"
    if i % 10 == 0:
        text = text[:-25]  # cut off in a line
    with open(os.path.join(d, "events.jsonl"), "w") as f:
        f.write(text)
    return d


def main():
    spool, n = sys.argv[1], int(sys.argv[2])
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    old = 1700000000  # long over, also where there is no last word
    for i in range(n):
        d = call(spool, i, rng)
        for name in os.listdir(d):
            os.utime(os.path.join(d, name), (old, old))
        os.utime(d, (old, old))


if __name__ == "__main__":
    main()
