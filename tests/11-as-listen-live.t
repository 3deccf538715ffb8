#!/bin/sh
# as-listen on a socket: holes and bursts, ends of all kinds, slow and absent readers, the loop, the recording.
# Call time begins in the past, so that audio sent at once has room and nothing has to be waited for.
. tests/lib.sh

cat >"$T/live.py" <<'PY'
"""live.py CASE: play the caller's side of one call and check what comes of it."""
import io, math, os, resource, signal, socket, struct, subprocess, sys, tempfile, threading, time

sys.path.insert(0, "tests/fake")
import stream

DIR = tempfile.mkdtemp()
UUID = "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"

def message(kind, payload=b""):
    return bytes([kind]) + struct.pack(">H", len(payload)) + payload

def tone(ms):
    return struct.pack("<%dh" % (8 * ms), *(int(9000 * math.sin(i / 3)) or 1 for i in range(8 * ms)))

def frames(pcm):
    return b"".join(message(0x10, pcm[i:i + 320]) for i in range(0, len(pcm), 320))

def wait_for(what, seconds=10 * int(os.environ["SLACK"])):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)

def events(out):
    return [(kind, data) for kind, data, _, _ in stream.read(io.BytesIO(out)) if kind != "audio-chunk"]

def chunks(out):
    return [(data["timestamp"], payload) for kind, data, payload, _ in stream.read(io.BytesIO(out))
            if kind == "audio-chunk"]

def errors(out):
    return [data["code"] for kind, data in events(out) if kind == "error"]

def size(name):
    try:
        return os.stat(DIR + "/" + name).st_size
    except FileNotFoundError:
        return 0

def replay():
    return subprocess.run(["as-listen", "--replay", DIR], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)

class Call:
    """as-listen with a TCP connection on stdin; its stdout is read by a thread, unless slow."""

    def __init__(self, first=b"", age_ms=0, loop=False, slow=False, before=None, record=True, uuid=UUID):
        server = socket.create_server(("127.0.0.1", 0))
        self.sock = socket.create_connection(server.getsockname())
        conn, _ = server.accept()
        server.close()
        env = dict(os.environ, CALLPIPE_T0_NS=str(time.monotonic_ns() - age_ms * 1000000), CALLPIPE_UUID=uuid)
        if record:
            env["CALLPIPE_DIR"] = DIR
        if loop:
            os.mkfifo(DIR + "/loop", 0o600)
            self.loop = os.open(DIR + "/loop", os.O_RDWR)
        self.sock.sendall(first)
        self.out, self.err = b"", tempfile.TemporaryFile()
        self.p = subprocess.Popen(["as-listen"], stdin=conn, stdout=subprocess.PIPE, stderr=self.err, env=env,
                                  preexec_fn=before)
        conn.close()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.reading = not slow
        if self.reading:
            self.thread.start()

    def read(self):
        while piece := os.read(self.p.stdout.fileno(), 65536):
            self.out += piece

    def said(self):
        return os.pread(self.err.fileno(), 65536, 0)

    def end(self, status=0):
        if self.sock:
            self.sock.close()
        got = self.p.wait(20)
        if self.thread.ident:
            self.thread.join(20)
        self.err.seek(0)
        text = self.err.read().decode()
        assert got == status, "exit %d: %s" % (got, text)
        assert "Sanitizer" not in text, text
        return self.out

    def finish(self, status=0):
        """End the call, then read all that it has to say."""
        self.sock.shutdown(socket.SHUT_WR)
        if not self.reading:
            self.thread.start()
        return self.end(status)

def ends_well(out, cause="caller-hangup"):
    assert events(out)[0][0] == "call-start", events(out)[:1]
    assert events(out)[-1] == ("call-end", {"cause": cause}), events(out)[-1]

def heard(pcm, sound):
    """The samples are in there, in one piece."""
    at = sound.find(pcm)
    assert at >= 0, "the caller's samples are not in there"
    return at // 16

def placed():
    pcm = tone(1000)
    call = Call(frames(pcm), age_ms=3000)
    wait_for(lambda: size("caller.s16") >= 48000)
    out = call.finish()
    ends_well(out)
    at = heard(pcm, open(DIR + "/caller.s16", "rb").read())
    assert 2000 <= at < 5000, at
    clocks = [d["timestamp"] for k, d in events(out) if k == "clock"]
    assert all(t % 500 == 0 for t in clocks) and clocks == sorted(set(clocks)), clocks
    assert [t for t, _ in chunks(out)] == list(range(0, 20 * len(chunks(out)), 20))
    assert replay().stdout == out

