#!/usr/bin/env python3
"""ari-self.py CASE..: is ari.py what it says it is? Each case starts one of its own and talks to it over sockets of its own."""

import base64
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

FAKE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ari.py")
AUTH = "Basic " + base64.b64encode(b"callpipe:secret").decode()


class Fake:
    def __init__(self, plan=None, *options):
        self.dir = tempfile.TemporaryDirectory()
        self.log = os.path.join(self.dir.name, "invites")
        path = os.path.join(self.dir.name, "plan")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(plan or {}, f)
        args = [sys.executable, FAKE, "--plan", path, "--log", self.log, *options]
        self.process = subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.base = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait()
        self.dir.cleanup()
        assert code == 0, code

    def ask(self, method, path, body=None, auth=AUTH):
        """(status, what came)"""
        data = None if body is None else json.dumps(body).encode()
        q = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json", "Authorization": auth}, method=method)
        try:
            with urllib.request.urlopen(q, timeout=10) as r:
                status, text = r.status, r.read()
        except urllib.error.HTTPError as e:
            status, text = e.code, e.read()
        return status, json.loads(text) if text else None

    def post(self, path, body=None):
        return self.ask("POST", "/ari" + path, body)[0]

    def control(self, what):
        return self.ask("POST", "/control/" + what)[1]

    def invites(self):
        with open(self.log, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def create(self, ident, number="33612345678", app="camp", **variables):
        body = {"variables": variables} if variables else None
        return self.post(f"/channels/create?channelId={ident}&app={app}&endpoint=PJSIP/{number}@trunk", body)


class Stream:
    """The events of an application."""

    def __init__(self, fake, app="camp"):
        self.sock = socket.create_connection(("127.0.0.1", fake.port), timeout=10)
        self.sock.sendall(
            f"GET /ari/events?app={app} HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTH}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.file = self.sock.makefile("rb")
        head = self.file.readline()
        assert b" 101 " in head, head
        while self.file.readline() != b"\r\n":
            pass

    def frame(self):
        first, n = self.file.read(2)
        if n == 126:
            (n,) = struct.unpack(">H", self.file.read(2))
        elif n == 127:
            (n,) = struct.unpack(">Q", self.file.read(8))
        return first & 15, self.file.read(n)

    def next(self):
        """(type, event)"""
        opcode, data = self.frame()
        assert opcode == 1, opcode
        event = json.loads(data)
        return event["type"], event

    def until(self, kind):
        """All up to it, of which it is the last."""
        seen = []
        while not seen or seen[-1][0] != kind:
            seen.append(self.next())
        return seen

    def gone(self):
        try:
            return self.file.read(1) == b""
        except ConnectionError:
            return True

    def silent(self, s=0.05):
        self.sock.settimeout(s)
        try:
            self.sock.recv(1)
            return False
        except TimeoutError:
            return True

    def close(self):
        self.sock.shutdown(socket.SHUT_RDWR)


def until(true):
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never comes"
        time.sleep(0.002)


def kinds(events):
    return [k for k, _ in events]


def talk():
    """A whole call, with what the recorded events of a real Asterisk look like."""
    with Fake() as fake:
        stream = Stream(fake)
        assert fake.create("c1", CALLPIPE_AMD="tell", **{"CALLERID(num)": "33100000000"}) == 200
        assert kinds(stream.until("StasisStart")) == ["ChannelVarset", "StasisStart"]
        assert not os.path.getsize(fake.log), "an INVITE before the dial"
        assert fake.post("/channels/c1/dial?timeout=5") == 204
        answered = stream.until("Dial") + stream.until("Dial") + stream.until("Dial")
        assert [(k, e.get("dialstatus")) for k, e in answered] == [
            ("Dial", ""), ("ChannelStateChange", None), ("Dial", "RINGING"), ("ChannelStateChange", None), ("Dial", "ANSWER"),
        ]  # fmt: skip
        assert [(e.get("channel") or e["peer"])["state"] for _, e in answered] == ["Down", "Ringing", "Ringing", "Up", "Up"]
        assert fake.post("/channels/c1/continue?context=callpipe-outbound&extension=s&priority=1") == 204
        rest = stream.until("ChannelDestroyed")
        assert kinds(rest)[0] == "StasisEnd" and "ChannelUserevent" in kinds(rest)
        end = rest[-1][1]
        assert (end["cause"], end["cause_txt"], "tech_cause" in end) == (16, "Normal Clearing", False)
        variables = {"AMDSTATUS": "HUMAN", "AMDCAUSE": "HUMAN-803-800", "CALLUUID": "c1", "TRYSTATUS": "SUCCESS", "CALLPIPE_END": ""}
        assert end["channel"]["channelvars"] == variables, end
        (invite,) = fake.invites()
        assert (invite["channel"], invite["number"], invite["caller_id"]) == ("c1", "33612345678", "33100000000")
        recorded = os.path.join(os.path.dirname(FAKE), "../data/ari/events.jsonl")
        with open(recorded, encoding="utf-8") as f:
            real = {e["type"]: e for e in map(json.loads, f)}
        for kind, event in rest + answered:
            assert set(event) <= set(real[kind]) | {"tech_cause"}, (kind, set(event) ^ set(real[kind]))
            who = "peer" if kind == "Dial" else "channel"
            assert set(event[who]) == set(real[kind][who]), kind


def causes():
    """Each way to fail says so, once, and has rung as often as it was dialled."""
    want = {"busy": (17, 486), "unknown": (1, 404), "reject": (21, 403), "decline": (21, 603), "off": (19, 480), "gone": (22, 410)}
    want |= {"congestion": (34, 503), "broken": (38, 500), "ringout": (19, 480), "dead": (19, 480)}
    numbers = {f"33{i}": kind for i, kind in enumerate(want)}
    with Fake({"numbers": numbers}) as fake:
        stream = Stream(fake)
        for number, kind in numbers.items():
            assert fake.create(kind, number) == 200
            stream.until("StasisStart")
            assert fake.post(f"/channels/{kind}/dial?timeout=1") == 204
            *_, (_, end) = stream.until("ChannelDestroyed")
            assert (end["cause"], end["tech_cause"]) == want[kind], (kind, end)
            assert fake.ask("GET", f"/ari/channels/{kind}")[0] == 404
        assert [i["channel"] for i in fake.invites()] == list(want)
    with Fake({"default": "ringout", "timeout": [0, 0]}) as fake:  # older versions
        stream = Stream(fake)
        assert fake.create("old") == 200
        stream.until("StasisStart")
        assert fake.post("/channels/old/dial?timeout=1") == 204
        end = stream.until("ChannelDestroyed")[-1][1]
        assert end["cause"] == 0 and "tech_cause" not in end


def states():
    """What may not be asked at a moment is refused, and dials nobody."""
    with Fake({"numbers": {"331": "ringout"}}) as fake:
        stream = Stream(fake)
        assert fake.ask("GET", "/ari/channels", auth="Basic eDp5")[0] == 401
        assert fake.post("/channels/none/dial") == fake.ask("DELETE", "/ari/channels/none")[0] == 404
        assert fake.create("c1", "331") == 200
        assert fake.create("c1", "331") == 409, "the id is in use"
        stream.until("StasisStart")
        assert fake.post("/channels/c1/continue") == 412, "it is Down"
        assert fake.post("/channels/c1/dial") == 204
        stream.until("ChannelStateChange")
        assert fake.post("/channels/c1/dial") == 409, "it rings already"
        assert fake.ask("DELETE", "/ari/channels/c1")[0] == 204
        assert kinds(stream.until("ChannelDestroyed")).count("ChannelDestroyed") == 1
        assert fake.ask("DELETE", "/ari/channels/c1")[0] == 404
        assert fake.create("c2", "331", "nobody") == 200, "made, but nobody is there to have it"
        assert fake.ask("GET", "/ari/channels/c2")[0] == 404
        status, said = fake.ask("POST", "/ari/channels/create?channelId=c3&app=camp&endpoint=PJSIP/331@other")
        assert (status, said) == (500, {"error": "Allocation failed"})
        assert fake.create("c4") == 200
        stream.until("StasisStart")
        assert fake.post("/channels/c4/dial") == 204
        stream.until("Dial"), stream.until("Dial"), stream.until("Dial")
        assert fake.post("/channels/c4/continue?context=nowhere&extension=s") == 204
        assert stream.until("ChannelDestroyed")[-1][1]["cause"] == 0
        assert len(fake.invites()) == 2


def twice():
    """Two INVITEs to a channel that has not rung yet are both in the log: the judge sees them."""
    with Fake({"default": "dead"}) as fake:
        stream = Stream(fake)
        fake.create("c1")
        stream.until("StasisStart")
        assert fake.post("/channels/c1/dial") == fake.post("/channels/c1/dial") == 204
        until(lambda: len(fake.invites()) == 2)


def late():
    """A dial that was taken may be made after a DELETE was, and the channel is there until it is seen to be gone."""
    with Fake({"default": "dead", "thread": 200, "seed": 1}) as fake:
        stream = Stream(fake)
        for i in range(10):
            fake.create(f"c{i}", str(i))
            stream.until("StasisStart")
        for i in range(10):
            assert fake.post(f"/channels/c{i}/dial") == 204
            assert fake.ask("DELETE", f"/ari/channels/c{i}")[0] == 204
        assert fake.ask("GET", "/ari/channels")[1], "all gone at once"
        until(lambda: not fake.ask("GET", "/ari/channels")[1])
        assert 0 < len(fake.invites()) < 10, len(fake.invites())


def loss():
    """What happens while nobody listens is told nobody; the channel lives, and its end is told again to who comes back."""
    with Fake({"default": {"ring": 1, "answer": 5, "patience": 100000}}) as fake:
        stream = Stream(fake)
        fake.create("c1")
        stream.until("StasisStart")
        assert fake.control("disconnect") == {"cut": 1}
        assert stream.gone()
        fake.post("/channels/c1/dial")
        until(lambda: fake.ask("GET", "/ari/channels/c1")[1]["state"] == "Up")
        assert fake.ask("GET", "/ari/applications/camp")[1]["channel_ids"] == ["c1"]
        stream = Stream(fake)
        assert stream.silent()
        stream = Stream(fake, "other,camp")  # takes it over; the first one was silent before
        assert fake.control("hangup?channel=c1&cause=16") == {"found": True}
        assert stream.until("ChannelDestroyed")[-1][1]["application"] == "camp"
        stream.close()
        until(lambda: fake.ask("GET", "/ari/applications/camp")[0] == 404)


def replaced():
    with Fake() as fake:
        first = Stream(fake)
        second = Stream(fake)
        kind, event = first.next()
        assert (kind, event["application"]) == ("ApplicationReplaced", "camp")
        fake.create("c1")
        second.until("StasisStart")
        assert first.silent()
        first.close()  # not the end of the application
        fake.create("c2")
        second.until("StasisStart")
        assert fake.ask("GET", "/control/state")[1]["apps"]["camp"][0] is True


def restart():
    """Nothing is left, nobody is told, and it is another start."""
    with Fake({"default": "ringout"}) as fake:
        stream = Stream(fake)
        before = fake.ask("GET", "/ari/asterisk/info")[1]["status"]["startup_time"]
        fake.create("c1")
        stream.until("StasisStart")
        fake.post("/channels/c1/dial")
        stream.until("Dial")
        stream.until("Dial")
        fake.control("restart?down=50")
        assert stream.gone()
        try:
            fake.ask("GET", "/ari/channels")
            raise AssertionError("it answers while it is down")
        except OSError:
            pass

        def answers():
            try:
                return fake.ask("GET", "/ari/channels/c1")[0] == 404
            except OSError:
                return False

        until(answers)
        assert fake.ask("GET", "/ari/asterisk/info")[1]["status"]["startup_time"] > before
        assert fake.ask("GET", "/ari/applications")[1] == []


def faults():
    """Slow, refused, done without a reply, not done without a reply."""
    with Fake() as fake:
        stream = Stream(fake)
        fake.control("fail?match=create&n=1")
        assert [fake.create("c1"), fake.create("c1")] == [500, 200]
        stream.until("StasisStart")
        fake.control("fail?match=/dial&status=-1")
        fake.control("fail?match=/dial&status=0")
        for invites in (0, 1):
            try:
                fake.post("/channels/c1/dial")
                raise AssertionError("a reply")
            except OSError:
                until(lambda n=invites: len(fake.invites()) == n)
        fake.control("slow?match=DELETE&ms=60")
        began = time.monotonic()
        assert fake.ask("DELETE", "/ari/channels/c1")[0] == 204
        assert time.monotonic() - began > 0.055
        stream.until("ChannelDestroyed")
        assert fake.create("c2") == 200
        fake.control("slow?match=DELETE&ms=60&when=before")
        waiting = threading.Thread(target=fake.ask, args=("DELETE", "/ari/channels/c2"))
        waiting.start()
        until(lambda: not fake.ask("GET", "/control/state")[1]["rules"])
        assert fake.ask("GET", "/ari/channels/c2")[0] == 200, "not yet"
        waiting.join()
        until(lambda: fake.ask("GET", "/ari/channels/c2")[0] == 404)


def plan():
    """Lots are the same every time, and about as often as they should be; a list is what happens from call to call."""
    sys.path.insert(0, os.path.dirname(FAKE))
    from ariworld import Plan

    p = Plan({"seed": 7, "default": {"lot": [[70, "answer"], [30, "busy"]]}, "numbers": {"1": ["busy", "answer"]}})
    again = Plan({"seed": 7, "default": {"lot": [[70, "answer"], [30, "busy"]]}})
    phones = [p.phone(str(i), 0) for i in range(1000, 2000)]
    assert phones == [again.phone(str(i), 0) for i in range(1000, 2000)]
    assert 240 < sum(bool(phone["end"]) for phone in phones) < 360
    assert [bool(p.phone("1", nth)["end"]) for nth in (0, 1, 2)] == [True, False, False]
    assert 3 <= Plan({"default": {"answer": [3, 4]}}).phone("1", 0)["answer"] <= 4


def run():
    """A talk that is a program: who is called, how it ended, and what becomes of it when the call is cut."""
    command = ["sh", "-c", "echo {uuid} {number} {service}; exec sleep {number}"]
    with tempfile.TemporaryDirectory() as runs, Fake({"default": {"answer": 1, "patience": 9999, "run": command}}, "--runs", runs) as fake:
        stream = Stream(fake)
        for ident, number in (("c1", "0"), ("c2", "x"), ("c3", "1000")):
            fake.create(ident, number, CALLPIPE_SERVICE="127.0.0.1:9")
            stream.until("StasisStart")
            fake.post(f"/channels/{ident}/dial")
            stream.until("Dial"), stream.until("Dial")
            fake.post(f"/channels/{ident}/continue?context=callpipe-outbound&extension=s")
            if ident != "c3":
                end = stream.until("ChannelDestroyed")[-1][1]
                assert end["channel"]["channelvars"]["TRYSTATUS"] == ("FAILED" if ident == "c2" else "SUCCESS")
        out = os.path.join(runs, "c3")
        until(lambda: os.path.exists(out) and os.path.getsize(out))
        with open(out, encoding="utf-8") as f:
            assert f.read() == "c3 1000 127.0.0.1:9\n"
        assert fake.ask("DELETE", "/ari/channels/c3")[0] == 204
        stream.until("ChannelDestroyed")
        children = ["pgrep", "-P", str(fake.process.pid)]
        until(lambda: subprocess.run(children, stdout=subprocess.DEVNULL, check=False).returncode)


if __name__ == "__main__":
    for case in sys.argv[1:]:
        globals()[case]()
