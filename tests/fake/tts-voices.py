#!/usr/bin/env python3
"""tts and the services it asks (voices.py), as a process, frame by frame, with everything a service can do wrong: TAP."""

import array
import concurrent.futures
import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream
import voices

PATIENCE = 60
SLACK = int(os.environ.get("SLACK", "1"))  # see tests/run
ENGINES = ("openai", "elevenlabs", "deepgram", "piper")
results = [0, 0]
lock = threading.Lock()
OTHER = ""  # the command of another engine, which says 700 ms
table = []  # engine, case, how it went
output = []  # all that was written: for what must not be in it


def patience(code="", short=600):
    """-t: short where it is to pass, and else longer than a busy machine takes."""
    return str((short if code == "timeout" else 5000) * SLACK)


def ok(cond, text, *why):
    with lock:
        results[0] += 1
        results[1] += not cond
        print(("ok" if cond else "not ok"), results[0], "-", text)
        if not cond:
            for w in why:
                print("#", repr(w)[:2000])
        sys.stdout.flush()


def url(fake, engine):
    return fake.base + ("/v1" if engine == "openai" else "")


def environment(spool, **env):
    os.makedirs(spool, exist_ok=True)
    keep = {k: v for k, v in os.environ.items() if not k.startswith("CALLPIPE_") and not k.endswith("_KEY")}
    return {**keep, "CALLPIPE_SPOOL": spool, "CALLPIPE_TTS_KEY": voices.KEY, **env}


class Tts:
    """One tts in a language that nobody knows, so that texts stay as they are. A thread reads what it says."""

    def __init__(self, spool, engine, url="", *args, read=True, rate=8000, **env):
        self.err = tempfile.TemporaryFile()
        args = ["tts", "-l", "zz", "-e", engine, *(["--url", url] if url else []), *args]
        self.p = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.err, env=environment(spool, **env))
        self.frames = queue.Queue()
        self.seen = []
        if read:
            threading.Thread(target=self.read, daemon=True).start()
        self.send("call-start", call="c", rate=rate)

    def read(self):
        try:
            for type_, data, payload, _ in stream.read(self.p.stdout):
                self.frames.put((type_, data, payload, time.monotonic()))
        except ValueError as e:
            self.frames.put(("broken", {"why": str(e)}, b"", 0))
        self.frames.put(None)

    def send(self, type_, **data):
        self.p.stdin.write(stream.frame(type_, **data))
        self.p.stdin.flush()

    def say(self, text, **data):
        # Deepgram has no voice for a language that nobody knows
        self.send("synthesize", utterance=text.split()[0].partition(":")[0], turn=0, text=text, **data)

    def until(self, type_, utterance=None):
        got = []
        while True:
            f = self.frames.get(timeout=PATIENCE)
            if f is None:
                return got
            got.append(f)
            self.seen.append(f)
            output.append(json.dumps(f[1]))
            if f[0] == type_ and (utterance is None or f[1].get("utterance") == utterance):
                return got

    def end(self):
        self.send("call-end", cause="caller-hangup")
        self.p.stdin.close()
        rest, code = self.until("nothing"), self.p.wait(PATIENCE)
        output.append(self.messages())
        return rest, code

    def messages(self):
        self.err.seek(0)
        return self.err.read().decode()


def run(spool, *args, **env):
    """A run to its end: exit code, stdout, stderr."""
    p = subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, env=environment(spool, **env), timeout=PATIENCE)
    output.append(p.stderr.decode() + (p.stdout.decode() if p.stdout[:4] != b"RIFF" else ""))
    return p.returncode, p.stdout, p.stderr.decode()


def audio(frames, name):
    return b"".join(f[2] for f in frames if f[0] == "audio-chunk" and f[1].get("utterance") == name)


def stops(frames):
    return [(f[1]["utterance"], f[1]["status"]) for f in frames if f[0] == "audio-stop"]


def errors(frames):
    return [(f[1]["code"], f[1]["text"]) for f in frames if f[0] == "error"]


def ms(pcm, rate=8000):
    return len(pcm) * 1000 // (2 * rate)


