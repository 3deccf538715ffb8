"""ariworld: what an Asterisk has inside, for ari.py: channels, applications, a dialplan, and phones that ring.

Built from what was measured of Asterisk 23.4.1 and from its source. Nothing depends on the time of day: delays are
milliseconds, what a phone does hangs on the plan, its number and how often it has rung.

A plan, JSON:
    default     what a phone does: the name of a kind, a phone, a list (first call, second call, .. the last again), or
                {"lot": [[weight, phone], ..]}: by lot of seed and number, the same for every run
    numbers     {digits: the same}
    seed        of lots
    kinds       {name: phone}: further kinds, or others of a name below
    dialplan    {context: [extension, ..]} that `continue` finds
    globals     {name: value} of the dialplan: CALLPIPE_AMD tell or hangup, CALLPIPE_SERVICE; a channel's own come first
    trunks      {name: "online" | "offline"}: endpoints PJSIP/..@name; another name is an allocation that fails
    modules     {name: "Running" | "Not Running"}
    thread      a channel's thread is so many ms late, at most: for what a dial or DELETE that was answered by 204 does; and a
                dial that was taken is made even if the channel is to be hung up meanwhile
    timeout     [cause, SIP status] of a call that was not answered in time: [19, 480], of older versions [0, 0]
    causes      {cause: text}: what is said of it, in other words than usual

A phone (times in ms, or [least, most]: by lot):
    ring        from the INVITE until it rings; null: it never does
    answer      .. until it is answered; null: never
    end         [cause, SIP status] it refuses with, `after` ms
    patience    .. from the answer until it hangs up because nobody talks to it
    talk        .. that it talks, once AudioSocket has been reached; null: until the other side ends it
    run         a command that is the talk, with {uuid} {number} {caller} {service}; its exit code is TRYSTATUS
    amd         [AMDSTATUS, AMDCAUSE, ms]
    try         TRYSTATUS at the end of a talk without `run`
    verdict     and what the dialplan finds then, if the person is still there; null: who has hung up
"""

import asyncio
import functools
import json
import os
import random
import time

CAUSES = {
    0: "Unknown", 1: "Unallocated (unassigned) number", 16: "Normal Clearing", 17: "User busy", 18: "No user responding",
    19: "User alerting, no answer", 21: "Call Rejected", 22: "Number changed", 27: "Destination out of order",
    28: "Invalid number format", 34: "Circuit/channel congestion", 38: "Network out of order", 41: "Temporary failure",
    42: "Switch congestion", 58: "Bearer capability not available", 102: "Recovery on timer expiry", 127: "Interworking, unspecified",
}  # fmt: skip
STATUS = {17: "BUSY", 34: "CONGESTION", 3: "CHANUNAVAIL", 20: "CHANUNAVAIL"}
HUMAN = {"ring": 2, "answer": 10, "patience": 10000, "talk": 50, "amd": ["HUMAN", "HUMAN-803-800", 5], "try": "SUCCESS"}
KINDS = {
    "answer": HUMAN,
    "voicemail": {**HUMAN, "amd": ["MACHINE", "LONGGREETING-1500-1500", 5]},
    "mute": {**HUMAN, "amd": ["MACHINE", "INITIALSILENCE-2500-2500", 5]},
    "unsure": {**HUMAN, "amd": ["NOTSURE", "TOOLONG-5000", 5]},
    "ringout": {"ring": 2, "answer": None},
    "dead": {"ring": None, "answer": None},
    "busy": {"ring": None, "answer": None, "end": [17, 486], "after": 3},
    "unknown": {"ring": None, "answer": None, "end": [1, 404], "after": 3},
    "reject": {"ring": None, "answer": None, "end": [21, 403], "after": 3},
    "decline": {"ring": 2, "answer": None, "end": [21, 603], "after": 10},
    "off": {"ring": None, "answer": None, "end": [19, 480], "after": 3},
    "gone": {"ring": None, "answer": None, "end": [22, 410], "after": 3},
    "congestion": {"ring": None, "answer": None, "end": [34, 503], "after": 3},
    "broken": {"ring": None, "answer": None, "end": [38, 500], "after": 3},
}
TRUNKS = {"trunk": "online"}
MODULES = {
    name: "Running"
    for name in (
        "res_ari.so", "res_ari_channels.so", "res_ari_applications.so", "res_ari_asterisk.so", "res_ari_endpoints.so", "res_stasis.so",
        "res_http_websocket.so", "app_stasis.so", "app_amd.so", "app_audiosocket.so", "res_audiosocket.so", "app_exec.so",
        "app_userevent.so", "chan_pjsip.so", "pbx_config.so", "func_uuid.so", "func_dialplan.so",
    )
}  # fmt: skip
DIALPLAN = {"callpipe-outbound": ["s"]}


