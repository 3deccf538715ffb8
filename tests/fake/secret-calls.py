#!/usr/bin/env python3
"""secret-calls.py: whole calls and commands with keys that can be told anywhere, at servers that say back all they are told;
then every place is searched where a key has no business: command lines, files of the spool and their names, messages with
CALLPIPE_LOG=debug, --probe, --help, metrics, --status, the environment of programs. Prints TAP.
"""

import base64
import concurrent.futures
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from whole import SLACK, SOUNDS, Host
from ws import closing

T = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
ENGINES = ["stt", "tts", "openai", "elevenlabs", "deepgram", "anthropic", "shop", "dsn", "url", "proxy"]
KEYS = {e: f"{e[:3].upper()}{i}x9kq-{e}-7f3a91c5d2e8" for i, e in enumerate(ENGINES)}  # each differs at its beginning
MARKS = {k.encode() for k in KEYS.values()} | {k[:10].encode() for k in KEYS.values()} | {base64.b64encode(k.encode()) for k in KEYS.values()}
MARKS |= {base64.b64encode(f"user:{k}".encode()) for k in KEYS.values()}  # as a proxy is told it, and whoever has it in its URL
NAMES = {"stt": "CALLPIPE_STT_KEY", "tts": "CALLPIPE_TTS_KEY", "openai": "OPENAI_API_KEY", "elevenlabs": "CALLPIPE_TTS_KEY_ELEVENLABS",
         "deepgram": "CALLPIPE_TTS_KEY_DEEPGRAM", "anthropic": "ANTHROPIC_API_KEY", "shop": "SHOP_KEY", "dsn": "SHOP_DSN"}


# ---- a server that says back what it is told ----


def told(head):
    """The key in a request."""
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(": ")
        if name.lower() in ("authorization", "xi-api-key", "x-api-key") and not value.startswith("Basic"):
            return value.split(" ")[-1]
    return "none"


def reply(status, body, *more):
    return ("\r\n".join([f"HTTP/1.1 {status}", *more, f"Content-Length: {len(body.encode())}", "", ""]) + body).encode()


def shout(key):
    """It, whole and in parts, as vendors do."""
    return f"Incorrect API key provided: {key}, {key[:12]}****{key[-2:]}, '{key}'; see https://x.example/?key={key}&again={key}"


def error(key):
    return json.dumps({"error": {"message": shout(key), "type": key, "code": key}, "detail": {"status": key, "message": shout(key)},
                       "err_code": key, "err_msg": shout(key), "request_id": key})


HEADERS = ("x-request-id: {0}", "request-id: {0}", "dg-request-id: {0}", "dg-error: no {0}", "x-error: {0}", "Content-Type: application/json")


def said_with(status):
    def say(key, head):
        return reply(f"{status} No {key}", error(key), *(h.format(key) for h in HEADERS))
    return say


def event_of(key, head):
    """A stream that ends in an error; to a WebSocket, a close."""
    if "upgrade: websocket" in head.lower():
        import deepgram
        ws = deepgram.Peer.__new__(deepgram.Peer)
        ws.sent, ws.fields = b"", {k.lower(): v for k, _, v in (line.partition(": ") for line in head.split("\r\n")[1:])}
        ws.write = lambda data: setattr(ws, "sent", ws.sent + data)
        ws.accept(extra=f"dg-request-id: {key}\r\n")
        return ws.sent + closing(1011, f"no {key}")
    data = f"event: error\ndata: {error(key)}\n\n"
    return reply("200 OK", data, "Content-Type: text/event-stream", f"x-request-id: {key}")


MODES = {
    "401": said_with(401), "429": said_with(429), "500": said_with(500), "404": said_with(404), "302": said_with(302),
    "200": said_with(200), "event": event_of,
    "html": lambda key, head: reply(f"503 {key}", f"<html><title>{shout(key)}</title><body>{shout(key)}</body></html>", "Content-Type: text/html"),
    "text": lambda key, head: reply("403 No", shout(key), f"Content-Type: {key}"),
    "junk": lambda key, head: f"HTP/9 {key} {shout(key)}\r\n{key}: {key}\r\n\r\n{key}".encode(),
    "short": lambda key, head: f"HTTP/1.1 200 {key}\r\nContent-Length: 9999\r\nx-request-id: {key}\r\nContent-Type: text/{key}\r\n\r\n{shout(key)}".encode(),
    "chunk": lambda key, head: f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{key}\r\n{shout(key)}\r\n".encode(),
}


class Echo:
    """http://127.0.0.1:PORT: a server of one mode."""

    def __init__(self, mode):
        self.mode, self.keys = MODES[mode], set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        with sock:
            try:
                sock.settimeout(20)
                raw = b""
                while b"\r\n\r\n" not in raw:
                    got = sock.recv(65536)
                    if not got:
                        return
                    raw += got
                head, body = raw.split(b"\r\n\r\n", 1)
                head = head.decode("latin-1")
                size = next((int(line[16:]) for line in head.split("\r\n") if line.lower().startswith("content-length: ")), 0)
                while len(body) < size:
                    body += sock.recv(65536)
                self.keys.add(told(head))
                sock.sendall(self.mode(told(head), head))
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):
                    pass
            except OSError:
                pass


