"""Whole calls on this host: a super-server that runs as-answer for each connection, as-dial as the caller, and what both
leave behind."""

import glob
import json
import os
import socket
import subprocess
import sys
import threading
import time

SOUNDS = "/usr/share/asterisk/sounds/en_US_f_Allison/"
SLACK = int(os.environ.get("SLACK", "1"))  # see tests/run


def same(got, want, what=""):
    assert got == want, f"{what}: {got!r}, not {want!r}"


class Program:
    """A fake of this folder that is a program, prints its port and ends with its stdin."""

    def __init__(self, name, *args):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
        self.process = subprocess.Popen([sys.executable, path, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()


class Made:
    """One call as it lies in its directory."""

    def __init__(self, path):
        self.path = path
        with open(path + "/events.jsonl", encoding="utf-8") as f:
            self.records = [json.loads(line) for line in f]
        with open(path + "/verdict", encoding="utf-8") as f:
            self.verdict = f.read().strip()

    def all(self, kind, **members):
        return [r["data"] for r in self.records if r["type"] == kind and all(r["data"].get(k) == v for k, v in members.items())]

    def at(self, kind, **members):
        """Call time of the first of these."""
        for r in self.records:
            if r["type"] == kind and all(r["data"].get(k) == v for k, v in members.items()):
                return r["t"]
        raise AssertionError(f"no {kind} {members} in {self.path}: {[r['type'] for r in self.records]}")

    def codes(self, stage):
        return [d["code"] for d in self.all("error", stage=stage)]


class Host:
    """A spool of its own, and a port that answers calls: a pipeline in a folder, with this environment."""

    def __init__(self, folder, pipeline, env):
        self.spool = folder + "/spool"
        os.mkdir(self.spool)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("CALLPIPE_")}
        self.env.update({"CALLPIPE_SPOOL": self.spool, "CALLPIPE_MAX_CALLS": "50", **env})
        self.folder, self.pipeline, self.calls, self.seen = folder, pipeline, [], 0
        self.err = open(folder + "/err", "w+b")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.where = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with sock:
                self.calls.append(subprocess.Popen(["as-answer", "sh", "-c", self.pipeline], cwd=self.folder, env=self.env,
                                                   stdin=sock, stdout=sock, stderr=self.err, start_new_session=True))

    def dial(self, script, n=1, options=()):
        """So many calls at once; reports, in the order of their ends."""
        dial = subprocess.run(["as-dial", "--json", "--quiet=250", "-n", str(n), "--cps=40", "--max-duration", str(30 * SLACK), *options,
                               "-e", script, self.where], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        lines = dial.stdout.decode().splitlines()
        try:
            return [json.loads(line) for line in lines][:n]
        except ValueError as e:
            raise AssertionError(f"as-dial: {lines}") from e

    def over(self):
        """Until all calls are; those since the last time."""
        for p in self.calls:
            p.wait(40 * SLACK)
        paths = sorted(glob.glob(self.spool + "/calls/*/*/*/*"), key=os.path.getmtime)
        self.calls, new = [], [p for p in paths if p not in self.__dict__.setdefault("known", [])]
        self.known += new
        return [Made(p) for p in new]

    def status(self):
        return json.loads(subprocess.run(["as-answer", "--status"], env=self.env, stdout=subprocess.PIPE, check=True).stdout)

    def left(self):
        """Processes that have this spool in their environment."""
        found, mark = [], ("CALLPIPE_SPOOL=" + self.spool).encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as f:
                    if mark in f.read().split(b"\0"):
                        found.append(pid)
            except OSError:
                pass
        return found

    def errors(self):
        self.err.flush()
        with open(self.folder + "/err", "rb") as f:
            return f.read().decode("utf-8", "replace")

    def close(self):
        self.listener.close()
        self.err.close()


def wait_for(what, seconds=10):
    end = time.monotonic() + seconds * SLACK
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