def is_tone(pcm, rate=8000):
    """The tone that was said, in its height and loudness, all of it: no noise, no gap, no byte lost."""
    s = array.array("h", pcm)
    rises = sum(a < 0 <= b for a, b in zip(s, s[1:]))
    steps = max((abs(a - b) for a, b in zip(s, s[1:])), default=0)
    return abs(rises - len(s) * voices.TONE_HZ / rate) <= 3 and 8000 < max(s, default=0) < 10000 and steps < 5000 * 8000 / rate


def voice_of(engine):
    return ["--voice", "aura-2-thalia-en"] if engine == "deepgram" else []


def ask(spool, fake, engine, text, *args, **env):
    """One sentence: frames, messages."""
    t = Tts(spool, engine, url(fake, engine), *voice_of(engine), *args, **env)
    t.say(text)
    t.until("audio-stop")
    _, code = t.end()
    ok(code == 0, f"{engine}: {text}: the call goes on", code, t.messages())
    return t.seen, t.messages()


# ---- what goes well


def test_stream(fake, spool, engine):
    t = Tts(spool, engine, url(fake, engine), *voice_of(engine))
    t.say("a1:gate one")
    t.say("a2:ok two")
    t.say("a3:ok three")
    got = t.until("audio-chunk", "a1")
    first = fake.asked("a1")
    ok(first.last_sent is None and first.first_sent <= got[-1][3], f"{engine}: the first audio is there before the last byte was sent", first.__dict__)
    ok(ms(got[-1][2]) <= 100, f"{engine}: and is small", len(got[-1][2]))
    ok(fake.asked("a2").at and first.last_sent is None, f"{engine}: the next sentence is fetched meanwhile")
    ok(fake.count("a3") == 0, f"{engine}: the one after it waits")
    fake.open("a1")
    t.until("audio-stop", "a3")
    ok(stops(t.seen) == [("a1", "ok"), ("a2", "ok"), ("a3", "ok")], f"{engine}: each in order", stops(t.seen), t.messages())
    for name in ("a1", "a2", "a3"):
        pcm = audio(t.seen, name)
        ok(abs(ms(pcm) - 1500) <= 2 and is_tone(pcm), f"{engine}: {name} is whole", ms(pcm))
    used = [f[1] for f in t.seen if f[0] == "usage"]
    ok(sorted((u["unit"], u["n"]) for u in used) == [("characters", 9), ("characters", 11), ("characters", 11)], f"{engine}: characters", used)
    _, code = t.end()
    ok(code == 0 and not t.messages(), f"{engine}: the end", code, t.messages())
    # kept, and read
    before = len(fake.requests)
    t = Tts(spool, engine, url(fake, engine), *voice_of(engine), CALLPIPE_TTS_KEY="another-key")
    t.say("a2:ok two")
    got = t.until("audio-stop", "a2")
    ok(any(f[1].get("cached") for f in got) and is_tone(audio(got, "a2")) and len(fake.requests) == before, f"{engine}: the second time from the cache", got[:3])
    t.end()


def test_flush(fake, spool, engine):
    t = Tts(spool, engine, url(fake, engine), *voice_of(engine))
    t.say("b1:gate one")
    t.say("b2:silent two")
    t.say("b3:ok three")
    t.until("audio-chunk", "b1")
    fake.asked("b2")
    t.send("flush", turn=1)
    t.until("flush")
    t.say("b4:ok four")
    got = t.until("audio-stop", "b4")
    ok(stops(got) == [("b1", "cancelled"), ("b2", "cancelled"), ("b3", "cancelled"), ("b4", "ok")], f"{engine}: flush ends what was asked before it", stops(got))
    ok(not any(audio(got, n) for n in ("b1", "b2", "b3")) and is_tone(audio(got, "b4")), f"{engine}: no late chunk of it")
    ok(fake.count("b3") == 0, f"{engine}: what had not begun is not asked for")
    t.say("b5:endless five")
    t.until("audio-chunk", "b5")
    t.send("flush", turn=2)
    t.until("audio-stop", "b5")
    end = time.monotonic() + PATIENCE
    while fake.asked("b5").broken is None and time.monotonic() < end:
        time.sleep(0.005)
    ok(fake.asked("b5").broken, f"{engine}: the service sees that it is not wanted any more")
    fake.open("b1")
    fake.open("b2")
    _, code = t.end()
    ok(code == 0 and not t.messages(), f"{engine}: without a word", t.messages())