# ---- the service ----

TOOLS = {
    "ask": {"description": "Asks.", "http": {"url": "http://127.0.0.1:%d/ask", "headers": {"Authorization": {"secret": "SHOP_KEY", "prefix": "Bearer "}}, "retries": 0}},
    "rows": {"description": "Rows.", "sql": {"file": "rows.sql", "dsn": "SHOP_DSN"}},
    "env": {"description": "What it finds.", "command": ["./env"]},
}
SCENARIO = {
    "name": "secrets", "language": "en", "start": "talk", "problem": "problem", "tools": "tools.json",
    "listen": {"end_silence_ms": 400, "no_input_ms": 3000},
    "on": [{"no_input": 2, "goto": "bye"}, {"no_match": 3, "goto": "bye"}, {"dtmf": "1", "goto": "ask"}],
    "states": {
        "talk": {"say": "Hello.", "on": [{"words": "xyzzy", "goto": "bye"}]},
        "ask": {"tool": "ask", "failed": {"goto": "rows"}, "goto": "rows"},
        "rows": {"tool": "rows", "failed": {"goto": "env"}, "goto": "env"},
        "env": {"tool": "env", "failed": {"goto": "free"}, "goto": "free"},
        "free": {"llm": "prompt.md", "exits": {"done": "bye"}},
        "problem": {"say": "Sorry.", "hangup": "problem"},
        "bye": {"say": "Goodbye.", "hangup": True},
    },
}
# A shell, which has begun before a voice is given up: one line, one write.
ENV_TOOL = """#!/bin/sh
line=$(env | tr '\\n' ' ')
printf '%s %s\\n' "$0" "$line" >>environment
[ "$0" != ./env ] || exec python3 -c 'import json, os; print(json.dumps({"found": sorted(os.environ)}))'
"""


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def settings(folder, way):
    """The keys, as variables, files, or credentials of systemd."""
    env, keys = {}, folder + ".keys"
    os.mkdir(keys)
    values = {**KEYS, "dsn": f"host=127.0.0.1 port=1 user=u dbname=d password={KEYS['dsn']}"}
    for engine, name in NAMES.items():
        if way == "variable":
            env[name] = values[engine]
        else:
            write(f"{keys}/{name.replace('CALLPIPE_', '')}", values[engine] + "\n", 0o600)
            if way == "file":
                env[name + "_FILE"] = f"{keys}/{name.replace('CALLPIPE_', '')}"
    if way == "credential":
        env["CREDENTIALS_DIRECTORY"] = keys
    return env


class Service:
    """A folder with the service, and a host that answers its calls."""

    def __init__(self, mode, stt, way, **more):
        self.programs = {"./env", "./voice", *(["./words"] if stt == "command" else [])}
        self.name = f"{mode}, stt {stt}, keys by {way}" + "".join(f", {k}" for k in more)
        self.echo = Echo(mode)
        self.folder = f"{T}/{self.name.replace(' ', '').replace(',', '.')}"
        os.mkdir(self.folder)
        base = own = f"http://127.0.0.1:{self.echo.port}"
        if "url" in more:
            base = f"http://user:{KEYS['url']}@127.0.0.1:{self.echo.port}"
        write(self.folder + "/scenario.json", json.dumps(SCENARIO))
        write(self.folder + "/tools.json", json.dumps(TOOLS) % self.echo.port)
        write(self.folder + "/rows.sql", "select 1 as one")
        write(self.folder + "/prompt.md", "You answer the telephone.\n")
        for name in ("env", "voice", "words"):
            write(f"{self.folder}/{name}", ENV_TOOL, 0o755)
        write(self.folder + "/models.json", json.dumps({
            "providers": [{"name": "a", "engine": "openai", "model": "m", "url": own + "/v1", "secret": "OPENAI_API_KEY"},
                          {"name": "b", "engine": "anthropic", "model": "m", "url": own + "/v1", "secret": "ANTHROPIC_API_KEY"}],
            "wait_ms": 300, "give_up_ms": 800}))
        self.env = {
            **settings(self.folder, way), "CALLPIPE_LOG": "debug", "CALLPIPE_STT": stt, "CALLPIPE_STT_TIMEOUT": "1000",
            "CALLPIPE_STT_URL": base.replace("http", "ws", 1) if stt == "deepgram" else base + "/v1", "CALLPIPE_STT_COMMAND": "./words",
            "CALLPIPE_TTS": "openai,elevenlabs,deepgram,piper,command", "CALLPIPE_TTS_COMMAND": "./voice", "CALLPIPE_TTS_TIMEOUT": str(500 * SLACK),
            "CALLPIPE_TTS_URL": f"{base}/v1 elevenlabs:{base} deepgram:{base} piper:{base}", "CALLPIPE_MODELS": "models.json", "CALLPIPE_CACHE": "",
        }
        if "proxy" in more:
            self.env["CALLPIPE_PROXY"] = f"http://user:{KEYS['proxy']}@127.0.0.1:{self.echo.port}"
            self.env["CALLPIPE_NO_PROXY"] = "nobody.example"
        self.host = Host(self.folder, "as-listen | vad | stt | agent -s scenario.json | tts | as-speak", self.env)

    def run(self):
        """A call, then the commands; what they said."""
        self.host.dial(f"wait 2; say {SOUNDS}hello-world.wav; wait 2; dtmf 1; expect end within {15 * SLACK}")
        calls = self.host.over()
        with open(self.folder + "/environment", encoding="utf-8") as f:
            self.ran = {line.split()[0] for line in f}  # in the call: the commands run them, too
        said = b""
        for command in (["stt", "--probe"], ["tts", "--probe"], ["agent", "--probe"], ["tts", "--say=Hello.", "--output=x.wav"],
                        ["agent", "--tool=tools.json", "ask"], ["agent", "--tool=tools.json", "rows"], ["agent", "--tool=tools.json", "env"],
                        ["agent", "--check", "scenario.json", "tools.json"], ["as-answer", "--status"], ["metrics"],
                        ["stt", "--help"], ["tts", "--help"], ["agent", "--help"], ["stt", "--file", SOUNDS + "hello.wav"]):
            done = subprocess.run(command, cwd=self.folder, env=self.host.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  check=False, timeout=60 * SLACK)
            said += b"$ " + " ".join(command).encode() + b"\n" + done.stdout
        write(self.folder + "/said", said.decode("utf-8", "replace"))
        self.host.close()
        return calls


