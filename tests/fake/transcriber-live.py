#!/usr/bin/python3
"""transcriber-live.py URL WAV LOG: stt with the engine openai as in a call, frame by frame."""
import contextlib
import importlib
import io
import json
import subprocess
import sys
import tempfile
import time

live = importlib.import_module("stt-live")
URL, WAV, LOG = sys.argv[1:]


def mapped(stt):
    with open(f"/proc/{stt.process.pid}/maps", encoding="utf-8") as f:
        return "libcurl" in f.read()


def start(case, *options):
    return live.Stt("--wait=no", "--url", f"{URL}/{case}/v1", "--spool=", *options)


def requests():
    with open(LOG, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def settled(stt):
    """It has read what was written: an event that it passes on has come."""
    stt.put(live.frame("x-mark"))
    stt.until("x-mark")


# no libcurl before somebody speaks, nor ever without a network
stt = start("json", "--engine=none")
stt.say(WAV)
stt.until("transcript")
assert not mapped(stt)
stt.finish()
stt = start("json")
settled(stt)
assert not mapped(stt)
stt.say(WAV)
assert live.texts(stt.until("transcript")) == ["Goodbye."]
assert mapped(stt)
stt.finish()

# one connection for a call, made when the caller begins to speak
before = len(requests())
stt = start("json")
stt.put(live.frame("voice-started", timestamp=0, turn=1))
while len(requests()) == before:
    time.sleep(0.01)
settled(stt)
for _ in range(3):
    stt.say(WAV)
    stt.until("transcript")
stt.finish()
made = requests()[before:]
assert [r["method"] for r in made] == ["HEAD", "POST", "POST", "POST"] and len({r["connection"] for r in made}) == 1, made

# events flow while a server does not answer; a call that ends waits for it, but not for ever
stt = start("hang", "--timeout=60000")
stt.say(WAV)
settled(stt)
begun = time.monotonic()
seen = stt.finish()
assert live.codes(seen) == ["timeout"] and not live.texts(seen), seen
assert 2.5 < time.monotonic() - begun < 30, "call-end waits 3 s"

# a call again, from its journal: the same words at the same places, and nobody is asked
before = len(requests())
stt = start("late", "--model=gpt-transcribe")
put, written = stt.put, []
stt.put = lambda data: (written.append(data), put(data))
seen = []
for n in range(3):
    stt.say(WAV)
    while not any(type_ == "transcript" and data["turn"] == n + 1 for type_, data in seen):
        stt.put(live.frame("x-mark", n=len(written)))
        seen += stt.until("x-mark")
        time.sleep(0.005)
stt.say(WAV)  # its words are waited for at the end
seen += stt.finish()
assert sum(type_ == "transcript" for type_, _ in seen) == 4
with tempfile.TemporaryDirectory() as folder:
    with open(f"{folder}/events.jsonl", "w", encoding="utf-8") as f:
        for type_, data in seen:
            f.write(json.dumps({"seq": 1, "t": 1, "type": type_, "data": data}) + "\n")
        f.write('{"seq":1,"t":1,"type":"transcript","da')  # a call that crashed
    asked = len(requests())
    out = subprocess.run(["stt", f"--replay={folder}"], input=b"".join(written), stdout=subprocess.PIPE, check=True).stdout
again = [(type_, data) for type_, data, _, _ in live.read(io.BytesIO(out))] + [("end", {})]
assert again == seen, (again, seen)
assert len(requests()) == asked

# turns that wait for each other are answered in order
stt = start("stream", "--model=gpt-transcribe")
for _ in range(3):
    stt.say(WAV)
turns = [data["turn"] for type_, data in stt.finish() if type_ == "transcript"]
assert turns == [1, 2, 3], turns

# the reader leaves while a request is under way
before = len(requests())
stt = subprocess.Popen(["stt", "--wait=no", "--timeout=60000", "--spool=", "--url", f"{URL}/hang/v1"], stdin=subprocess.PIPE,
                       stdout=subprocess.PIPE)
stt.stdin.write(live.Call().say(WAV))
stt.stdin.flush()
while all(r["method"] != "POST" for r in requests()[before:]):
    time.sleep(0.01)
stt.stdout.close()
with contextlib.suppress(BrokenPipeError):  # it may have seen that, and be gone
    stt.stdin.write(live.clock(90000))
    stt.stdin.flush()
assert stt.wait(timeout=60) == 0
