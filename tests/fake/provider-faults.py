#!/usr/bin/env python3
"""provider-faults.py [PROVIDER|PROVIDER/FAULT ...]: whole calls while a provider has a fault, each provider with each.

Five calls at once, that all meet the fault; then a sixth, when the provider's breaker is open. Prints TAP, and for each
case a row of a table:

    heard    from the end of the caller's turn (the endpoint) to the first that was heard, ms: worst of the five
    sixth    the same of the sixth call
    code     of the error event, which stands once in a call
    answer   who gave the answer that was heard
"""

import concurrent.futures
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import wave

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import deepgram
import voices
from whole import SLACK, SOUNDS, Host, Program, same, wait_for

T = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
CASES_AT_A_TIME = int(os.environ.get("CASES_AT_A_TIME", "14" if SLACK == 1 else "3"))
WAIT_MS = 800  # the caller hears something
ROOM_MS = 250  # for a machine that is busy
FAULTS = ["refused", "tls", "401", "429", "500", "silence", "reset", "malformed", "drip", "endless"]
CODES = {"refused": "refused", "tls": "tls", "401": "account", "429": "busy", "500": "broken", "silence": "timeout", "reset": "broken",
         "malformed": "broken", "drip": "timeout", "endless": "broken"}
# What a stream of words without an end is: an answer of which the rest is left out.
OTHER_CODES = {"model-openai/endless": "timeout", "model-anthropic/endless": "timeout", "stt-deepgram/endless": None}
KEY = "key-4711-of-nobody"


# ---- the fakes ----


class Refusing:
    """A port that nobody listens on."""

    def __init__(self):
        self.sock = socket.socket()
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]


class Untrusted:
    """TLS, with a certificate that nobody has signed."""

    def __init__(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", T + "/key", "-out", T + "/crt"],
                       check=True, stderr=subprocess.DEVNULL)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(T + "/crt", T + "/key")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self.shake, args=(sock,), daemon=True).start()

    def shake(self, sock):
        try:
            with self.context.wrap_socket(sock, server_side=True) as tls:
                tls.recv(1)
        except OSError:
            pass


def models(name, answers):
    with open(f"{T}/{name}.json", "w", encoding="utf-8") as f:
        json.dump(answers, f)
    return Program("model.py", f"{T}/{name}.json")


SILENT_MODEL = {"429": "429-long", "reset": "break", "malformed": "chunk"}  # as model.py calls them
TRANSCRIBER = {"401": "account", "429": "busy_long", "500": "broken", "silence": "hang"}
DEEPGRAM = {"401": "status=401", "429": "busy", "500": "status=500", "silence": "mute", "reset": "reset=0.3", "malformed": "bad", "drip": "slow"}
VOICES = {"silence": "silent", "401": "401"}


def start_fakes():
    # endless: until its time is over, and not so much before that an answer may be no longer
    ill = {f: [{"fault": SILENT_MODEL.get(f, f), "words": ["and so on "] * 6, "gap_ms": {"drip": 60, "endless": 20}.get(f, 1)}] for f in FAULTS[2:]}
    return {"refused": Refusing(), "tls": Untrusted(), "model": models("ill", ill),
            "spare": models("spare", {"spare": [{"words": ["Here ", "I am."]}]})}


# ---- the service ----

SCENARIO = {
    "name": "faults", "language": "en", "start": "talk", "problem": "problem",
    "phrases": {"hello": "file:hello.wav", "wait": [{"file": "wait.wav", "text": "One moment."}]},
    "wait": {"say": "phrase:wait", "silence_ms": WAIT_MS}, "listen": {"end_silence_ms": 400, "no_input_ms": 4000},
    "on": [{"dtmf": "0", "goto": "bye"}, {"no_input": 2, "goto": "bye"}, {"no_match": 4, "goto": "bye"}],
    "states": {
        "talk": {"say": "phrase:hello", "again": "file:again.wav", "on": [{"words": ["word", "goodbye", "hello"], "say": "This is for {{call.uuid}}.", "goto": "more"}]},
        "more": {"on": [{"any": True, "goto": "bye"}]},
        "problem": {"say": "file:again.wav", "hangup": "problem"},
        "bye": {"say": "file:bye.wav", "hangup": True},
    },
}
PIPELINE = "as-listen | vad | stt | agent -s scenario.json | tts | as-speak"