# ---- where it is looked for ----


class Watch(threading.Thread):
    """Command lines of all processes, while calls last."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.over = set(), False
        self.start()

    def run(self):
        while not self.over:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{pid}/cmdline", "rb") as f:
                        self.seen.add(f.read())
                except OSError:
                    pass
            time.sleep(0.05)


def marks_in(data):
    return sorted({m.decode() for m in MARKS if m in data})


def search(folder):
    """Files that have a key in them or in their names, and the lines."""
    found = []
    for where, _, files in os.walk(folder):
        for name in set(files) - {"environment"}:
            path = os.path.join(where, name)
            if marks_in(path.encode()):
                found.append(f"name: {path}")
            with open(path, "rb") as f:
                for line in f.read().split(b"\n"):
                    if marks_in(line):
                        found.append(f"{os.path.relpath(path, folder)}: {line[:300].decode('utf-8', 'replace')}")
    return found


WAYS = ["variable", "file", "credential"]
# A key is found in all ways; each mode is met by each engine.
RUNS = [(mode, ("openai", "deepgram", "command")[i % 3 if mode != "event" else 1], WAYS[i % 3 - i // 3]) for i, mode in enumerate(MODES)]
RUNS += [("401", "deepgram", "variable"), ("500", "openai", "file"), ("event", "openai", "variable")]
MORE = [{} for _ in RUNS] + [{"url": True}, {"url": True}, {"proxy": True}, {"proxy": True}]
RUNS += [("401", "openai", "variable"), ("500", "deepgram", "file"), ("401", "openai", "credential"), ("500", "deepgram", "variable")]


def main():
    n = 0

    def ok(good, text, *why):
        nonlocal n
        n += 1
        print(f"{'ok' if good else 'not ok'} {n} - {text}", flush=True)
        for line in why if not good else ():
            print(f"# {line}", flush=True)
        return good

    good, keys, watch = True, set(), Watch()
    runs = list(zip(RUNS, MORE))[:: 1 if SLACK == 1 else 4]
    services = [Service(*r, **m) for r, m in runs]
    with concurrent.futures.ThreadPoolExecutor(8 if SLACK == 1 else 3) as pool:
        for s, calls in zip(services, pool.map(Service.run, services)):
            ended = len(calls) == 1 and calls[0].verdict == "hangup"
            found = search(s.folder)
            with open(s.folder + "/environment", "rb") as f:  # what has its password in a URL is a setting
                found += [f"environment: {m}" for m in marks_in(f.read()) if not m.startswith(("URL", "PRO"))]
            keys |= s.echo.keys
            good &= ok(ended and not found, s.name, f"calls {[c.verdict for c in calls]}" if not ended else "", *found[:8])
    watch.over = True
    watch.join()
    good &= ok(not [c for c in watch.seen if marks_in(c)], f"no key in {len(watch.seen)} command lines", *(str(c) for c in watch.seen if marks_in(c)))
    untold = [e for e, k in KEYS.items() if e not in ("dsn", "url", "proxy") and k not in keys]
    good &= ok(not untold, f"the servers were told all keys, {len(keys)} in all", f"not {untold}")
    unlike = [f"{s.name}: {sorted(s.ran)}" for s in services if s.ran != s.programs]
    good &= ok(not unlike, "all programs were run in each call", *unlike)
    print(f"1..{n}", flush=True)
    os._exit(0 if good else 1)


main()
