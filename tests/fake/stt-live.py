#!/usr/bin/python3
"""stt-live: one case of stt at work, frame by frame as in a call: stt-live.py CASE WAV FOLDER."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

from stream import clock, frame, read
from turns import Call

HERE = os.path.dirname(os.path.abspath(__file__))
SLACK = int(os.environ["SLACK"])  # see tests/run
PATIENCE_S = 60


class Stt:
    """stt, what is written to it, and what it has written."""

    def __init__(self, *options, **env):
        self.process = subprocess.Popen(["stt", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, **env})
        self.frames = queue.Queue()
        self.call = Call()
        threading.Thread(target=self.collect, daemon=True).start()

    def collect(self):
        for type_, data, _, _ in read(self.process.stdout):
            self.frames.put((type_, data))
        self.frames.put(("end", {}))

    def put(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def say(self, wav):
        self.put(self.call.say(wav))

    def until(self, wanted, **members):
        """Frames up to the one that is wanted, this one last."""
        seen = []
        while True:
            type_, data = self.frames.get(timeout=PATIENCE_S)
            seen.append((type_, data))
            if type_ == wanted and all(data.get(k) == v for k, v in members.items()):
                return seen
            assert type_ != "end", f"no {wanted} {members} in {seen}"

    def worker(self):
        """The process that decodes."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as f:
                children = [int(pid) for pid in f.read().split()]
            if children:
                return children[-1]
            time.sleep(0.01)
        raise AssertionError("there is no worker")

    def finish(self):
        """call-end, and all that is left."""
        self.put(frame("call-end", cause="caller-hangup"))
        self.process.stdin.close()
        seen = self.until("end")
        assert self.process.wait(timeout=PATIENCE_S) == 0, self.process.returncode
        assert seen[-2][0] == "call-end", seen
        return seen


def texts(frames):
    return [data["text"] for type_, data in frames if type_ == "transcript"]


def codes(frames):
    return [data["code"] for type_, data in frames if type_ == "error"]


def waiting(folder):
    """An engine that answers when it is told to."""
    fifo = os.path.join(folder, "fifo")
    os.mkfifo(fifo)
    return fifo, f"{HERE}/recogniser.py wait {fifo}"


def release(fifo, text):
    with open(fifo, "w", encoding="ascii") as f:
        f.write(text)


def case_flow(wav, folder):
    """Events go on while a turn is recognised."""
    fifo, command = waiting(folder)
    stt = Stt("-e", "command", "-c", command, "--wait=no")
    stt.say(wav)
    stt.put(clock(90000) + frame("dtmf", digit="5", timestamp=90100) + stt.call.item("key=" + wav))
    seen = stt.until("voice-stopped", cause="key")
    assert not texts(seen), seen
    release(fifo, "at last")
    assert texts(stt.until("transcript")) == ["at last"]
    assert not texts(stt.finish())


def case_load(wav, folder):
    """Events go on while the model is loaded; the transcript comes all the same."""
    stt = Stt("--wait=no")
    stt.put(frame("listen", id="l1", hints={"phrases": ["goodbye", "hello"]}))
    os.kill(stt.worker(), signal.SIGSTOP)
    stt.say(wav)
    stt.put(clock(90000))
    assert not texts(stt.until("clock", timestamp=90000))
    os.kill(stt.worker(), signal.SIGCONT)
    seen = stt.until("transcript")
    assert texts(seen) == ["goodbye"] and seen[-1][1]["listen"] == "l1", seen
    stt.finish()


def lost(wav, stt, harm, code):
    """A turn whose worker comes to harm is empty, the next one is not."""
    stt.put(frame("listen", id="l1", hints={"phrases": ["goodbye", "hello"]}))
    first = stt.worker()
    os.kill(first, signal.SIGSTOP)
    stt.say(wav)
    stt.until("clock")
    harm(first)
    seen = stt.until("transcript")
    assert texts(seen) == [""] and codes(seen) == [code], seen
    stt.say(wav)
    assert texts(stt.until("transcript")) == ["goodbye"]
    assert stt.worker() != first
    stt.finish()


def case_killed(wav, folder):
    lost(wav, Stt("--wait=no"), lambda pid: os.kill(pid, signal.SIGKILL), "worker")


def case_stopped(wav, folder):
    lost(wav, Stt("--wait=no", f"--timeout={8000 if SLACK == 1 else 30000}"), lambda pid: None, "timeout")


def case_idle(wav, folder):
    """A worker that dies between turns is an error, and no transcript."""
    stt = Stt("--wait=no")
    stt.put(frame("listen", id="l1", hints={"phrases": ["goodbye"]}))
    os.kill(stt.worker(), signal.SIGKILL)
    assert not texts(stt.until("error", code="worker"))
    stt.say(wav)
    assert texts(stt.until("transcript")) == ["goodbye"]
    stt.finish()


def case_last_words(wav, folder):
    """call-end waits for the last words."""
    fifo, command = waiting(folder)
    stt = Stt("-e", "command", "-c", command, "--wait=no")
    stt.say(wav)
    stt.put(frame("call-end", cause="caller-hangup"))
    release(fifo, "bye")
    seen = stt.until("call-end")
    assert texts(seen) == ["bye"], seen
    stt.process.stdin.close()
    stt.until("end")
    assert stt.process.wait(timeout=PATIENCE_S) == 0


def case_no_last_words(wav, folder):
    """But not for ever."""
    _, command = waiting(folder)
    stt = Stt("-e", "command", "-c", command, "--wait=no")
    stt.say(wav)
    begin = time.monotonic()
    seen = stt.finish()
    assert not texts(seen) and codes(seen) == ["timeout"], seen
    assert 2 < time.monotonic() - begin < 20


def case_crowd(wav, folder):
    """More turns than may wait: each has its transcript, in order."""
    fifo, command = waiting(folder)
    stt = Stt("-e", "command", "-c", command, "--wait=no")
    for _ in range(10):
        stt.say(wav)
    seen = stt.until("voice-stopped", turn=10)
    for n in range(8):
        release(fifo, f"word{n}")
        seen += stt.until("transcript", text=f"word{n}")
    seen += stt.finish()
    turns = [data["turn"] for type_, data in seen if type_ == "transcript"]
    assert turns == list(range(1, 11)), turns
    assert texts(seen) == [f"word{n}" for n in range(8)] + ["", ""] and codes(seen) == ["slow"] * 2, seen


def gone(pid):
    """No such process, or one that nobody has waited for."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def case_reader_leaves(wav, folder):
    """The reader leaves while a program hangs: a normal end, and the program is gone."""
    _, command = waiting(folder)
    stt = subprocess.Popen(["stt", "-e", "command", "-c", command, "--wait=no"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE)
    call = Call()
    stt.stdin.write(call.say(wav))
    stt.stdin.flush()
    program = Stt.worker(type("", (), {"process": stt})())
    stt.stdout.close()
    with contextlib.suppress(BrokenPipeError):  # it may have seen that, and be gone
        stt.stdin.write(clock(90000))
        stt.stdin.flush()
    assert stt.wait(timeout=PATIENCE_S) == 0
    deadline = time.monotonic() + PATIENCE_S
    while not gone(program):
        assert time.monotonic() < deadline, "the program is still there"
        time.sleep(0.01)


if __name__ == "__main__":
    globals()["case_" + sys.argv[1]](*sys.argv[2:])