class Plan:
    def __init__(self, plan=None):
        plan = plan or {}
        known = {"default", "numbers", "seed", "kinds", "dialplan", "globals", "trunks", "modules", "timeout", "thread", "causes"}
        if set(plan) - known:
            raise ValueError(f"a plan has no {sorted(set(plan) - known)}")
        self.kinds = {**KINDS, **plan.get("kinds", {})}
        self.default = plan.get("default", "answer")
        self.numbers = plan.get("numbers", {})
        self.seed = plan.get("seed", 0)
        self.dialplan = plan.get("dialplan", DIALPLAN)
        self.globals = plan.get("globals", {})
        self.trunks = plan.get("trunks", TRUNKS)
        self.modules = plan.get("modules", MODULES)
        self.timeout = plan.get("timeout", [19, 480])
        self.thread = plan.get("thread", 2)
        self.causes = {**CAUSES, **{int(k): v for k, v in plan.get("causes", {}).items()}}

    def phone(self, number, nth):
        """What the phone of that number does at its nth call, from 0."""
        lot = random.Random(f"{self.seed} {number} {nth}")
        what = self.numbers.get(number, self.numbers.get(number.lstrip("+"), self.default))
        while not isinstance(what, dict) or "lot" in what:
            if isinstance(what, str):
                what = self.kinds[what]
            elif isinstance(what, list):
                what = what[min(nth, len(what) - 1)]
            else:
                choices = what["lot"]
                what = lot.choices([c[1] for c in choices], [c[0] for c in choices])[0]
        phone = {**{k: None for k in ("ring", "answer", "end", "after", "talk", "run")}, **what}
        for name in ("ring", "answer", "after", "talk", "patience"):
            if isinstance(phone.get(name), list):
                phone[name] = lot.uniform(*phone[name])
        return phone


@functools.lru_cache(maxsize=4)
def second(t):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t))


def stamp(t):
    return f"{second(int(t))}.{int(t * 1000) % 1000:03}+0000"


class Channel:
    def __init__(self, name, endpoint, number, app, app_args):
        self.id, self.name, self.endpoint, self.number = "", name, endpoint, number
        self.app, self.app_args = app, app_args
        self.state, self.caller, self.variables = "Down", "", {}
        self.context, self.exten, self.step, self.data = "default", "s", "AppDial2", "(Outgoing Line)"
        self.in_stasis = self.ended = self.originated = self.hanging = False
        self.timers, self.process, self.phone = [], None, None
        self.created = stamp(time.time())


class App:
    """An application: its socket, or None while nobody listens; the ids of channels it hears of."""

    def __init__(self, name):
        self.name, self.socket, self.channels = name, None, set()


