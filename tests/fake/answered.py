"""Answered calls, and what amd makes of them: for tests/09-amd.t. The tones are made by sox."""

import array
import io
import itertools
import json
import math
import os
import random
import subprocess
import sys

import stream
from words import Line

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "."
VOICES = ["en_US_f_Allison", "fr_CA_f_June", "es_MX_f_Allison", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU"]
HELLOS = ["en_US_f_Allison/hello", "fr_CA_f_June/hello", "it_IT_m_Carlo/hello", "ru_RU_f_IvrvoiceRU/hello", "es_MX_f_Allison/vm-goodbye"]
known = {}


def same(got, want, what=""):
    assert got == want, f"{what}: {got!r}, not {want!r}"


class Noisy(Line):
    """The same, with a second of noise again and again."""

    def done(self):
        if self.noise_db is not None:
            key = (self.noise_db, self.rate)
            if key not in known:
                amplitude = 32768 / math.sqrt(2) * 10 ** (self.noise_db / 20)
                known[key] = [round(self.rng.gauss(0, amplitude)) for _ in range(self.rate)]
            self.pcm = array.array("h", (max(-32768, min(32767, s + n)) for s, n in zip(self.pcm, itertools.cycle(known[key]))))
            self.noise_db = None
        return super().done()


def answers(noise_db, rate=8000):
    """A line that is lifted; 300 ms later it sounds."""
    line = Noisy(rate, noise_db)
    line.silence(300)
    return line


def hello(silence_ms):
    """Somebody who says a word, and waits so long."""
    line = answers(-60)
    line.word("en_US_f_Allison/hello")
    line.silence(silence_ms)
    return line


def tone(ms, *hz, rate=8000):
    """By sox; 0 Hz: silence."""
    key = (ms, hz, rate)
    if hz == (0,):
        return array.array("h", bytes(2 * rate * ms // 1000))
    if key not in known:
        sines = [word for f in hz for word in ("sine", str(f))]
        known[key] = array.array("h", subprocess.run(
            ["sox", "-DV0", "-n", "-t", "raw", "-r", str(rate), "-e", "signed", "-b", "16", "-c", "1", "-", "synth", str(ms / 1000), *sines,
             "remix", "-", "gain", "-10"], check=True, stdout=subprocess.PIPE).stdout)
    return known[key]


def click():
    rng = random.Random(1)
    return array.array("h", (int(rng.gauss(0, 4000)) for _ in range(80)))


def verdicts(line, *options):
    """Those of the line as a sound file."""
    path = f"{FOLDER}/line.s16"
    with open(path, "wb") as f:
        f.write(line.done().tobytes())
    out = subprocess.run(["amd", f"--rate={line.rate}", *options, path], check=True, stdout=subprocess.PIPE).stdout
    events = [json.loads(e) for e in out.splitlines()]
    for e in events:
        same(e.pop("file"), path)
    return events


def amd(frames, *options, **env):
    """What bin/amd makes of a stream: a list of (type, data, payload, bytes)."""
    out = subprocess.run(["amd", *options], input=b"".join(frames), stdout=subprocess.PIPE, check=True, env={**os.environ, **env}).stdout
    return list(stream.read(io.BytesIO(out)))
