#!/usr/bin/env python3
"""service-calls.py: whole calls in which recogniser, model and voice are services, that answer at once. Of each pair of engines a
call of four turns; in the first the model calls two tools at once. Prints TAP, and for each call a row: of its turns the steps
from the endpoint on, worst of the four, ms:

    stt      until the transcript        model    from the question to its first token
    voice    from the text to its first sound
    all      from the endpoint to the first that is on the line
    theirs   of that the voice needed by its own clock, to make a tone; the others answer at once, and count as ours
    ours     the rest
    slot     of that the wait for the line: a frame leaves each 20 ms
    work     and what is left: our programs, and what lies between them and the services
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import deepgram
import voices
from whole import SLACK, SOUNDS, Host, Program, same

T = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
STT, MODELS, TTS = ["deepgram", "openai"], ["openai", "anthropic"], ["openai", "elevenlabs", "deepgram", "piper"]
PAIRS = [(STT[i % 2], MODELS[i // 2 % 2], TTS[(i + i // 4) % 4]) for i in range(8)]
ANSWERS = [
    {"words": ["Let me ", "look. "], "calls": [["c1", "stock", '{"size":"R16"}'], ["c2", "find", '{"number":"4217"}']], "usage": [20, 0, 5]},
    {"words": ["They cost ", "sixty euros. "]},
    {"words": ["We close", " at six."]},
    {"words": ["Yes, ", "you can."]},
    {"words": ["Good."], "calls": [["c3", "leave", '{"exit":"done"}']]},
]
SAID = ["Let me look.", "They cost sixty euros.", "We close at six.", "Yes, you can.", "Good.", "Goodbye."]


def tool(name, **more):
    return {"command": ["cat"], "description": name, "arguments": {"type": "object", "properties": {k: {"type": "string"} for k in more}, "required": list(more)}}


SCENARIO = {
    "name": "shop", "language": "en", "start": "talk", "problem": "problem", "tools": {"stock": tool("Stock.", size=1), "find": tool("Finds.", number=1)},
    "listen": {"end_silence_ms": 400}, "on": [{"no_input": 3, "goto": "bye"}, {"no_match": 3, "goto": "bye"}],
    "states": {
        "talk": {"say": "file:hello.wav", "llm": "prompt.md", "exits": {"done": "bye"}, "tools": ["stock", "find"]},
        "problem": {"say": "Sorry.", "hangup": "problem"},
        "bye": {"say": "Goodbye.", "hangup": True},
    },
}


def service(stt, model, tts):
    """A host that answers calls with these, and what they write down."""
    folder = f"{T}/{stt}.{model}.{tts}"
    os.mkdir(folder)
    for name, what in (("scenario.json", SCENARIO), ("script", {"m": ANSWERS}), ("models.json", {})):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
            json.dump(what, f)
    with open(folder + "/prompt.md", "w", encoding="utf-8") as f:
        f.write("You answer the telephone of Wheels and Sons.\n")
    subprocess.run(["sox", "-n", "-r", "8000", "-b", "16", folder + "/hello.wav", "synth", "0.3", "sine", "700", "gain", "-10"], check=True)
    ears = deepgram.Server() if stt == "deepgram" else Program("transcriber.py", folder + "/heard")
    brain, voice = Program("model.py", folder + "/script", folder + "/asked"), voices.Voices()
    with open(folder + "/models.json", "w", encoding="utf-8") as f:
        json.dump({"providers": [{"name": "m", "engine": model, "model": "m", "url": f"http://127.0.0.1:{brain.port}/v1", "secret": "MODEL_KEY"}]}, f)
    env = {
        "CALLPIPE_STT": stt, "CALLPIPE_STT_URL": f"ws://127.0.0.1:{ears.port}" if stt == "deepgram" else f"http://127.0.0.1:{ears.port}/json/v1",
        "CALLPIPE_STT_KEY": deepgram.KEY, "CALLPIPE_TTS": tts, "CALLPIPE_TTS_URL": voice.base + ("/v1" if tts == "openai" else ""),
        "CALLPIPE_TTS_KEY": voices.KEY, "CALLPIPE_MODELS": "models.json", "MODEL_KEY": "k-model", "CALLPIPE_CACHE": "",
    }
    return Host(folder, "as-listen | vad | stt | agent -s scenario.json | tts | as-speak", env), voice


def steps(call, turn, voice):
    """Of one turn: stt, model, voice, all, theirs, ours, slot, work."""
    text = next(d["text"] for d in call.all("synthesize", turn=turn["turn"]) if d["kind"] == "answer")
    asked = next(r for r in voice.requests if r.text == text)
    theirs = round((asked.first_sent - asked.at) * 1000)
    whole = turn["audible_ms"] - turn["endpoint_ms"]
    ours, slot = max(whole - theirs, 0), max(turn["audible_ms"] - turn["audio_ms"], 0)
    return [turn["transcript_ms"] - turn["endpoint_ms"], turn["token_ms"] - turn["asked_ms"], turn["audio_ms"] - turn["text_ms"],
            whole, theirs, ours, slot, max(ours - slot, 0)]


def check(call, report, voice):
    assert report["end"] == "server-end" and not report["failed_expects"], report
    same(call.verdict, "hangup", "verdict")
    same(call.all("error"), [], "errors")
    same([d["text"] for d in call.all("synthesize") if "text" in d], SAID, "said")
    same({d["status"] for d in call.all("played")}, {"played"}, "played")
    same([(d["name"], d["status"]) for d in call.all("tool-call") for d in [{**d, "status": next(r["status"] for r in call.all("tool-result", id=d["id"]))}]],
         [("stock", "ok"), ("find", "ok")], "tools")
    same(len([d for d in call.all("transcript") if d["text"]]), 4, "turns")
    same([r.broken for r in voice.requests if r.broken], [], "voices that were broken off")
    turns = [d for d in call.all("turn") if d["speech_end"]]
    same(len(turns), 4, "turns that were answered")
    return [steps(call, t, voice) for t in turns]


def run(pair):
    host, voice = service(*pair)
    say = f"say {SOUNDS}vm-goodbye.wav; wait {20 * SLACK}; "
    try:
        report = host.dial("wait 3; " + say * 3 + f"say {SOUNDS}vm-goodbye.wav; expect end within {20 * SLACK}", options=("--quiet=900",))
        return check(host.over()[0], report[0], voice), None
    except (AssertionError, IndexError, KeyError, StopIteration, subprocess.SubprocessError) as e:
        return [], f"{type(e).__name__} {e}\n{host.errors()[-1500:]}"
    finally:
        host.close()
        voice.close()


def percentiles(values):
    values.sort()
    return [values[min(len(values) * p // 100, len(values) - 1)] if values else 0 for p in (50, 99)]


def main():
    sys.setswitchinterval(0.0005)  # s: no fake waits longer for another one
    print(f"1..{len(PAIRS) + 1}", flush=True)
    layout = "# {:10} {:10} {:11} {:>5} {:>6} {:>6} {:>5} {:>7} {:>5} {:>5} {:>5}"
    rows, all_turns, failed = [layout.format("stt", "model", "voice", "stt", "model", "voice", "all", "theirs", "ours", "slot", "work")], [], False
    with concurrent.futures.ThreadPoolExecutor(8 if SLACK == 1 else 2) as pool:
        for n, (pair, (turns, why)) in enumerate(zip(PAIRS, pool.map(run, PAIRS)), 1):
            print(f"{'not ok' if why else 'ok'} {n} - a call with {', '.join(pair)}", flush=True)
            failed = failed or why
            if why:
                print("".join(f"# {line}\n" for line in why.splitlines()), end="", flush=True)
                continue
            rows.append(layout.format(*pair, *map(max, zip(*turns))))
            all_turns += turns
    figures = {name: percentiles([t[at] for t in all_turns]) for name, at in (("ours", 5), ("slot", 6), ("work", 7))}
    good = all_turns and (figures["ours"][0] < 25 or SLACK != 1)
    print(f"{'ok' if good else 'not ok'} {len(PAIRS) + 1} - half of the turns wait less than 25 ms for us")
    print("\n".join(rows))
    for name, (p50, p99) in figures.items():
        print(f"# {name}: p50 {p50} ms, p99 {p99} ms of {len(all_turns)} turns", flush=True)
    os._exit(0 if good and not failed else 1)


main()
