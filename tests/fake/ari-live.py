#!/usr/bin/env python3
"""ari-live.py PROGRAM CASE..: bin/campaign's ARI, by the client that tests/unit/campaign-ari.c is, against ari.py."""

import importlib
import json
import os
import socket
import subprocess
import sys
import threading
import time

own = importlib.import_module("ari-self")
PROGRAM = sys.argv[1]
SLACK = float(os.environ.get("SLACK", "1"))
UP = "up 02:fc:00:00:00:01 23.4.1 1 "


class Client:
    """Lines in, lines out."""

    def __init__(self, fake, *options, password="secret", app="camp", base=None):
        args = [PROGRAM, (base or fake.base) + "/ari", app, "again=20", *options]
        environment = {**os.environ, "PASSWORD": password}
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)
        self.killer = threading.Timer(30 * SLACK, self.process.kill)
        self.killer.start()
        self.all = []

    def say(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def next(self):
        line = self.process.stdout.readline()
        assert line, "it has ended"
        self.all.append(line.rstrip("\n"))
        return self.all[-1]

    def until(self, beginning):
        seen = []
        while not seen or not seen[-1].startswith(beginning):
            seen.append(self.next())
        return seen

    def had(self, beginning):
        """Now or before: events overtake replies."""
        while not any(line.startswith(beginning) for line in self.all):
            self.next()

    def ask(self, *lines):
        """Each with its own line in return, which begins as it does."""
        self.say(*lines)
        return [self.until(line.split()[0])[-1] for line in lines]

    def finish(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        self.killer.cancel()
        code = self.process.wait()
        assert code == 0, code
        return rest.splitlines()


def talk():
    """A whole call; requests in a row go over one connection, a dial over one of its own."""
    with own.Fake() as fake:
        c = Client(fake)
        assert c.next() == UP + "0"
        before = fake.ask("GET", "/control/state")[1]["connections"]
        (said,) = c.ask("create c1 PJSIP/33612345678@trunk 33100000000")
        reply = json.loads(said.removeprefix("create done 200 "))
        assert (reply["id"], reply["state"], reply["caller"]["number"]) == ("c1", "Down", "33100000000")
        assert c.ask("get c1", "channels", "ask /applications/camp")[2].startswith('ask done 200 {"bridge_ids":[],"channel_ids":["c1"]')
        c.had("event StasisStart c1 Down")
        c.say("dial c1 5")
        seen = c.until("event Dial c1 Up ANSWER")
        assert [s for s in seen if s.startswith("event")] == [
            "event Dial c1 Down ", "event ChannelStateChange c1 Ringing", "event Dial c1 Ringing RINGING",
            "event ChannelStateChange c1 Up", "event Dial c1 Up ANSWER",
        ]  # fmt: skip
        c.say("continue c1 callpipe-outbound s")
        rest = c.until("event ChannelDestroyed")
        assert rest[-1] == "event ChannelDestroyed c1 Up 16 0" and "event ChannelVarset c1 Up TRYSTATUS=SUCCESS" in rest, rest
        assert c.ask("delete c1", "get c1")[0] == "delete missing 404 HTTP status 404: Channel not found"
        state = fake.ask("GET", "/control/state")[1]
        assert state["connections"] - before <= 5, state  # one, the dial's, and those of this program
        assert [(i["number"], i["caller_id"]) for i in fake.invites()] == [("33612345678", "33100000000")]
        assert c.finish() == []


def refusals():
    with own.Fake({"default": "dead"}) as fake:
        c = Client(fake)
        c.until("up")
        assert c.ask("create c1 PJSIP/1@other") == ["create failed 500 HTTP status 500: Allocation failed"]
        assert c.ask("dial c1 1") == ["dial missing 404 HTTP status 404: Channel not found"]
        c.ask("create c1 PJSIP/1@trunk")
        c.had("event StasisStart c1 Down")
        assert c.ask("create c1 PJSIP/1@trunk") == ["create conflict 409 HTTP status 409: Channel with given unique ID already exists"]
        assert c.ask("continue c1 a b") == ["continue rejected 412 HTTP status 412: Channel in invalid state"]
        assert c.ask("subscribe c1", "subscribe c2")[1].startswith("subscribe rejected 422")
        assert c.ask("create a/b?c PJSIP/1@trunk", "delete a/b?c")[1] == "delete done 204"
        fake.control("fail?match=/dial&status=503")
        assert c.ask("dial c1 1")[0].startswith("dial unknown 503"), "somebody between us and Asterisk"
        c.finish()


def dials():
    """What is certain of a dial, and that it is never made twice, whatever libcurl thinks."""
    with own.Fake({"default": "dead"}) as fake:
        c = Client(fake, "answer=150")
        c.until("up")
        for ident, fault, invites, said in (
            ("c1", "fail?match=/dial&status=-1", 0, "dial unknown 0"),
            ("c2", "fail?match=/dial&status=0", 1, "dial unknown 0"),
            ("c3", "slow?match=/dial&ms=400", 2, "dial unknown 0 not done within 150 ms"),
            ("c4", "slow?match=/dial&ms=400&when=before", 2, "dial unknown 0 not done within 150 ms"),
        ):
            c.say(f"create {ident} PJSIP/1@trunk")
            c.had(f"event StasisStart {ident}")
            c.ask(f"get {ident}")  # a connection is kept
            fake.control(fault)
            assert c.ask(f"dial {ident} 9")[0].startswith(said), ident
            own.until(lambda n=invites: len(fake.invites()) == n)
            assert [i["channel"] for i in fake.invites()].count(ident) <= 1
        # the first connection refuses: then it was not sent, and the same of another request is not certain
        fake.control("restart?down=200")
        assert c.ask("dial c1 9")[0].split()[1] in ("not-sent", "unknown")
        c.finish()
    c = Client(None, base="http://127.0.0.1:1")
    assert c.ask("dial c1 9", "get c1")[0].startswith("dial not-sent 0 ")
    assert c.ask("get c1")[0].startswith("get unknown 0 ")
    c.finish()


def reconnect():
    with own.Fake({"default": {"ring": 1, "answer": None}}) as fake:
        c = Client(fake)
        c.until("up")
        c.ask("create c1 PJSIP/1@trunk")
        c.had("event StasisStart")
        fake.control("disconnect?down=400")
        assert c.next() == "down the connection broke without a goodbye"
        c.ask("dial c1 30")
        own.until(lambda: fake.ask("GET", "/ari/channels/c1")[1]["state"] == "Ringing")
        assert c.until("up")[-1] == UP + "0" and "down the handshake is answered with status 503" in c.all, c.all
        assert '"state":"Ringing"' in c.ask("channels")[0]
        assert c.ask("subscribe c1")[0].startswith("subscribe done 200")
        fake.control("hangup?channel=c1&cause=17")
        assert c.until("event ChannelDestroyed")[-1] == "event ChannelDestroyed c1 Ringing 17 0"
        fake.control("close?code=1001")
        assert c.until("up") == ["down closed with code 1001", UP + "0"]
        c.ask("create c2 PJSIP/1@trunk")
        fake.control("restart?down=60")
        seen = c.until("up")
        assert seen[-1] == UP + "1", "another start"
        assert not [s for s in seen if s.startswith("event ChannelDestroyed")], "nobody told"
        assert c.ask("channels", "get c2")[0] == "channels done 200 []"
        fake.control("fail?match=asterisk/info&n=2")
        fake.control("disconnect")
        assert c.until("up")[1:] == ["down it does not say who it is: HTTP status 500: Allocation failed", UP + "0"]
        c.finish()


def deaf():
    """A stream on which nothing comes any more, not even a pong, is one that is not there."""
    with own.Fake() as fake:
        c = Client(fake, "ping=100")
        c.until("up")
        fake.control("deaf")
        began = time.monotonic()
        assert c.next().startswith("down ")
        assert time.monotonic() - began < 2 * SLACK
        fake.control("deaf?on=0")
        c.until("up")
        c.finish()


def replaced():
    """Another program takes the application: it is said, and not fought over."""
    with own.Fake() as fake:
        c = Client(fake)
        c.until("up")
        second = own.Stream(fake)
        why = "another program has connected to Asterisk with the name of our application"
        assert [c.next(), c.next()] == [f"down {why}", f"lost {why}"]
        time.sleep(0.1)
        assert second.silent()
        assert c.ask("channels")[0] == "channels done 200 []", "requests go on"
        assert fake.ask("GET", "/control/state")[1]["streams"] == 2
        assert c.finish() == []


def secrets():
    """A password that is not taken is not shown, nor a part of it."""
    with own.Fake() as fake:
        c = Client(fake, password="hunter2-hunter2")
        said = [c.next(), c.next()]
        why = "it refuses the user or the password for events (HTTP status 401)"
        assert said == [f"down {why}", f"lost {why}"], said
        said += c.ask("channels")
        assert said[-1] == "channels denied 401 HTTP status 401: Authentication required"
        with open(f"/proc/{c.process.pid}/cmdline", encoding="utf-8") as f:
            assert "hunter" not in f.read() + "".join(said)
        c.finish()

    class Echo(threading.Thread):
        """A server that tells what it was sent."""

        def __init__(self):
            super().__init__(daemon=True)
            self.sock = socket.create_server(("127.0.0.1", 0))

        def run(self):
            while True:
                peer = self.sock.accept()[0]
                peer.recv(65536)
                body = b'{"error":"no hunter2-hunter2 here"}'
                peer.sendall(b"HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                peer.close()

    echo = Echo()
    echo.start()
    c = Client(None, password="hunter2-hunter2", base=f"http://127.0.0.1:{echo.sock.getsockname()[1]}")
    assert c.ask("channels")[0].startswith("channels failed 500") and "hunter2-hun" not in c.ask("channels")[0]
    assert "hunter2-hun" not in "".join(c.finish())


def lies():
    """Messages that are none are said to be so; the stream goes on, or is made anew."""
    with own.Fake() as fake:
        c = Client(fake)
        c.until("up")

        def tell(body, query=""):
            own.urllib.request.urlopen(own.urllib.request.Request(f"{fake.base}/control/say{query}", body, method="POST")).read()
            return c.next()

        assert tell(b"hello") == "strange it is no JSON"
        assert tell(b"[]") == "strange it is no object"
        assert tell(b'{"type":"Dial"}') == "strange it is about a channel without an id"
        assert tell(b'{"type":"X","application":"other"}') == "strange an event of another application"
        assert tell(b'{"type":"ApplicationReplaced","application":"other"}') == "strange an event of another application"
        assert tell(b"x", "?binary") == "strange it is no text"
        assert tell(b'{"type":"ChannelDestroyed","application":"camp","channel":{"id":"nobody"}}') == "event ChannelDestroyed nobody  -1 0"
        assert tell(b'{"type":"ChannelDestroyed","application":"camp","channel":{"id":"x"},"cause":999}') == "event ChannelDestroyed x  -1 0"
        assert tell(b'{"type":"Q","application":"camp","pad":"%s"}' % (b"x" * 1000000)) == "event Q - "
        assert tell(b'{"type":"Q","application":"camp","pad":"%s"}' % (b"x" * 1100000)) == "down a message is too long"
        c.until("up")
        assert tell(b'{"type":"\xff"}') == "down a text is no UTF-8"
        c.until("up")
        c.finish()


def closing():
    """It may be closed wherever it calls."""
    with own.Fake() as fake:
        for what in ("up", "event", "done", "down", "lost"):
            c = Client(fake, app=what)
            if what != "up":
                c.until("up")
            c.say(f"closing {what}", "ask /asterisk/ping-that-is-not")  # up: it may come too late, then it is the next
            if what == "event":
                c.say("create c1 PJSIP/1@trunk")
            elif what != "done":  # which the end of that is
                c.until("ask")
            if what in ("up", "down"):
                fake.control(f"disconnect?app={what}")
            stream = what == "lost" and own.Stream(fake, what)
            c.had(f"closed in {what}")
            assert c.finish() == [] and (stream or what != "lost")
        c = Client(fake)
        fake.control("slow?match=channels&ms=1000")
        c.say("channels", "close")
        c.until("closed")
        assert c.finish() == []


def calls(n=40):
    """Many calls, and nothing of them is left."""
    with own.Fake() as fake:
        c = Client(fake)
        c.until("up")
        began = time.monotonic()
        c.say(f"calls {n} 50")
        assert c.until("called")[-1] == f"called {n} wrong 0"
        took = time.monotonic() - began
        state = fake.ask("GET", "/control/state")[1]
        assert state["invites"] == n and not state["channels"] and state["most"] <= 50, state
        assert len({i["number"] for i in fake.invites()}) == n
        with open(f"/proc/{fake.process.pid}/stat", encoding="utf-8") as f:
            cpu = sum(map(int, f.read().split()[13:15])) / os.sysconf("SC_CLK_TCK")
        c.finish()
        return {"calls_per_s": round(n / took), "fake_cpu_ms_per_call": round(cpu * 1000 / n, 2)}


def speed():
    print(json.dumps(calls(3000)))


for case in sys.argv[2:]:
    globals()[case]()