FORMS = {
    # engine: arguments, fault words that are forms of a good answer
    "openai": [((), ("ffffffff", "7fffffff", "zero", "list", "oddlist", "extensible", "float", "pcm24", "ulawwav", "alawwav", "bytes")), (("--format=pcm",), ("bytes", "unasked")), (("--format=pcm_24000",), ("ok",))],
    "elevenlabs": [((), ("bytes",)), (("--format=ulaw",), ("bytes",)), (("--format=alaw",), ("bytes",)), (("--format=wav_22050",), ("7fffffff",)), (("--format=pcm_44100",), ("bytes",))],
    "deepgram": [((), ("bytes",)), (("--format=ulaw",), ("ok",)), (("--format=alaw_16000",), ("bytes",)), (("--format=wav",), ("ffffffff",))],
    "piper": [((), ("list", "bytes"))],
}


def test_forms(fake, spool, engine):
    for rate in (8000, 16000):
        for args, faults in FORMS[engine]:
            t = Tts(spool, engine, url(fake, engine), *voice_of(engine), *args, "-C", "", rate=rate)
            for fault in faults:
                t.say(f"f{fault}:{fault} said")
            for fault in faults:
                pcm = audio(t.until("audio-stop", f"f{fault}"), f"f{fault}")
                ok(abs(ms(pcm, rate) - 1500) <= 2 and is_tone(pcm, rate), f"{engine} at {rate} {' '.join(args)}: {fault}", ms(pcm, rate), errors(t.seen))
            t.end()


# ---- what goes wrong

FAULTS = [
    # word, code, in the reason; of these engines only
    ("400", "rejected", {"openai": "no such voice"}),
    ("401", "account", {"openai": "Incorrect API key", "elevenlabs": "Invalid API key", "deepgram": "Invalid credentials"}),
    ("402", "account", {"elevenlabs": "no credits"}),
    ("422", "rejected", {"elevenlabs": "field required"}),
    ("quota", "account", {"openai": "insufficient_quota"}),
    ("429", "busy", {"elevenlabs": "Too many concurrent requests"}),
    ("500", "broken", {"piper": "500"}),
    ("503", "busy", {"deepgram": "upstream connect error"}),
    ("json200", "broken", {"openai": "the model is being loaded"}),
    ("html200", "broken", {"deepgram": "Sign in"}),
    ("key200", "broken", {"": "no such key: ***"}),
    ("liar", "broken", {"elevenlabs": "but we say 200"}),
    ("mp3", "broken", {"openai": "audio/mpeg"}),
    ("empty", "broken", {"": "empty"}),
    ("silent", "timeout", {}),
    ("nothing", "timeout", {}),
    ("garbage", "broken", {"openai": "no WAV", "piper": "no WAV"}),
    ("head", "broken", {"openai": "no sound", "piper": "no sound"}),
]
LATER = [("reset", "broken"), ("malformed", "broken"), ("stalls", "timeout"), ("drip", "timeout")]


def faults_of(engine):
    for word, code, reasons in FAULTS:
        if word in ("garbage", "head") and engine in ("elevenlabs", "deepgram") or word == "quota" and engine != "openai":
            continue  # samples without a head are what they are
        yield word, code, reasons.get(engine, reasons.get("", ""))


