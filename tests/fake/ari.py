#!/usr/bin/env python3
"""ari.py: the REST interface of an Asterisk, with phones behind it. Prints its port when it listens.

An independent reading of Asterisk 23.4.1 as measured and as its source says: what it does with channels, applications
and events, and what it loses. See ariworld.py for plans. The side door, POST or GET /control/..:
    disconnect  app=NAME or all, down=MS: WebSockets are cut, and so long none is taken
    restart     down=MS: Asterisk dies and comes back: no channel, no application, another startup_time; nobody is told.
                id=ID: it is another Asterisk from then on, whose asterisk_id that is
    slow        match=REGEX ms=MS n=N when=before|after: so late comes the reply, and with `before` what was asked for
    fail        match=REGEX status=500 n=N: refused; status=0: carried out, then the connection is closed without a reply;
                status=-1: closed, not carried out. A match is on "METHOD /path?query"
    hold        match=REGEX n=N: not carried out before
    release     but=REGEX: what is held, other than that, is carried out; nothing more is held
    deaf        on=1|0: nothing is said on the WebSockets any more, not even pong
    say         the body as a message to every application: lies
    close       code=C: the WebSockets are closed with a close frame
    hangup      channel=ID cause=C: as from the far end
    plan        the body is the plan from now on
    state       what there is, and counts
"""

import argparse
import asyncio
import base64
import collections
import hashlib
import json
import os
import re
import signal
import struct
import sys
import time
from urllib.parse import parse_qsl, unquote

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ariworld import Plan, World, stamp  # noqa: E402

