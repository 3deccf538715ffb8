"""Streams of human words at known times, and what a voice detector makes of them: for tests/20-vad.t.

The words are those of Debian's Asterisk prompts. Where a word begins and ends in its recording is measured here, by energy.
"""

import array
import math
import random
import subprocess

import stream

SOUNDS = "/usr/share/asterisk/sounds/"
WORDS = [f"en_US_f_Allison/digits/{n}" for n in range(10)] + [
    f"{voice}/{name}" for voice in ("en_US_f_Allison", "fr_CA_f_June", "es_MX_f_Allison", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU")
    for name in ("vm-goodbye", "vm-received", "digits/7", "digits/20")]
FRAME_MS = 20


def load(name, rate=8000):
    pcm = subprocess.run(["sox", f"{SOUNDS}{name}.wav", "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", str(rate), "-"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return array.array("h", pcm)


def level(samples):
    """dB of a sine of full scale."""
    power = sum(s * s for s in samples) / max(len(samples), 1)
    return 10 * math.log10(power / (32768**2 / 2) + 1e-12)


def trimmed(pcm, rate):
    """From the first to the last 10 ms that are less than 30 dB below the loudest."""
    n = rate // 100
    levels = [level(pcm[i : i + n]) for i in range(0, len(pcm) - n + 1, n)]
    heard = [i for i, db in enumerate(levels) if db > max(levels) - 30]
    return pcm[heard[0] * n : (heard[-1] + 1) * n]


def scaled(pcm, gain_db):
    gain = 10 ** (gain_db / 20)
    return array.array("h", (int(max(-32768, min(32767, s * gain))) for s in pcm))


def to_level(pcm, db):
    return scaled(pcm, db - level(pcm))


class Line:
    """What the caller's line carries, and when words are on it."""

    def __init__(self, rate=8000, noise_db=None, seed=1):
        self.rate, self.noise_db, self.rng = rate, noise_db, random.Random(seed)
        self.pcm, self.words = array.array("h"), []

    def now(self):
        return len(self.pcm) * 1000 // self.rate

    def silence(self, ms):
        self.pcm.extend([0] * (self.rate * ms // 1000))

    def sound(self, pcm):
        self.pcm.extend(pcm)

    def word(self, name, db=-22):
        pcm = to_level(trimmed(load(name, self.rate), self.rate), db)
        start = self.now()
        self.pcm.extend(pcm)
        self.words.append((start, self.now()))

    def tone(self, ms, *hz, db=-15):
        gain = 32767 * 10 ** (db / 20)
        self.pcm.extend(int(sum(gain / len(hz) * math.sin(2 * math.pi * f * i / self.rate) for f in hz))
                        for i in range(self.rate * ms // 1000))

    def done(self):
        """The samples, in whole frames, with noise."""
        if self.noise_db is not None:
            amplitude = 32768 / math.sqrt(2) * 10 ** (self.noise_db / 20)
            self.pcm = array.array("h", (max(-32768, min(32767, round(s + self.rng.gauss(0, amplitude)))) for s in self.pcm))
            self.noise_db = None
        frame = self.rate // 50
        self.pcm.extend([0] * (-len(self.pcm) % frame))
        return self.pcm

    def frames(self, events=()):
        """A stream of it; events: (ms, frame), each before the audio of its time."""
        pcm, frame, events = self.done(), self.rate // 50, sorted(events, key=lambda e: e[0])
        yield stream.frame("call-start", call="x", uuid="x", rate=self.rate)
        for i in range(0, len(pcm), frame):
            at = i // frame * FRAME_MS
            while events and events[0][0] <= at:
                yield events.pop(0)[1]
            if at % 500 == 0:
                yield stream.clock(at)
            yield stream.audio(None, pcm[i : i + frame].tobytes(), self.rate, at)
        for _, event in events:
            yield event
        yield stream.frame("call-end", cause="caller-hangup")


def vad(frames, *args, **env):
    """What bin/vad makes of a stream: a list of (type, data, payload, bytes)."""
    import io
    import os
    out = subprocess.run(["vad", *args], input=b"".join(frames), stdout=subprocess.PIPE, check=True, env={**os.environ, **env}).stdout
    return list(stream.read(io.BytesIO(out)))


def turns(out):
    """(start, end, cause) of each; end None while it is open."""
    found = []
    for kind, data, _, _ in out:
        if kind == "voice-started":
            assert data["turn"] == len(found) + 1, data
            assert not found or found[-1][1] is not None, "two at a time"
            found.append([data["timestamp"], None, None])
        elif kind == "voice-stopped":
            assert data["turn"] == len(found) and found[-1][1] is None, data
            found[-1][1:] = data["timestamp"], data["cause"]
    return [tuple(t) for t in found]


def delays(out, words):
    """For a stream with --all: from the beginning of each word to the end of the audio before its voice-started."""
    at, started = 0, []
    for kind, data, _, _ in out:
        if kind == "audio-chunk":
            at = data["timestamp"] + FRAME_MS
        elif kind == "voice-started":
            started.append(at)
    return [min((s - start for s in started if s >= start), default=10**6) for start, _ in words]