def test_faults(fake, spool, engine):
    """Before the first byte of sound: nothing is heard of it, and the next engine says it."""
    for word, code, reason in faults_of(engine):
        chain = Tts(spool + word, f"{engine},command", f"{engine}:{url(fake, engine)}", *voice_of(engine), "-c", OTHER, "-t", patience(code))
        for i in (1, 2):
            chain.say(f"g{word}{i}:{word} said")
        chain.until("audio-stop", f"g{word}2")
        told = errors(chain.seen)
        alone = [audio(chain.seen, f"g{word}{i}") for i in (1, 2)]
        ok(stops(chain.seen) == [(f"g{word}1", "ok"), (f"g{word}2", "ok")] and all(abs(ms(a) - 700) <= 2 and is_tone(a) for a in alone), f"{engine}: {word}: the next engine says it", stops(chain.seen), list(map(ms, alone)), told)
        ok([c for c, _ in told] == [code] and reason in told[0][1], f"{engine}: {word}: said once, as {code}", told)
        used = [f[1]["n"] for f in chain.seen if f[0] == "usage"]
        ok(len(used) == 2, f"{engine}: {word}: only who has said it is paid", used)
        fake.open(f"g{word}1")
        fake.open(f"g{word}2")
        _, status = chain.end()
        ok(status == 0, f"{engine}: {word}: the call goes on", status)
        table.append((engine, word, "before", code, told[0][1] if told else ""))


def test_alone(fake, spool, engine):
    """The same with nobody to say it instead: failed, and not a sample of noise."""
    for word, code, _ in faults_of(engine):
        if word in ("silent", "nothing"):
            continue  # above
        seen, _ = ask(spool + "alone" + word, fake, engine, f"h{word}:{word} said", "-t", patience(code))
        ok(stops(seen) == [(f"h{word}", "failed")] and not audio(seen, f"h{word}") and [c for c, _ in errors(seen)] == [code], f"{engine}: {word}: failed, and not heard", stops(seen), errors(seen))
    for word, code in LATER:
        t = Tts(spool + "alone" + word, f"{engine},command", f"{engine}:{url(fake, engine)}", *voice_of(engine), "-c", OTHER, "-t", patience(code, 400))
        t.say(f"i{word}:{word} said")
        t.until("audio-stop")
        pcm = audio(t.seen, f"i{word}")
        ok(stops(t.seen) == [(f"i{word}", "failed")] and 600 < ms(pcm) < 800 and is_tone(pcm), f"{engine}: {word}: what was said stays said", stops(t.seen), ms(pcm), errors(t.seen))
        ok([c for c, _ in errors(t.seen)] == [code], f"{engine}: {word}: as {code}", errors(t.seen))
        fake.open(f"i{word}")
        t.end()
        table.append((engine, word, "after", code, errors(t.seen)[0][1] if errors(t.seen) else ""))
    if engine in ("openai", "piper"):  # whose sound says how long it is
        seen, _ = ask(spool + "lingers", fake, engine, "lingers:lingers said", "-t", patience())
        ok(stops(seen) == [("lingers", "ok")] and is_tone(audio(seen, "lingers")), f"{engine}: lingers: what is whole is whole", stops(seen), errors(seen))
        fake.open("lingers")


def test_again(fake, spool, engine):
    for word in ("once", "later"):
        seen, messages = ask(spool, fake, engine, f"j{word}:{word} {engine}")
        ok(stops(seen) == [(f"j{word}", "ok")] and is_tone(audio(seen, f"j{word}")) and not messages, f"{engine}: {word}: asked again, said", stops(seen), messages)
    if engine != "piper":
        ok(fake.asked(f"jonce").connection == fake.asked("jonce", 2).connection, f"{engine}: on the same connection")


def test_long(fake, spool, engine):
    seen, _ = ask(spool, fake, engine, "k1:endless said")
    ok(stops(seen) == [("k1", "failed")] and 59000 < ms(audio(seen, "k1")) <= 60000, f"{engine}: one that does not end is cut", stops(seen))


def closed_port():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    s.close()
    return port


def no_tls():
    """A port where whoever comes is answered in plain text."""
    s = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            c, _ = s.accept()
            c.recv(1)
            c.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            c.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"https://127.0.0.1:{s.getsockname()[1]}"