def tone(path, hz, ms):
    with wave.open(path, "wb") as w:
        w.setparams((1, 2, 8000, 0, "NONE", ""))
        w.writeframes(b"".join(int(9000 * ((i * hz // 4000) % 2 * 2 - 1)).to_bytes(2, "little", signed=True) for i in range(8 * ms)))


def make_folder(name, led):
    """The service: a model leads it, or rules do."""
    folder = f"{T}/{name.replace('/', '.')}"
    os.mkdir(folder)
    for file, ms in (("hello", 300), ("wait", 300), ("again", 400), ("bye", 200), ("spoken", 500)):
        tone(f"{folder}/{file}.wav", 1000, ms)
    scenario = json.loads(json.dumps(SCENARIO))
    if led:
        scenario["states"]["talk"] = {"say": "phrase:hello", "llm": "prompt.md", "exits": {"done": "bye"}}
        del scenario["states"]["more"]
        with open(folder + "/prompt.md", "w", encoding="utf-8") as f:
            f.write("You answer the telephone.\n")
    with open(folder + "/scenario.json", "w", encoding="utf-8") as f:
        json.dump(scenario, f)
    with open(folder + "/voice", "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\nexec cat spoken.wav\n")
    with open(folder + "/words", "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\necho hello\n")
    os.chmod(folder + "/voice", 0o755)
    os.chmod(folder + "/words", 0o755)
    return folder


QUICK = {"CALLPIPE_STT": "command", "CALLPIPE_STT_COMMAND": "./words", "CALLPIPE_TTS": "command", "CALLPIPE_TTS_COMMAND": "./voice"}


class Case:
    """A provider with a fault. env: what the calls are run with; fallback: who answers instead."""

    def __init__(self, provider, fault, fakes):
        self.name = f"{provider}/{fault}"
        self.stage, self.engine = provider.split("-")
        self.fault, self.fakes, self.own = fault, fakes, None
        self.code = OTHER_CODES.get(self.name, CODES[fault])
        self.folder = make_folder(self.name, self.stage == "model")
        self.env = dict(QUICK)
        getattr(self, self.stage)()

    def base(self, scheme, fake, path=""):
        """Where it is asked: at its fake, or at the port of what is wrong with all of them alike."""
        if self.fault in ("refused", "tls"):
            return f"{scheme}{'s' if self.fault == 'tls' else ''}://127.0.0.1:{self.fakes[self.fault].port}{path}"
        return f"{scheme}://127.0.0.1:{fake().port}{path}"

    def stt(self):
        self.env.update({"CALLPIPE_STT": self.engine, "CALLPIPE_STT_TIMEOUT": str(3 * WAIT_MS)})
        if self.engine == "deepgram":
            self.env.update({"CALLPIPE_STT_URL": self.base("ws", self.deepgram), "CALLPIPE_STT_KEY": deepgram.KEY})
            return
        path = f"/{TRANSCRIBER.get(self.fault, self.fault)}/v1"
        self.env.update({"CALLPIPE_STT_URL": self.base("http", self.transcriber, path), "CALLPIPE_STT_KEY": KEY,
                         "CALLPIPE_STT_MODEL": "gpt-transcribe"})

    def transcriber(self):
        self.own = Program("transcriber.py", self.folder + "/transcriber.log")
        return self.own

    def deepgram(self):
        self.own = deepgram.Server([DEEPGRAM.get(self.fault, self.fault)] * 10000)
        return self.own

    def tts(self):
        url = self.base("http", self.voices, "/v1" if self.engine == "openai" else "")
        self.env.update({"CALLPIPE_TTS": self.engine + ",command", "CALLPIPE_TTS_URL": url, "CALLPIPE_TTS_KEY": KEY, "CALLPIPE_TTS_TIMEOUT": str(3 * WAIT_MS if self.fault == "silence" else WAIT_MS)})

    def voices(self):
        self.own = voices.Voices()
        self.own.fault = VOICES.get(self.fault, self.fault)
        return self.own

    def model(self):
        v1 = {"engine": self.engine, "secret": "FAULT_KEY"}
        ill = {**v1, "name": "ill", "model": self.fault, "url": self.base("http", lambda: self.fakes["model"], "/v1")}
        spare = {**v1, "name": "spare", "model": "spare", "url": f"http://127.0.0.1:{self.fakes['spare'].port}/v1"}
        with open(self.folder + "/models.json", "w", encoding="utf-8") as f:
            json.dump({"providers": [ill, spare], "wait_ms": WAIT_MS // 2, "give_up_ms": WAIT_MS, "budget_ms": 4000, "idle_ms": WAIT_MS,
                       "total_ms": 1200}, f)
        self.env.update({"CALLPIPE_MODELS": "models.json", "FAULT_KEY": KEY})

    # ---- what has to be

    def heard_ms(self, call):
        """From the endpoint of the caller's words to what was heard of an answer, whatever it was."""
        stopped = call.at("voice-stopped", turn=1)
        after = [r for r in call.records if r["t"] >= stopped and r["type"] == "playing"]
        assert after, "nothing was heard"
        return after[0]["t"] - stopped

    def answer(self, call):
        """Who said what was heard of the answer."""
        if self.stage == "stt":
            matches = [d["match"] for d in call.all("heard")]
            return "own" if "words" in matches else "asked again" if "again.wav" in [d.get("file") for d in call.all("synthesize")] else "nobody"
        if self.stage == "model":
            how = [d.get("model") for d in call.all("model-result", how="done")]
            return how[0] if how else "own, cut" if call.all("model-text") else "nobody"
        said = {d["utterance"] for d in call.all("synthesize") if d.get("text", "").startswith("This")}
        status = [d for d in call.all("played") if d["utterance"] in said and d["heard_ms"]]
        if not status:
            return "nobody"
        return "command" if [d for d in status if d["status"] == "played" and abs(d["total_ms"] - 500) < 50] else "own, cut"

    def look(self, call, report, code):
        same(call.verdict, "hangup", "verdict")
        assert report["end"] == "server-end" and not report["failed_expects"], report
        codes = call.codes("agent" if self.stage == "model" else self.stage)
        assert len(codes) == len(set(codes)), f"errors {codes}"
        # None is missed where there is none; who comes late finds the breaker open.
        assert SLACK != 1 or not code or codes and set(codes) <= {code, "breaker"}, f"errors {codes}, not {code}"
        return codes

    def run(self):
        host = Host(self.folder, PIPELINE, self.env)
        # until a slow recogniser or voice is given up, behind the wait phrase
        slow = self.fault == "silence" and self.stage != "model" or self.name.startswith("stt") and self.fault == "drip"
        # a recogniser that is asked again may be as late on a busy machine
        patience = 3 if slow else 1.5 if self.stage == "stt" or self.fault in ("drip", "endless") else 0.1
        script = f"wait 2; say {SOUNDS}{'hello-world' if self.stage == 'stt' else 'vm-goodbye'}.wav; expect audio within {4 * SLACK}; wait 4; silence {patience}; dtmf 0; expect end within {9 * SLACK}"
        try:
            reports = {r["uuid"]: r for r in host.dial(script, 5)}
            calls = host.over()
            same(len(calls), 5, "calls")
            codes = [self.look(c, reports[os.path.basename(c.path)], self.code) for c in calls]
            # not by map, which takes a call that was never heard (StopIteration) for the end of the calls
            heard = max([self.heard_ms(c) for c in calls])
            answers = sorted({self.answer(c) for c in calls})
            mine = [p for p in host.status()["providers"] if p["failures"] or p["state"] != "closed"]
            report = host.dial(script)
            sixth = host.over()[0]
            self.look(sixth, report[0], self.code and "breaker")
            status = host.status()
            row = [self.name, heard, self.heard_ms(sixth), "+".join(sorted(set(sum(codes, [])))), ", ".join(answers), self.answer(sixth),
                   mine[0]["state"] if mine else "closed"]
            self.judge(row, mine, sixth, status, host)
            return row, None
        except (AssertionError, subprocess.SubprocessError, StopIteration, KeyError, OSError) as e:
            return [self.name], f"{type(e).__name__} {e}\n{host.errors()[-1500:]}"
        finally:
            host.close()
            if isinstance(self.own, (voices.Voices, Program)):
                self.own.close()

    def judge(self, row, mine, sixth, status, host):
        _, heard, at_once, _, answers, last, _ = row
        assert "nobody" not in answers, answers
        same(status["live"], 0, "slots")
        assert wait_for(lambda: not host.left()), f"left: {host.left()}"
        if SLACK != 1:  # what hangs on times
            return
        assert heard <= WAIT_MS + ROOM_MS, f"heard after {heard} ms"
        if self.code:
            same(len(mine), 1, "breakers that have counted")
            same(mine[0]["state"], "open", f"the breaker, after {mine[0]['failures']} failures")
            same(sixth.codes("agent" if self.stage == "model" else self.stage), ["breaker"], "errors of the sixth")
            assert at_once <= ROOM_MS, f"the sixth heard after {at_once} ms"
        same(last, {"stt": "asked again", "model": "spare", "tts": "command"}[self.stage], "who answers the sixth")


PROVIDERS = ["stt-deepgram", "stt-openai", "model-openai", "model-anthropic", "tts-openai", "tts-elevenlabs", "tts-deepgram", "tts-piper"]


def main():
    wanted = sys.argv[1:]
    fakes = start_fakes()
    names = [(p, f) for p in PROVIDERS for f in FAULTS if not wanted or p in wanted or f"{p}/{f}" in wanted]
    if SLACK != 1 and not wanted:
        names = names[::7]
    failed = 0
    print(f"1..{len(names)}", flush=True)
    layout = "# {:26} {:>6} {:>6}  {:16} {:22} {:12} {}"
    rows = [layout.format("provider/fault", "heard", "sixth", "code", "answer", "of sixth", "breaker")]
    with concurrent.futures.ThreadPoolExecutor(CASES_AT_A_TIME) as pool:
        for n, (row, why) in enumerate(pool.map(lambda c: Case(*c, fakes).run(), names), 1):
            print(f"{'not ok' if why else 'ok'} {n} - {row[0]}", flush=True)
            if why:
                failed += 1
                print("".join(f"# {line}\n" for line in why.splitlines()), end="", flush=True)
            rows.append(layout.format(*row, *[""] * (7 - len(row))))
    print("\n".join(rows), flush=True)
    os._exit(1 if failed else 0)


main()