class World:
    def __init__(self, plan, log=None, runs=None, channelvars=(), ends=None):
        self.loop = asyncio.get_running_loop()
        self.ident = "02:fc:00:00:00:01"
        self.plan, self.runs, self.channelvars = plan, runs, list(channelvars)
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666) if log else -1
        self.ends = os.open(ends, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666) if ends else -1
        self.channels, self.apps, self.rung = {}, {}, {}
        self.serial, self.startup = 0, time.time()
        self.count = dict.fromkeys(("invites", "events", "lost", "restarts", "most"), 0)

    # --- events

    def snapshot(self, c):
        caller = {"name": "", "number": c.caller}
        return {
            "id": c.id,
            "name": c.name,
            "state": c.state,
            "protocol_id": f"{c.id}@fake",
            "caller": caller,
            "connected": caller,
            "accountcode": "",
            "dialplan": {"context": c.context, "exten": c.exten, "priority": 1, "app_name": c.step, "app_data": c.data},
            "creationtime": c.created,
            "language": "en",
            "channelvars": {k: c.variables.get(k, "") for k in self.channelvars},
        }

    def emit(self, c, kind, **members):
        apps = [a for a in self.apps.values() if c.id in a.channels]
        if not any(a.socket for a in apps):
            self.count["lost"] += len(apps)
            return
        who = "peer" if kind == "Dial" else "channel"
        event = {**members, "type": kind, "timestamp": stamp(time.time()), who: self.snapshot(c), "asterisk_id": self.ident}
        text = json.dumps(event)[:-1]
        for a in apps:
            if a.socket:
                a.socket.text(f'{text}, "application": {json.dumps(a.name)}}}')
                self.count["events"] += 1
            else:
                self.count["lost"] += 1

    def step(self, c, app, data=""):
        c.step, c.data = app, data
        self.emit(c, "ChannelDialplan", dialplan_app=app, dialplan_app_data=data)

    def set(self, c, name, value):
        c.variables[name] = value
        self.emit(c, "ChannelVarset", variable=name, value=value)

    def value(self, c, name):
        return c.variables.get(name) or self.plan.globals.get(name, "")

    def after(self, c, ms, fn, *args):
        c.timers.append(self.loop.call_later(ms / 1000, fn, c, *args))

    def thread(self, c, fn, *args):
        """Something that the channel's thread does when it gets to it."""
        lot = random.Random(f"{self.plan.seed} {c.id} {len(c.timers)}")
        self.after(c, lot.uniform(0, self.plan.thread), fn, *args)

    # --- applications

    def connect(self, name, socket):
        app = self.apps.setdefault(name, App(name))
        old, app.socket = app.socket, socket
        if old and old is not socket:
            old.text(json.dumps({"type": "ApplicationReplaced", "timestamp": stamp(time.time()), "application": name}))
            old.apps.discard(name)  # its end is not the end of the application
        return app

    def disconnect(self, name, socket):
        app = self.apps.get(name)
        if app and app.socket is socket:
            app.socket = None
            self.forget_app(app)

    def forget_app(self, app):
        """Nobody listens, and there is nothing to hear of: it is no more."""
        if not app.socket and not app.channels:
            self.apps.pop(app.name, None)

    # --- channels

    def trunk(self, endpoint):
        """(technology, number, trunk) or None: there is no such endpoint, or it is not to be reached."""
        tech, _, rest = endpoint.partition("/")
        number, _, trunk = rest.rpartition("@")
        if tech == "Local":  # whether the dialplan has that place is looked at when it is dialled
            return (tech, number, trunk)
        return (tech, number, trunk) if tech == "PJSIP" and self.plan.trunks.get(trunk) == "online" else None

    def create(self, ident, endpoint, app, app_args, variables):
        where = self.trunk(endpoint)
        if not where:
            return None
        self.serial += 1
        c = Channel(f"{where[0]}/{where[2]}-{self.serial:08x}", endpoint, where[1], app, app_args)
        c.id = ident or f"{int(time.time())}.{self.serial}"
        self.channels[c.id] = c
        self.count["most"] = max(self.count["most"], len(self.channels))
        for name, value in variables.items():
            value = str(value["value"] if isinstance(value, dict) else value)
            if name in ("CALLERID(num)", "CONNECTEDLINE(num)", "CONNECTEDLINE(num,i)"):
                c.caller = value
            elif name in ("CALLERID(all)", "CONNECTEDLINE(all)"):
                c.caller = value.rpartition("<")[2].rstrip(">")
            elif not name.endswith(")"):
                c.variables[name] = value
        if app in self.apps:
            self.apps[app].channels.add(c.id)
        return c

    def enter(self, c):
        """The channel's thread runs Stasis()."""
        app = self.apps.get(c.app)
        if c.ended:
            return
        if not app or not app.socket:
            self.destroy(c, 0)
            return
        app.channels.add(c.id)
        c.in_stasis, c.step, c.data = True, "Stasis", c.app + (f",{c.app_args}" if c.app_args else "")
        self.set(c, "STASISSTATUS", "")
        self.emit(c, "StasisStart", args=c.app_args.split(",") if c.app_args else [])

    def dial(self, c, ring_s):
        """The INVITE. A second one while the first has not been answered yet by anything is one, too."""
        if c.name.startswith("Local/"):  # the other half would run a dialplan that is not played here
            self.destroy(c, 3)
            return
        nth = self.rung.get(c.number, 0)
        self.rung[c.number] = nth + 1
        self.count["invites"] += 1
        if self.log >= 0:
            line = {"t": round(time.time(), 6), "channel": c.id, "number": c.number, "caller_id": c.caller, "endpoint": c.endpoint}
            os.write(self.log, (json.dumps(line) + "\n").encode())
        self.emit(c, "Dial", dialstatus="", forward="", dialstring=c.endpoint.partition("/")[2])
        c.phone = phone = self.plan.phone(c.number, nth)
        if ring_s > 0:
            self.after(c, ring_s * 1000, self.not_answered)
        if phone["ring"] is not None:
            self.after(c, phone["ring"], self.rings)
        if phone["end"]:
            self.after(c, phone["after"] or 0, self.refuses)
        elif phone["answer"] is not None:
            self.after(c, phone["answer"], self.answers)

    def rings(self, c):
        if c.state == "Down":
            c.state = "Ringing"
            self.emit(c, "ChannelStateChange")
            self.emit(c, "Dial", dialstatus="RINGING", forward="", dialstring=c.endpoint.partition("/")[2])

    def not_answered(self, c):
        if c.state != "Up":
            self.destroy(c, *self.plan.timeout)

    def refuses(self, c):
        cause, sip = c.phone["end"]
        if c.state == "Up":
            return
        self.emit(c, "ChannelHangupRequest", cause=cause)
        self.emit(c, "Dial", dialstatus=STATUS.get(cause, "NOANSWER"), forward="", dialstring=c.endpoint.partition("/")[2])
        self.destroy(c, cause, sip)

    def answers(self, c):
        if c.state == "Up":
            return
        c.state = "Up"
        self.emit(c, "ChannelStateChange")
        self.emit(c, "Dial", dialstatus="ANSWER", forward="", dialstring=c.endpoint.partition("/")[2])
        self.after(c, c.phone["patience"], self.hangs_up_waiting)
        if c.originated:
            self.enter(c)

    def hangs_up_waiting(self, c):
        if c.in_stasis:
            self.far_end(c)

    def far_end(self, c):
        """The person has hung up."""
        self.emit(c, "ChannelHangupRequest", cause=32, soft=True)
        self.destroy(c, 16)

    def destroy(self, c, cause, sip=0):
        if c.ended:
            return
        c.ended = True
        self.ended(c)
        for timer in c.timers:
            timer.cancel()
        self.stop(c)
        if c.in_stasis:
            c.in_stasis = False
            self.emit(c, "StasisEnd")
            self.set(c, "STASISSTATUS", "SUCCESS")
        c.step, c.data = "AppDial2", "(Outgoing Line)"
        tech = {"tech_cause": sip} if sip else {}
        self.emit(c, "ChannelDestroyed", cause=cause, cause_txt=self.plan.causes.get(cause, "Unknown"), **tech)
        self.channels.pop(c.id, None)
        for app in list(self.apps.values()):
            app.channels.discard(c.id)
            self.forget_app(app)

    def hang_up(self, c, cause):
        """DELETE: it is there until its thread sees that."""
        if not c.hanging:
            c.hanging = True
            self.thread(c, self.destroy, cause)

    def ended(self, c):
        if self.ends >= 0 and c.phone:
            os.write(self.ends, (json.dumps({"t": round(time.time(), 6), "channel": c.id}) + "\n").encode())

    def stop(self, c):
        if c.process and c.process.returncode is None:
            try:
                c.process.terminate()
            except ProcessLookupError:
                pass

    def restart(self):
        """Asterisk has died and is there again: nothing is left, nobody is told."""
        for c in self.channels.values():
            c.ended = True
            self.ended(c)
            for timer in c.timers:
                timer.cancel()
            self.stop(c)
        self.channels.clear()
        self.apps.clear()
        self.startup = max(time.time(), self.startup + 0.001)
        self.count["restarts"] += 1
        self.count["most"] = 0

    # --- the dialplan: callpipe-outbound,s of pipelines/deploy

    def leave(self, c, context, exten):
        c.in_stasis, c.context, c.exten = False, context, exten
        self.emit(c, "StasisEnd")
        self.loop.call_soon(self.dialplan, c)

    def dialplan(self, c):
        if c.ended:
            return
        if c.exten not in self.plan.dialplan.get(c.context, ()):
            self.destroy(c, 0)
            return
        self.step(c, "Set", f"CALLUUID={c.id}")
        self.set(c, "CALLUUID", c.id)
        if limit := float(c.variables.get("CALLPIPE_TALK_S") or 0):
            self.after(c, limit * 1000, lambda c: self.destroy(c, 16))
        amd = c.phone.get("amd")
        if self.value(c, "CALLPIPE_AMD") in ("tell", "hangup") and amd:
            self.step(c, "AMD")
            self.after(c, amd[2], self.judged)
        else:
            self.talk(c)

    def judged(self, c):
        status, cause, _ = c.phone["amd"]
        self.set(c, "AMDSTATUS", status)
        self.set(c, "AMDCAUSE", cause)
        self.step(c, "UserEvent", f"callpipe-amd,status: {status},cause: {cause}")
        said = {"eventname": "callpipe-amd", "status": status, "cause": cause}
        self.emit(c, "ChannelUserevent", eventname="callpipe-amd", userevent=said)
        if status == "MACHINE" and self.value(c, "CALLPIPE_AMD") == "hangup":
            self.step(c, "Hangup")
            self.destroy(c, 16)
        else:
            self.talk(c)

    def talk(self, c):
        service = self.value(c, "CALLPIPE_SERVICE") or "127.0.0.1:9092"
        self.step(c, "TryExec", f"AudioSocket({c.id},{service})")
        c.step = "AudioSocket"
        if c.phone["run"]:
            words = {"uuid": c.id, "number": c.number, "caller": c.caller, "service": service}
            task = self.loop.create_task(self.run(c, [w.format(**words) for w in c.phone["run"]]))
            c.timers.append(task)
        elif c.phone["talk"] is not None:
            self.after(c, c.phone["talk"], self.talked, c.phone.get("try", "SUCCESS"))

    async def run(self, c, command):
        out = open(os.path.join(self.runs, c.id), "wb") if self.runs else asyncio.subprocess.DEVNULL
        try:
            c.process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out)
        except OSError:
            self.loop.call_soon(self.talked, c, "FAILED")
            return
        finally:
            if self.runs:
                out.close()
        if c.ended:
            self.stop(c)
        code = await c.process.wait()
        self.loop.call_soon(self.talked, c, "FAILED" if code else "SUCCESS")

    def talked(self, c, how):
        """TryExec(AudioSocket()) is over, by whichever side."""
        if not c.ended:
            self.set(c, "TRYSTATUS", how)
            if (verdict := c.phone.get("verdict")) is not None:
                self.set(c, "CALLPIPE_END", f"{how} {verdict}")
            self.far_end(c)