def test_unreachable(fake, spool):
    plain = no_tls()
    for engine in ENGINES:
        for what, to, code in (("refused", f"http://127.0.0.1:{closed_port()}", "refused"), ("no TLS", plain, "tls")):
            t = Tts(f"{spool}-{engine}-{code}", f"{engine},command", f"{engine}:{to}", *voice_of(engine), "-c", OTHER)
            t.say("l1 said")
            t.say("l2 said")
            t.until("audio-stop", "l2")
            ok([s for _, s in stops(t.seen)] == ["ok", "ok"], f"{engine}: {what}: the next engine says it", stops(t.seen))
            ok([c for c, _ in errors(t.seen)] == [code], f"{engine}: {what}: said once", errors(t.seen))
            t.end()
            table.append((engine, what, "before", code, errors(t.seen)[0][1] if errors(t.seen) else ""))


def test_tls(fake, spool):
    """A server with a certificate of an authority of its own."""
    pair = [f"{spool}.crt", f"{spool}.key"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=voices", "-addext", "subjectAltName=IP:127.0.0.1", "-out", pair[0], "-keyout", pair[1]],
        check=True,
        capture_output=True,
    )
    secure = voices.Voices(tls=pair)
    t = Tts(spool, "elevenlabs", secure.base)
    t.say("r1:ok said")
    t.until("audio-stop")
    ok(stops(t.seen) == [("r1", "failed")] and [c for c, _ in errors(t.seen)] == ["tls"] and not secure.requests, "an authority that nobody knows: nothing is told", errors(t.seen))
    t.end()
    t = Tts(spool, "elevenlabs", secure.base, "--ca-file", pair[0])
    t.send("voice-started", timestamp=100, turn=1)
    ok(secure.is_warm(), "a caller who speaks: a connection is made")
    for at in range(500, 100000, 500):  # so that its answer has been read
        t.send("clock", timestamp=at, dropped_ms=0)
        t.until("clock")
    before = secure.connections
    t.say("r2:ok said")
    t.until("audio-stop", "r2")
    ok(stops(t.seen) == [("r2", "ok")] and is_tone(audio(t.seen, "r2")), "one that is trusted: said", stops(t.seen), errors(t.seen))
    ok(secure.connections == before, "on that connection", secure.connections, before)
    t.end()
    secure.close()


def test_breaker(fake, spool):
    """Five failures open it for all calls of the host: the next engine says it at once, the service is left alone."""
    t = Tts(spool, "openai,command", f"openai:{url(fake, 'openai')}", "-c", OTHER, "-t", patience())
    for i in range(6):
        t.say(f"m{i}:500 said")
    t.until("audio-stop", "m5")
    t.end()
    before = len(fake.requests)
    t = Tts(spool, "openai,command", f"openai:{url(fake, 'openai')}", "-c", OTHER)
    t.say("m9:ok said")
    got = t.until("audio-stop", "m9")
    ok(stops(got) == [("m9", "ok")] and abs(ms(audio(got, "m9")) - 700) <= 2 and len(fake.requests) == before, "another call: an open breaker: the next engine at once", stops(got), len(fake.requests) - before)
    ok([c for c, _ in errors(t.seen)] == ["breaker"], "and is told", errors(t.seen))
    t.end()
    table.append(("all", "open breaker", "before", "breaker", errors(t.seen)[0][1] if errors(t.seen) else ""))


def test_chain(fake, spool):
    """A list of services: settings, voices and keys of each are its own."""
    other = voices.Voices()
    before = len(fake.requests)
    args = ["--voice", "nova elevenlabs:abc123", "--voices", "piper:en=lada", "--model", "kokoro elevenlabs:eleven_v3"]
    t = Tts(spool, "openai,elevenlabs,piper", f"{url(fake, 'openai')} elevenlabs:{other.base} piper:{other.base}", *args, CALLPIPE_TTS_KEY_ELEVENLABS="not-good")
    t.say("na:not said", voice="shimmer", language="en")
    t.until("audio-stop", "na")
    t.say("nb:ok said", language="en")
    t.until("audio-stop", "nb")
    first, second, third = fake.asked("na"), other.requests[0], other.requests[1]
    ok([first.body["voice"], first.body["model"]] == ["shimmer", "kokoro"], "the first: the voice of the phrase", first.body)
    ok([second.service, second.body["voice"], second.body["model_id"]] == ["elevenlabs", "abc123", "eleven_v3"], "the second: its own", second.body)
    ok(second.headers.get("xi-api-key") == "not-good" and voices.KEY not in json.dumps(second.headers), "with its own key, not that of the first", second.headers)
    ok([third.service, third.body.get("voice")] == ["piper", "lada"] and voices.KEY not in json.dumps(third.headers), "the third: by language", third.body)
    ok(stops(t.seen) == [("na", "failed"), ("nb", "ok")], "and the next sentence is the first one's again", stops(t.seen))
    ok(fake.asked("nb").body["voice"] == "nova", "with the voice that is set", fake.asked("nb").body)
    ok(len(fake.requests) == before + 2, "one request each")
    t.end()
    other.close()