def burst():
    pcm = tone(2000)
    call = Call(age_ms=4000)
    wait_for(lambda: size("caller.s16") >= 3800 * 16)
    call.sock.sendall(frames(pcm[:320]) + frames(pcm[320:]))
    out = call.finish()
    times = [t for t, _ in chunks(out)]
    assert sum(b < a for a, b in zip(times, times[1:])) == 1, "goes back once"
    final = dict(chunks(out))
    sound = b"".join(final[t] for t in sorted(final))
    heard(pcm, sound)
    assert open(DIR + "/caller.s16", "rb").read() == sound
    assert errors(out) == [], errors(out)
    assert replay().stdout == out
    assert replay().stdout == out

def partial():
    """Silence that begins within a chunk, then a burst that continues there."""
    pcm = tone(1010)
    call = Call(frames(pcm[:970 * 16]) + message(0x10, pcm[970 * 16:975 * 16]), age_ms=1500)
    wait_for(lambda: size("caller.s16") > 1600 * 16)
    call.sock.sendall(message(0x10, pcm[975 * 16:]))
    out = call.finish()
    assert '"samples":' in open(DIR + "/listen.jsonl").read()
    assert replay().stdout == out

def reset():
    call = Call(frames(tone(200)), age_ms=1000)
    wait_for(lambda: b"audio-chunk" in call.out)
    call.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ends_well(call.end())

def cut():
    ends_well(Call(message(1, bytes(range(160, 176))) + frames(tone(100))[:-7], age_ms=500).finish())

def nothing():
    out = Call().finish()
    assert [k for k, _ in events(out)] == ["call-start", "call-end"], events(out)
    assert not chunks(out)

def alone():
    """No directory and no environment: nothing is said before Asterisk has told the UUID."""
    call = Call(record=False, uuid="")
    call.sock.sendall(message(1, bytes(range(160, 176))))
    wait_for(lambda: len(chunks(call.out[:call.out.rfind(b'{"type"')])) > 5)
    out = call.finish()
    ends_well(out)
    assert events(out)[0][1]["uuid"] == UUID, events(out)[0]

def silent():
    """Nor for long if it does not."""
    call = Call(record=False, uuid="")
    wait_for(lambda: b"clock" in call.out)
    ends_well(call.finish())

def terminated():
    call = Call(frames(tone(500)), age_ms=1000)
    wait_for(lambda: b"audio-chunk" in call.out)
    call.p.send_signal(signal.SIGTERM)
    call.p.wait(20)
    ends_well(call.end(), "terminated")
    assert replay().stdout == call.out

def slow():
    pcm = tone(8000)
    call = Call(frames(pcm), age_ms=9000, slow=True)
    wait_for(lambda: size("caller.s16") > 8500 * 16)
    call.sock.sendall(message(3, b"7") + frames(tone(20)))
    wait_for(lambda: size("caller.s16") > 9900 * 16)  # the clock goes on
    out = call.finish()
    ends_well(out)
    assert errors(out) == ["slow"], errors(out)
    assert ("dtmf", "7") in [(k, d.get("digit")) for k, d in events(out)]
    heard(pcm, open(DIR + "/caller.s16", "rb").read())
    times = [t for t, _ in chunks(out)]
    assert len(times) < 300 and times == sorted(times), len(times)
    assert max(d["dropped_ms"] for k, d in events(out) if k == "clock") > 4000
    assert replay().stdout == out

def left():
    call = Call(frames(tone(300)), age_ms=60000, slow=True)
    call.p.stdout.close()
    call.sock.sendall(frames(tone(8000)) * 30)  # 4 MB: only if it is read
    call.sock.shutdown(socket.SHUT_WR)
    assert call.sock.recv(1) == b"", "closed in order, not reset"
    call.end()
    assert size("caller.s16") > 50000 * 16

def loop():
    call = Call(frames(tone(300)), age_ms=1000, loop=True)
    sent = [stream.frame("playing", loop=1, utterance="u%d" % i, timestamp=i) for i in range(50)]
    for i, event in enumerate(sent):
        os.write(call.loop, event[:20])  # a writer of its own may be slow
        os.write(call.loop, event[20:])
        if i % 10 == 0:
            wait_for(lambda: event in call.out)
            call.sock.sendall(frames(tone(40)))
    wait_for(lambda: sent[-1] in call.out)
    out = call.finish()
    ends_well(out)
    assert [raw for kind, _, _, raw in stream.read(io.BytesIO(out)) if kind == "playing"] == sent
    assert replay().stdout == out

def bad_loop(what):
    call = Call(frames(tone(100)), age_ms=1000, loop=True)
    os.write(call.loop, stream.frame("played", loop=1) + what)
    wait_for(lambda: b'"code":"loop"' in call.out)
    os.write(call.loop, stream.frame("played", loop=1))
    call.sock.sendall(frames(tone(100)))
    out = call.finish()
    ends_well(out)
    assert errors(out) == ["loop"] and sum(k == "played" for k, _ in events(out)) == 1

