#!/usr/bin/python3
"""turns: a stream as vad would write it, from sound files: turns.py ITEM...

say=FILE      a turn with the samples of a WAV file (16 bit, mono), cause silence
max=FILE      the same, cause max
key=FILE      the same, ended by a key
listen=JSON   a listen event with this data
clock=MS      a clock; call time goes on from there
end           call-end

300 ms of silence stand before a voice, 700 ms behind it, as vad leaves them there.
"""

import sys
import wave

from stream import audio, clock, frame

PRE_MS, POST_MS = 300, 700


def samples(path):
    with wave.open(path) as wav:
        assert wav.getsampwidth() == 2 and wav.getnchannels() == 1
        return wav.readframes(wav.getnframes()), wav.getframerate()


class Call:
    """Frames of a call, one item after the other."""

    def __init__(self):
        self.ms = 0
        self.turn = 0
        self.rate = 8000

    def start(self):
        return frame("call-start", call="test", uuid="test", rate=self.rate)

    def say(self, path, cause="silence"):
        pcm, self.rate = samples(path)
        self.turn += 1
        begin = self.ms + PRE_MS
        end = begin + len(pcm) * 1000 // (2 * self.rate)
        chunk = self.rate // 50 * 2
        pcm = bytes(PRE_MS * self.rate // 1000 * 2) + pcm
        pcm += bytes(-len(pcm) % chunk) + bytes(POST_MS * self.rate // 1000 * 2)
        out = frame("voice-started", timestamp=begin, turn=self.turn)
        for at in range(0, len(pcm), chunk):
            out += audio(None, pcm[at:at + chunk], self.rate, self.ms)
            self.ms += 20
        out += frame("voice-stopped", timestamp=end, turn=self.turn, cause=cause)
        self.ms += -self.ms % 500
        return out + clock(self.ms)

    def item(self, text):
        import json
        what, _, arg = text.partition("=")
        if what == "say":
            return self.say(arg)
        if what in ("max", "key"):
            return self.say(arg, what)
        if what == "listen":
            return frame("listen", **json.loads(arg))
        if what == "clock":
            self.ms = int(arg)
            return clock(self.ms)
        assert what == "end", what
        return frame("call-end", cause="caller-hangup")


if __name__ == "__main__":
    call = Call()
    sys.stdout.buffer.write(call.start())
    for item in sys.argv[1:]:
        sys.stdout.buffer.write(call.item(item))