def test_piper(spool):
    for generation, asked in (("now", ["/synthesize application/json"] * 2), ("old", ["/synthesize application/json", "/ text/plain", "/ text/plain"]), ("early", ["/synthesize application/json", "/ text/plain", "/ application/json", "/ application/json"])):
        fake = voices.Voices(piper=generation)
        t = Tts(spool, "piper", fake.base, "-C", "", "-j", "1")
        for i in (1, 2):
            t.say(f"o{i}:ok said")
            t.until("audio-stop", f"o{i}")
        ok([s for _, s in stops(t.seen)] == ["ok", "ok"] and is_tone(audio(t.seen, "o1")), f"piper, {generation}: said", stops(t.seen), errors(t.seen))
        ok(fake.pipers == asked, f"piper, {generation}: the way to ask is found once", fake.pipers)
        ok(all(r.text.endswith(" said") for r in fake.requests), f"piper, {generation}: no brace is read aloud", [r.text for r in fake.requests])
        t.end()
        code, out, err = run(spool, "tts", "-e", "piper", "--url", fake.base, "--probe")
        ok(code == 0 and b"sound: " in out, f"piper, {generation}: --probe", code, out, err)
        fake.close()


def test_probe(fake, spool):
    for engine in ENGINES:
        args = ["tts", "-e", engine, "--url", url(fake, engine), "--probe"]
        code, out, err = run(spool, *args)
        said = out.decode()
        ok(code == 0 and all(w in said for w in ("status: 200", "request id: req-", "first byte: ", "1.50 s", "header: request-id: req-")), f"{engine}: --probe", code, said, err)
        if engine != "piper":
            code, out, err = run(spool, *args, CALLPIPE_TTS_KEY="wrong-key")
            ok(code == 69 and b"status: 401" in out, f"{engine}: --probe with a key that is not good", code, out, err)
        code, out, err = run(spool, "tts", "-e", engine, "--url", f"http://127.0.0.1:{closed_port()}", "--probe")
        ok(code == 75, f"{engine}: --probe of nobody", code, out, err)
        table.append((engine, "--probe", "", "0, 69, 75", ""))
    for engine in ("openai", "elevenlabs", "deepgram"):
        code, out, err = run(spool, "tts", "-e", engine, "--probe", CALLPIPE_TTS_KEY="")
        ok(code == 78 and "TTS_KEY" in err, f"{engine}: without a key", code, err)
    code, _, _ = run(spool, "tts", "-e", "openai", "--url", url(fake, "openai"), "--probe", CALLPIPE_TTS_KEY="", OPENAI_API_KEY=voices.KEY)
    ok(code == 69 and not fake.requests[-1].headers.get("Authorization"), "a vendor's key goes to nobody else", code, fake.requests[-1].headers)
    code, _, _ = run(spool, "tts", "-e", "openai", "--url", url(fake, "openai"), "--probe", CALLPIPE_TTS_KEY="", CALLPIPE_TTS_KEY_OPENAI=voices.KEY)
    ok(code == 0, "the key of an engine goes where the engine is", code)
    code, out, err = run(spool, "tts", "-e", "elevenlabs,openai,command", "--url", f"{url(fake, 'elevenlabs')} openai:{url(fake, 'openai')}", "--probe", CALLPIPE_TTS_KEY_OPENAI="no-key")
    ok(code == 69 and out.count(b"engine: ") == 2 and b"status: 200" in out and b"status: 401" in out, "each of a list is asked", code, out, err)
    code, _, err = run(spool, "tts", "--probe")
    ok(code == 78, "nobody to probe", code, err)
    for args, want in ((("--format", "ogg"), 78), (("--speed", "fast"), 64), (("--parameters", "[]"), 64), (("--parameters", '{"openai":1}'), 64), (("--url", "ftp://x"), 64)):
        code, _, err = run(spool, "tts", "-e", "openai", "--say", "x", *args)
        ok(code == want and len(err.splitlines()) == 1, f"a mistake: {' '.join(args)}", code, err)


