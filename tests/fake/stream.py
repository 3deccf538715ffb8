"""The callpipe stream as callpipe-stream(5) tells it, written from the manual alone: no code of lib/ is used."""

import json


def frame(type_, payload=b"", **data):
    head = {"type": type_, "data": data}
    if payload:
        head["payload_length"] = len(payload)
    return json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" + payload


def audio(utterance, pcm, rate=8000, timestamp=0):
    extra = {"utterance": utterance} if utterance else {}
    return frame("audio-chunk", pcm, rate=rate, width=2, channels=1, timestamp=timestamp, **extra)


def clock(timestamp):
    return frame("clock", timestamp=timestamp, dropped_ms=0)


def read(f):
    """Frames of a binary file object: (type, data, payload, bytes as read)."""
    while True:
        line = f.readline(8193)
        if not line:
            return
        if not line.endswith(b"\n"):
            raise ValueError("stream ends inside a header")
        head = json.loads(line)
        data = dict(head.get("data", {}))
        second = f.read(head["data_length"]) if head.get("data_length") else b""
        if second:
            data.update(json.loads(second))
        payload = f.read(head["payload_length"]) if head.get("payload_length") else b""
        if len(payload) != head.get("payload_length", 0):
            raise ValueError("stream ends inside a payload")
        if payload and not data and head["type"] != "audio-chunk" and payload[:1] == b"{":
            data = json.loads(payload)
        yield head["type"], data, payload, line + second + payload