def flooded():
    """The stream ends with the reason; the socket is read, and recorded, until the call is over."""
    call = Call(frames(tone(100)), age_ms=60000, loop=True, slow=True)
    event = stream.frame("playing", loop=1, text="x" * 3900)
    os.set_blocking(call.loop, False)
    while b"takes no more events" not in call.said():
        try:
            os.write(call.loop, event)
        except BlockingIOError:
            time.sleep(0.01)
    call.sock.sendall(frames(tone(8000)) * 30)  # 4 MB: only if it is read
    wait_for(lambda: size("caller.s16") > 50000 * 16)
    assert call.p.poll() is None
    call.thread.start()
    wait_for(lambda: b'"code":"overflow","fatal":true' in call.out)
    assert events(call.out)[-1][0] == "error", events(call.out)[-1]
    out = call.end(75)
    assert "call-end" not in [k for k, _ in events(out)]
    assert out.startswith(replay().stdout)

def stuck():
    """The same while nobody reads: the end of the call does not wait."""
    call = Call(frames(tone(100)), age_ms=1000, loop=True, slow=True)
    event = stream.frame("playing", loop=1, text="x" * 3900)
    for _ in range(100):
        os.write(call.loop, event)
    wait_for(lambda: b"takes no more events" in call.said())
    call.sock.shutdown(socket.SHUT_WR)
    assert call.p.wait(10) == 75

def keys():
    """A burst of keys that nobody dials, to a pipeline that does not read yet."""
    call = Call(message(3, b"7") * 20000, age_ms=1000, slow=True)
    wait_for(lambda: b"keys in a second" in call.said())
    out = call.finish()
    ends_well(out)
    assert errors(out) == ["keys"], errors(out)
    assert 50 <= sum(k == "dtmf" for k, _ in events(out)) <= 200

def full():
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20000, resource.RLIM_INFINITY))
    call = Call(frames(tone(2000)), age_ms=2000, before=limit)
    wait_for(lambda: b'"code":"record"' in call.out)
    resource.prlimit(call.p.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    call.sock.sendall(frames(tone(300)))
    wait_for(lambda: b"written again" in call.out)
    out = call.finish()
    ends_well(out)
    news = [(d["file"], d["fatal"], "written again" in d["text"]) for k, d in events(out) if k == "error"]
    assert news == [("caller.s16", False, False), ("caller.s16", False, True)], news
    assert len(chunks(out)) >= 100

def killed():
    call = Call(frames(tone(2000)), age_ms=3000)
    wait_for(lambda: size("listen.jsonl") > 0)
    call.p.kill()
    call.end(-9)
    again = replay()
    assert again.returncode == 65 and b"without call-end" in again.stderr, again
    assert again.stdout and call.out.startswith(again.stdout)
    assert b"call-end" not in again.stdout

case, *args = sys.argv[1:]
if case == "bad_loop":
    bad_loop({"garbage": b"\x00\xff{\n", "end": stream.frame("call-end", cause="x"), "payload": stream.audio("u", b"12"),
              "large": stream.frame("playing", text="x" * 4100), "endless": b'{"type":"playing","data":{"x":"' + b"x" * 4200}[args[0]])
else:
    globals()[case]()
PY
case_() { python3 "$T/live.py" "$@"; }

plan 23
ok 'audio is placed where it was said, the rest is silence' case_ placed
ok 'a burst replaces the silence put in for it, and so does the replay' case_ burst
ok 'silence that began within a chunk is replayed as it was' case_ partial
ok 'a reset is the end of a call' case_ reset
ok 'so is the end within a message' case_ cut
ok 'and before any' case_ nothing
ok 'alone, it is Asterisk that tells the UUID' case_ alone
ok 'if it does in time' case_ silent
ok 'TERM ends the call in order' case_ terminated
ok 'a slow pipeline: audio is dropped, counted, said once; events and the recording are all there' case_ slow
ok 'the reader leaves: the caller is heard and recorded to the end, nothing is reset' case_ left
ok 'events of the loop are merged as they are, and replayed in their place' case_ loop
ok 'garbage in the loop closes it, the call goes on' case_ bad_loop garbage
ok 'so does a call-end from there' case_ bad_loop end
ok 'a payload' case_ bad_loop payload
ok 'more than 4096 bytes' case_ bad_loop large
ok 'a line without an end' case_ bad_loop endless
ok 'more events than the pipeline takes: said, the caller is heard to the end, exit 75' case_ flooded
ok 'and who does not read at all is not waited for' case_ stuck
ok 'a flood of keys is no such thing' case_ keys
ok 'disk full: said, the call goes on, said again when it works' case_ full
ok 'killed: what was listed is replayed, then exit 65' case_ killed
check 'without a socket on stdin nothing waits' "as-listen </dev/null | grep -q call-end"