def test_settings(fake, spool):
    parameters = '{"openai":{"seed":5,"model":null},"deepgram":{"tag":"x y"}}'
    fake.more.add("seed")
    more = {"CALLPIPE_TTS_PARAMETERS": parameters, "CALLPIPE_TTS_SPEED": "1.25", "CALLPIPE_TTS_INSTRUCTIONS": "Slowly, please."}
    prices = f"{spool}.prices"
    with open(prices, "w", encoding="ascii") as f:
        json.dump({"currency": "EUR", "prices": {"openai gpt-4o-mini-tts": {"character": 0.001}, "deepgram aura-2-zeus-en": {"character": 0.5}}}, f)
    seen, _ = ask(spool, fake, "openai", "p1:ok said", CALLPIPE_PRICES=prices, **{**more, "CALLPIPE_TTS_PARAMETERS": '{"openai":{"seed":5}}'})
    body = fake.asked("p1").body
    ok([body.get(k) for k in ("speed", "instructions", "seed")] == [1.25, "Slowly, please.", 5], "openai: what can be set", body)
    cost = [f[1].get("cost") for f in seen if f[0] == "usage"]
    ok(cost == [0.01], "and what it costs", cost)
    t = Tts(spool, "deepgram", fake.base, CALLPIPE_PRICES=prices, **more)
    t.say("p2:ok said", voice="aura-2-zeus-en")
    t.until("audio-stop")
    body = fake.asked("p2").body
    ok([body.get(k) for k in ("speed", "tag", "model")] == ["1.25", "x y", "aura-2-zeus-en"], "deepgram: what can be set", body)
    ok([f[1].get("cost") for f in t.seen if f[0] == "usage"] == [5], "a voice is a model, and has a price")
    t.say("p3:ok said")
    t.say("p4:ok said")
    t.until("audio-stop", "p4")
    ok(stops(t.seen)[1:] == [("p3", "failed"), ("p4", "failed")] and [c for c, _ in errors(t.seen)] == ["rejected"] and fake.count("p3") == 0, "no voice for a language: said once, nobody is asked", errors(t.seen))
    t.end()
    ok(not fake.misasked, "no service was asked as it does not want to be", fake.misasked)


def test_cut(fake, spool):
    """A size that is larger than what came: said, and not kept."""
    for n in (1, 2):
        seen, _ = ask(spool, fake, "openai", "q1:toolong said")
        ok(stops(seen) == [("q1", "ok")] and fake.count("q1") == n, f"a size that is not true: asked for each time, {n}", stops(seen))


def scenario(path, texts):
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"name": "s", "language": "en", "start": "a", "states": {"a": {"say": texts, "hangup": True}}}, f)