REASONS = {
    200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 409: "Conflict", 412: "Precondition Failed", 422: "Unprocessable Entity",
    500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
WAITING_MAX = 1 << 20  # bytes that may wait on a WebSocket; then its reader is given up, as websocket_write_timeout has it


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.body = status, {"error" if status >= 500 else "message": message}


class Connection(asyncio.Protocol):
    """HTTP/1.1, one request after the other, until it becomes a WebSocket."""

    def __init__(self, server):
        self.server, self.buffer, self.busy, self.websocket = server, b"", False, False
        self.apps, self.transport = set(), None
        self.out = []  # frames of this turn of the loop

    def connection_made(self, transport):
        self.transport = transport
        if self.server.down:
            transport.abort()
            return
        self.server.connections.add(self)
        self.server.count["connections"] += 1

    def connection_lost(self, exc):
        self.server.connections.discard(self)
        for name in list(self.apps):
            self.server.world.disconnect(name, self)
        self.apps.clear()

    def data_received(self, data):
        self.buffer += data
        if self.websocket:
            self.frames()
        else:
            self.requests()

    def requests(self):
        while not self.busy and not self.websocket:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            line, *lines = self.buffer[:end].decode("latin-1").split("\r\n")
            fields = {}
            for field in lines:
                name, _, value = field.partition(":")
                fields[name.lower()] = value.strip()
            n = int(fields.get("content-length") or 0)
            if len(self.buffer) < end + 4 + n:
                return
            body = self.buffer[end + 4 : end + 4 + n]
            self.buffer = self.buffer[end + 4 + n :]
            method, target, _ = line.split(" ", 2)
            self.server.request(self, method, target, fields, body)

    def reply(self, status, body=None, extra=""):
        data = b"" if body is None else json.dumps(body).encode()
        kind = "Content-type: application/json\r\n" if data else ""
        head = f"HTTP/1.1 {status} {REASONS.get(status, 'Strange')}\r\nServer: Asterisk/23.4.1\r\n{kind}{extra}Content-Length: {len(data)}\r\n\r\n"
        if not self.transport.is_closing():
            self.transport.write(head.encode() + data)

    # --- WebSocket

    def upgrade(self, fields):
        key = fields.get("sec-websocket-key", "")
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        protocol = "Sec-WebSocket-Protocol: ari\r\n" if fields.get("sec-websocket-protocol") == "ari" else ""
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        self.transport.write((head + base64.b64encode(digest).decode() + "\r\n" + protocol + "\r\n").encode())
        self.websocket = True

    def text(self, message):
        self.frame(1, message.encode())

    def frame(self, opcode, data):
        if self.server.deaf or self.transport.is_closing():
            return
        n = len(data)
        size = bytes([n]) if n < 126 else b"\x7e" + struct.pack(">H", n) if n < 65536 else b"\x7f" + struct.pack(">Q", n)
        if not self.out:
            asyncio.get_running_loop().call_soon(self.flush)
        self.out.append(bytes([0x80 | opcode]) + size + data)

    def flush(self):
        data, self.out = b"".join(self.out), []
        if self.transport.is_closing():
            return
        self.transport.write(data)
        if self.transport.get_write_buffer_size() > WAITING_MAX:
            self.server.count["given_up"] += 1
            self.transport.abort()

    def frames(self):
        """What a client sends: pings are answered, a close is too, anything else is passed over."""
        while len(self.buffer) >= 6:
            opcode, n, at = self.buffer[0] & 15, self.buffer[1] & 0x7F, 2
            if n == 126:
                n, at = struct.unpack(">H", self.buffer[2:4])[0], 4
            elif n == 127:
                if len(self.buffer) < 14:
                    return
                n, at = struct.unpack(">Q", self.buffer[2:10])[0], 10
            if len(self.buffer) < at + 4 + n:
                return
            key, data = self.buffer[at : at + 4], self.buffer[at + 4 : at + 4 + n]
            self.buffer = self.buffer[at + 4 + n :]
            data = bytes(b ^ key[i % 4] for i, b in enumerate(data))
            if opcode == 9:
                self.frame(10, data)
            elif opcode == 8:
                self.frame(8, data[:2])
                self.flush()
                self.transport.close()


class Server:
    def __init__(self, world, users):
        self.world, self.users = world, users  # {name: (password, read only)}
        self.connections, self.rules, self.held = set(), [], []
        self.down = self.deaf = False
        self.no_stream_until = 0.0
        self.count = collections.Counter()

    # --- requests

    def request(self, connection, method, target, fields, body):
        path, _, query = target.partition("?")
        if path.startswith("/control/"):
            self.control(connection, path[9:], dict(parse_qsl(query, keep_blank_values=True)), body)
            return
        self.count["requests"] += 1
        rule = self.rule(f"{method} {target}")
        if not rule:
            self.answer(connection, method, path, query, fields, body)
        elif rule["do"] == "slow":
            self.slowly(connection, rule, method, path, query, fields, body)
        elif rule["do"] == "hold":
            connection.busy = True
            self.held.append((f"{method} {target}", connection, (method, path, query, fields, body)))
        elif rule["status"] < 0:
            connection.transport.abort()
        elif rule["status"] == 0:
            connection.reply = lambda *_: connection.transport.abort()
            self.answer(connection, method, path, query, fields, body)
        else:
            connection.reply(rule["status"], {"error": "Allocation failed"})

    def rule(self, line):
        for rule in self.rules:
            if rule["match"].search(line):
                rule["n"] -= 1
                if not rule["n"]:
                    self.rules.remove(rule)
                return rule
        return None

    def slowly(self, connection, rule, *request):
        connection.busy = True
        loop = asyncio.get_running_loop()

        def reply():
            connection.busy = False
            del connection.reply
            connection.reply(*said)
            connection.requests()

        said = (204,)
        if not rule["before"]:

            def keep(*reply):
                nonlocal said
                said = reply

            connection.reply = keep
            self.answer(connection, *request)
        late = (self.go_on, connection, request) if rule["before"] else (reply,)
        loop.call_later(rule["ms"] / 1000, *late)

    def go_on(self, connection, request):
        connection.busy = False
        self.answer(connection, *request)
        connection.requests()

    def answer(self, connection, method, path, query, fields, body):
        q = dict(parse_qsl(query, keep_blank_values=True))
        try:
            read_only = self.authorize(fields, q)
            if read_only and method != "GET":
                raise Refused(403, "Write access denied")
            if not path.startswith("/ari/"):
                raise Refused(404, "Resource not found")
            if path == "/ari/events":
                self.events(connection, fields, q)
                return
            if body and fields.get("content-type", "").startswith("application/json"):
                try:
                    body = json.loads(body)
                except ValueError:
                    raise Refused(400, "Failed to parse JSON request body") from None
            else:
                body = {}
            result = self.route(method, [unquote(p) for p in path[5:].split("/")], q, body)
            connection.reply(204 if result is None else 200, result)
        except Refused as e:
            extra = 'WWW-Authenticate: Basic realm="Asterisk REST Interface"\r\n' if e.status == 401 else ""
            connection.reply(e.status, e.body, extra)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as e:
            connection.reply(400, {"message": f"Bad request: {e!r}"})

    def authorize(self, fields, q):
        """Read only?"""
        said = fields.get("authorization", "")
        try:
            pair = base64.b64decode(said[6:]).decode() if said.startswith("Basic ") else q.get("api_key", "")
        except ValueError:
            pair = ""
        name, _, password = pair.partition(":")
        if name not in self.users or self.users[name][0] != password:
            raise Refused(401, "Authentication required")
        return self.users[name][1]

    def events(self, connection, fields, q):
        if "upgrade" not in fields:
            raise Refused(400, "No upgrade")
        names = [n for n in q.get("app", "").split(",") if n]
        if not names:
            raise Refused(400, "HTTP request is missing param: [app]")
        if time.monotonic() < self.no_stream_until:
            raise Refused(503, "Server overloaded")
        self.count["streams"] += 1
        connection.upgrade(fields)
        connection.apps = set(names)
        for name in names:
            self.world.connect(name, connection)

    def route(self, method, parts, q, body):
        name = f"{method.lower()}_{parts[0]}"
        if not hasattr(self, name):
            raise Refused(404, "Invalid method or resource")
        return getattr(self, name)(parts[1:], q, body)

    # --- asterisk, endpoints, applications

    def get_asterisk(self, parts, q, body):
        if parts == ["info"]:
            return {
                "build": {"os": "Linux", "kernel": "6.1", "machine": "x86_64", "options": "", "date": "2026-08-06", "user": "root"},
                "system": {"version": "23.4.1", "entity_id": self.world.ident},
                "config": {"name": "", "default_language": "en", "setid": {"user": "", "group": ""}},
                "status": {"startup_time": stamp(self.world.startup), "last_reload_time": stamp(self.world.startup)},
            }
        modules = self.world.plan.modules
        if parts[0] == "modules":
            listed = [{"name": n, "description": n, "use_count": 0, "status": s, "support_level": "core"} for n, s in modules.items()]
            if len(parts) == 1:
                return listed
            for module in listed:
                if module["name"] == parts[1]:
                    return module
        raise Refused(404, "Resource not found")

    def get_endpoints(self, parts, q, body):
        listed = [
            {"technology": "PJSIP", "resource": name, "state": state, "channel_ids": []} for name, state in self.world.plan.trunks.items()
        ]
        if len(parts) == 2:
            listed = [e for e in listed if [e["technology"], e["resource"]] == parts]
            if not listed:
                raise Refused(404, "Endpoint not found")
            return listed[0]
        return [e for e in listed if not parts or e["technology"] == parts[0]]

    def application(self, app):
        return {
            "name": app.name, "channel_ids": sorted(app.channels), "bridge_ids": [], "endpoint_ids": [], "device_names": [],
            "events_allowed": [], "events_disallowed": [],
        }  # fmt: skip

    def get_applications(self, parts, q, body):
        if not parts:
            return [self.application(a) for a in self.world.apps.values()]
        return self.application(self.find_app(parts[0]))

    def find_app(self, name):
        app = self.world.apps.get(name)
        if not app:
            raise Refused(404, f"Application not found: {name}")
        return app

    def post_applications(self, parts, q, body):
        app = self.find_app(parts[0])
        for source in q.get("eventSource", "").split(","):
            kind, _, ident = source.partition(":")
            if kind not in ("channel", "endpoint"):
                raise Refused(400, "Invalid event source URI scheme")
            if kind == "channel" and ident not in self.world.channels:
                raise Refused(422, "Event source does not exist")
            if kind == "channel":
                app.channels.add(ident)
        return self.application(app)

    # --- channels

    def find(self, ident):
        channel = self.world.channels.get(ident)
        if not channel:
            raise Refused(404, "Channel not found")
        return channel

    def ours(self, ident):
        channel = self.find(ident)
        if not channel.in_stasis:
            raise Refused(409, "Channel not in Stasis application")
        return channel

    def get_channels(self, parts, q, body):
        if not parts:
            return [self.world.snapshot(c) for c in self.world.channels.values()]
        channel = self.find(parts[0])
        if parts[1:] == ["variable"]:
            if q.get("variable", "").endswith(")"):
                return {"value": self.function(q["variable"])}
            if q.get("variable") not in channel.variables:
                raise Refused(404, "Provided variable was not found")
            return {"value": channel.variables[q["variable"]]}
        return self.world.snapshot(channel)

    def function(self, text):
        name, _, args = text[:-1].partition("(")
        args = args.split(",")
        if name != "DIALPLAN_EXISTS" or self.world.plan.modules.get("func_dialplan.so") != "Running" or len(args) != 3:
            raise Refused(500, "Unable to read provided function")
        return str(int(args[1] in self.world.plan.dialplan.get(args[0], ())))

    def delete_channels(self, parts, q, body):
        self.world.hang_up(self.find(parts[0]), int(q.get("reason_code", 16)))

    def new_channel(self, q, body):
        """Parameters may be in the query or the body; variables in the body alone."""
        q = {**q, **{k: v for k, v in body.items() if k != "variables"}}
        if not q.get("endpoint"):
            raise Refused(400, "Endpoint must be specified")
        ident = q.get("channelId", "")
        if ident in self.world.channels:
            raise Refused(409, "Channel with given unique ID already exists")
        variables = body.get("variables") or {}
        channel = self.world.create(ident, q["endpoint"], q.get("app", ""), q.get("appArgs", ""), variables)
        if not channel:
            raise Refused(500, "Allocation failed")
        return channel, q

    def post_channels(self, parts, q, body):
        world = self.world
        if parts == ["create"]:
            if not (q.get("app") or body.get("app")):
                raise Refused(400, "missing parameter app")
            channel, _ = self.new_channel(q, body)
            asyncio.get_running_loop().call_soon(world.enter, channel)
            return world.snapshot(channel)
        if len(parts) < 2:
            return self.originate({**q, "channelId": parts[0]} if parts else q, body)
        if parts[1] == "dial":
            channel = self.ours(parts[0])
            if channel.state != "Down":
                raise Refused(409, "Channel is not in the 'Down' state")
            world.thread(channel, world.dial, int(q.get("timeout") or body.get("timeout") or 0))
        elif parts[1] == "continue":
            channel = self.ours(parts[0])
            if channel.state == "Down":
                raise Refused(412, "Channel in invalid state")
            q = {**q, **body}
            world.leave(channel, q.get("context", channel.context), q.get("extension", channel.exten))
        elif parts[1] == "variable":
            self.ours(parts[0]).variables[q["variable"]] = q.get("value", "")
        else:
            raise Refused(404, "Resource not found")
        return None

    def originate(self, q, body):
        if not (q.get("app") or body.get("app")):
            raise Refused(400, "Application or extension must be specified")
        channel, q = self.new_channel(q, body)
        channel.originated, channel.caller = True, q.get("callerId", "").rpartition("<")[2].rstrip(">")
        self.world.dial(channel, int(q.get("timeout", 30)))
        return self.world.snapshot(channel)

    # --- the side door

    def streams(self, name=None):
        return [c for c in self.connections if c.websocket and (not name or name in c.apps)]

    def control(self, connection, what, q, body):
        if not hasattr(self, f"do_{what}"):
            connection.reply(404, {"error": f"no such control: {what}"})
            return
        connection.reply(200, getattr(self, f"do_{what}")(connection, q, body) or {})

    def do_disconnect(self, connection, q, body):
        self.no_stream_until = time.monotonic() + float(q.get("down", 0)) / 1000
        cut = self.streams(q.get("app"))
        for c in cut:
            c.transport.abort()
        return {"cut": len(cut)}

    def do_restart(self, connection, q, body):
        self.world.restart()
        self.world.ident = q.get("id", self.world.ident)
        for c in list(self.connections):
            if c is not connection:
                c.apps.clear()
                c.transport.abort()
        if down := float(q.get("down", 0)):
            self.down = True
            asyncio.get_running_loop().call_later(down / 1000, self.up)

    def up(self):
        self.down = False

    def do_slow(self, connection, q, body):
        rule = {"do": "slow", "ms": float(q["ms"]), "before": q.get("when") == "before"}
        self.rules.append({**rule, "match": re.compile(q.get("match", "")), "n": int(q.get("n", 1))})

    def do_fail(self, connection, q, body):
        rule = {"do": "fail", "status": int(q.get("status", 500))}
        self.rules.append({**rule, "match": re.compile(q.get("match", "")), "n": int(q.get("n", 1))})

    def do_hold(self, connection, q, body):
        self.rules.append({"do": "hold", "match": re.compile(q.get("match", "")), "n": int(q.get("n", 0))})

    def do_release(self, connection, q, body):
        self.rules = [r for r in self.rules if r["do"] != "hold"]
        but = re.compile(q.get("but") or "$^")
        held, self.held = self.held, []
        for line, waiting, request in held:
            if but.search(line):
                self.held.append((line, waiting, request))
            else:
                self.go_on(waiting, request)
        return {"held": len(self.held)}

    def do_deaf(self, connection, q, body):
        self.deaf = q.get("on", "1") == "1"

    def do_say(self, connection, q, body):
        for c in self.streams(q.get("app")):
            c.frame(2 if "binary" in q else 1, body)

    def do_close(self, connection, q, body):
        for c in self.streams(q.get("app")):
            c.frame(8, struct.pack(">H", int(q.get("code", 1000))))

    def do_hangup(self, connection, q, body):
        channel = self.world.channels.get(q["channel"])
        if channel:
            self.world.destroy(channel, int(q.get("cause", 16)))
        return {"found": bool(channel)}

    def do_plan(self, connection, q, body):
        self.world.plan = Plan(json.loads(body))

    def do_state(self, connection, q, body):
        world = self.world
        return {
            **world.count,
            **self.count,
            "channels": {c.id: [c.state, c.in_stasis, c.step] for c in world.channels.values()},
            "apps": {a.name: [bool(a.socket), sorted(a.channels)] for a in world.apps.values()},
            "startup_time": stamp(world.startup),
            "rules": len(self.rules),
        }


async def serve(args):
    """Until it is told to end; *listening* gets the port."""
    plan = Plan(json.load(open(args.plan, encoding="utf-8")) if args.plan else None)
    world = World(plan, args.log, args.runs, args.channelvars.split(","), args.ends)
    users = {}
    for user in args.user:
        name, password, *rest = user.split(":")
        users[name] = (password, rest == ["read_only"])
    server = Server(world, users)
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Connection(server), "127.0.0.1", args.port, backlog=512)
    print(listener.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sig, stop.set)
    await stop.wait()
    world.restart()


def arguments(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--user", action="append", help="NAME:PASSWORD[:read_only]; default callpipe:secret")
    p.add_argument("--plan", help="JSON, see ariworld.py")
    p.add_argument("--log", help="every INVITE is appended, a line of JSON")
    p.add_argument("--ends", help="so is the end of every channel that was dialled")
    p.add_argument("--runs", help="folder for what the programs of answered calls print, each in a file of its channel")
    p.add_argument("--channelvars", default="AMDSTATUS,AMDCAUSE,CALLUUID,TRYSTATUS,CALLPIPE_END", help="as in ari.conf")
    args = p.parse_args(argv)
    args.user = args.user or ["callpipe:secret"]
    return args


if __name__ == "__main__":
    if sys.version_info < (3, 12):  # later ones do so by themselves
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    asyncio.run(serve(arguments()))