def test_prime(spool):
    fake = voices.Voices()
    path = f"{spool}.json"
    scenario(path, [f"w{i}:ok sentence." for i in "abcde"] + ["busy:later sentence."])
    args = ["tts", "-e", "openai,command", "--url", url(fake, "openai"), "--prime", path]
    code, out, err = run(spool, *args)
    ok(code == 0 and json.loads(out.splitlines()[-1])["made"] == 6, "--prime", code, out, err)
    ok(fake.connections == 1, "on one connection", fake.connections)
    waited = fake.asked("busy", 2).at - fake.asked("busy").at
    ok(waited >= 0.04, "what a server asks to wait is waited for", waited)
    code, out, _ = run(spool, *args, "--verify")
    ok(code == 0, "--verify", out)
    t = Tts(spool, "openai", url(fake, "openai"), "-l", "en")
    t.say("wb:ok sentence.", language="en")
    got = t.until("audio-stop")
    ok(any(f[1].get("cached") for f in got), "what it made is what a call needs", got[:3])
    t.end()
    before = len(fake.requests)
    scenario(path, [f"v{i}:quota sentence." for i in "abcde"] + ["wb:ok sentence."])
    code, out, _ = run(spool, *args)
    sums = json.loads(out.splitlines()[-1])
    ok(code == 69 and [sums["failed"], sums["cached"]] == [5, 1] and len(fake.requests) == before + 1, "an account that is refused is asked once", code, sums, len(fake.requests) - before)
    fake.close()


def maps(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as f:
        return {line.rpartition("/")[2].strip() for line in f if ".so" in line}


def test_load(fake, spool):
    """libcurl costs nothing where nobody is asked."""
    t = Tts(spool, "command", "", "-c", OTHER)
    t.say("x1 said")
    t.until("audio-stop", "x1")
    ok(not [m for m in maps(t.p.pid) if "curl" in m or "ssl" in m], "without a service no libcurl", maps(t.p.pid))
    t.end()
    t = Tts(spool, "openai", url(fake, "openai"))
    t.say("x2:ok said")
    t.until("audio-stop", "x2")
    t.end()
    t = Tts(spool, "openai", url(fake, "openai"))
    t.say("x2:ok said")
    ok(any(f[1].get("cached") for f in t.until("audio-stop", "x2")) and not [m for m in maps(t.p.pid) if "curl" in m], "nor where all is in the cache", maps(t.p.pid))
    t.say("x3:ok said")
    t.until("audio-stop", "x3")
    ok([m for m in maps(t.p.pid) if "curl" in m], "with one it is loaded when it is needed")
    fds = len(os.listdir(f"/proc/{t.p.pid}/fd"))
    for i in range(40):
        t.say(f"y{i}:ok said")
        if i % 4 == 3:
            t.send("flush", turn=i)
    t.say("z:ok said")
    t.until("audio-stop", "z")
    ok(len(os.listdir(f"/proc/{t.p.pid}/fd")) <= fds + 4, "descriptors do not grow", fds, os.listdir(f"/proc/{t.p.pid}/fd"))
    with open(f"/proc/{t.p.pid}/cmdline", "rb") as f:
        ok(voices.KEY.encode() not in f.read(), "no key on a command line")
    t.end()


def engine_tests(folder, engine, only):
    """All that is asked of each of them, beside the others: what takes time is waiting."""
    for test in (test_stream, test_flush, test_forms, test_faults, test_alone, test_again, test_long):
        if not only or test.__name__[5:] in only:
            fake = voices.Voices()
            test(fake, f"{folder}/{test.__name__}-{engine}", engine)
            ok(not fake.misasked, f"{engine}: asked as it wants to be", fake.misasked)
            fake.close()


def other_tests(folder, only):
    for test in (test_unreachable, test_tls, test_breaker, test_chain, test_probe, test_settings, test_cut, test_load):
        if not only or test.__name__[5:] in only:
            fake = voices.Voices()
            test(fake, f"{folder}/{test.__name__}")
            fake.close()
    for test in (test_piper, test_prime):
        if not only or test.__name__[5:] in only:
            test(f"{folder}/{test.__name__}")


def main():
    global OTHER
    only = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(5) as pool:
        OTHER = f"cat {folder}/other.wav"
        with open(f"{folder}/other.wav", "wb") as f:
            f.write(voices.wav(voices.tone(8000, 700), 8000))
        jobs = [pool.submit(engine_tests, folder, engine, only) for engine in ENGINES] + [pool.submit(other_tests, folder, only)]
        for job in jobs:
            job.result()
    ok(not [text for text in output if voices.KEY in text], "no key in an event, in a message")
    for row in table:
        print("# %-10s %-12s %-6s %-9s %.90s" % row)
    print(f"1..{results[0]}")
    sys.exit(results[1] > 0)


main()
