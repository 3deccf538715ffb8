#!/usr/bin/python3
"""model.py SCRIPT [LOG]: language models that speak the dialects of OpenAI (/v1/chat/completions) and Anthropic
(/v1/messages), answer from a script, and have every fault.

Prints its port; ends when its stdin does. SCRIPT is a JSON object: the `model` of a request names its answers, which are
given one after the other, the last one again and again:

    {"small": [{"words": ["Hel", "lo."]}, {"calls": [["c1", "find", "{}"]], "usage": [20, 0, 5]}], "ill": [{"fault": "500"}]}

    words     pieces of text          think     pieces of thinking before them
    calls     [id, name, arguments]   usage     [all input, cached of it, output]
    finish    as OpenAI names it      wait_ms   before the first piece
    gap_ms    between pieces          key       that the request has to have
    end_ms    before the stream ends, with all of it there
    raw       a file that is the stream (CRLF and all)
    match     only for a request with this text in it: else the next answer
    fault     what goes wrong, see faults below

A request that a vendor would refuse is refused with 400, and why. LOG gets a line of JSON for each request: model, connection
(which one), path, key, body, and the fault or status that it was answered with.
"""
import json
import os
import socket
import struct
import sys
import threading
import time

lock = threading.Lock()
asked = {}  # model: how many requests
script = json.load(open(sys.argv[1], encoding="utf-8"))
log = open(sys.argv[2], "a", encoding="utf-8") if len(sys.argv) > 2 else None


# ---- what a vendor would refuse ----

def check_openai(body):
    open_calls = []
    for m in body["messages"]:
        role = m["role"]
        if open_calls and role != "tool":
            return "an assistant message with 'tool_calls' must be followed by tool messages"
        if role == "tool":
            if m["tool_call_id"] not in open_calls:
                return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
            open_calls.remove(m["tool_call_id"])
            if not isinstance(m["content"], str):
                return "content of a tool message"
        elif role == "assistant":
            open_calls = [c["id"] for c in m.get("tool_calls", [])]
            if len(set(open_calls)) != len(open_calls):
                return "duplicate tool call id"
            for c in m.get("tool_calls", []):
                if c["type"] != "function" or not isinstance(json.loads(c["function"]["arguments"]), dict):
                    return "tool call"
            if m["content"] is None and not open_calls:
                return "null content"
        elif role not in ("system", "user") or not isinstance(m["content"], str) or not m["content"]:
            return "content of " + role
    if open_calls:
        return "tool calls without an answer"
    if not body["messages"]:
        return "no messages"
    if "max_tokens" in body and "max_completion_tokens" in body:
        return "two limits"
    for t in body.get("tools", []):
        if t["type"] != "function" or t["function"]["parameters"]["type"] != "object":
            return "tools"
    return None


def check_block(role, block, first):
    kind = block["type"]
    if kind == "text":
        return "text content blocks must be non-empty" if not block["text"].strip() else None
    if kind == "tool_result":
        return "tool_result blocks go first" if role != "user" or not first else None
    if kind == "tool_use":
        return "input" if role != "assistant" or not isinstance(block["input"], dict) else None
    if kind in ("thinking", "redacted_thinking"):
        return "thinking goes first" if role != "assistant" or not first else None
    return "type of a block"


def check_anthropic(body):
    last, calls, seen = "assistant", [], set()
    if not isinstance(body["max_tokens"], int):
        return "max_tokens: field required"
    for m in body["messages"]:
        if m["role"] == last or m["role"] not in ("user", "assistant"):
            return "roles must alternate, user first"
        last = m["role"]
        content = m["content"] if isinstance(m["content"], list) else [{"type": "text", "text": m["content"]}]
        results = [b["tool_use_id"] for b in content if b["type"] == "tool_result"]
        if last == "user" and sorted(results) != sorted(calls):
            return "tool_use ids were found without tool_result blocks immediately after"
        first = True
        for b in content:
            why = check_block(last, b, first)
            if why:
                return why
            first = first and b["type"] in ("tool_result", "thinking", "redacted_thinking")
        calls = [b["id"] for b in content if b["type"] == "tool_use"]
        for c in calls:
            if c in seen:
                return "tool_use ids must be unique"
            seen.add(c)
        if not content:
            return "content is empty"
    if last != "user":
        return "the conversation must end with a user message"
    for t in body.get("tools", []):
        if t["input_schema"]["type"] != "object":
            return "input_schema.type"
    return None


# ---- the dialects ----

def openai_chunk(delta=None, finish=None, **more):
    c = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
         "choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}]}
    c.update(more)
    return "data: " + json.dumps(c, ensure_ascii=False) + "\n\n"


def openai(answer):
    yield openai_chunk({"role": "assistant", "content": None})
    for p in answer.get("think", []):
        yield openai_chunk({"reasoning_content": p})
    for p in answer.get("words", []):
        yield openai_chunk({"content": p})
    for i, (ident, name, arguments) in enumerate(answer.get("calls", [])):
        yield openai_chunk({"tool_calls": [{"index": i, "id": ident, "type": "function",
                                            "function": {"name": name, "arguments": ""}}]})
        for k in range(0, len(arguments), 5):
            yield openai_chunk({"tool_calls": [{"index": i, "function": {"arguments": arguments[k:k + 5]}}]})


def openai_end(answer):
    yield openai_chunk({}, answer.get("finish") or ("tool_calls" if answer.get("calls") else "stop"))
    if "usage" in answer:
        i, c, o = answer["usage"]
        yield openai_chunk(choices=[], usage={"prompt_tokens": i, "completion_tokens": o, "total_tokens": i + o,
                                              "prompt_tokens_details": {"cached_tokens": c}})
    if answer.get("fault") != "no-done":
        yield "data: [DONE]\n\n"


def event(kind, **more):
    return "event: %s\ndata: %s\n\n" % (kind, json.dumps({"type": kind, **more}, ensure_ascii=False))


def block(index, start, deltas):
    yield event("content_block_start", index=index, content_block=start)
    for d in deltas:
        yield event("content_block_delta", index=index, delta=d)
    yield event("content_block_stop", index=index)


def anthropic(answer):
    i, c, o = answer.get("usage", [0, 0, 0])
    yield event("message_start", message={"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m",
                                          "stop_reason": None, "usage": {"input_tokens": i - c, "output_tokens": 1,
                                                                         "cache_creation_input_tokens": 0,
                                                                         "cache_read_input_tokens": c}})
    yield event("ping")
    n = 0
    if answer.get("think"):
        yield from block(n, {"type": "thinking", "thinking": "", "signature": ""},
                         [{"type": "thinking_delta", "thinking": p} for p in answer["think"]] +
                         [{"type": "signature_delta", "signature": "c2ln"}])
        n += 1
    if answer.get("words"):
        yield from block(n, {"type": "text", "text": ""}, [{"type": "text_delta", "text": p} for p in answer["words"]])
        n += 1
    for ident, name, arguments in answer.get("calls", []):
        yield from block(n, {"type": "tool_use", "id": ident, "name": name, "input": {}},
                         [{"type": "input_json_delta", "partial_json": arguments[k:k + 5]}
                          for k in range(0, len(arguments), 5)])
        n += 1


def anthropic_end(answer):
    stop = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}.get(answer.get("finish"))
    yield event("message_delta", delta={"stop_reason": stop or ("tool_use" if answer.get("calls") else "end_turn"),
                                        "stop_sequence": None},
                usage={"output_tokens": answer.get("usage", [0, 0, 1])[2]})
    yield event("message_stop")


# ---- faults ----

REFUSED = {  # fault: status, headers, code
    "400": ("400 Bad Request", [], "invalid_request_error"),
    "401": ("401 Unauthorized", [], "invalid_api_key"),
    "402": ("402 Payment Required", [], "billing_error"),
    "404": ("404 Not Found", [], "model_not_found"),
    "429": ("429 Too Many Requests", ["retry-after: 1"], "rate_limit_exceeded"),
    "429-long": ("429 Too Many Requests", ["retry-after: 60"], "rate_limit_exceeded"),
    "quota": ("429 Too Many Requests", [], "insufficient_quota"),
    "500": ("500 Internal Server Error", [], "server_error"),
    "529": ("529 Overloaded", [], "overloaded_error"),
}
FAULTS = {"silence", "reset", "head", "html", "latin", "long", "break", "cut", "garbage", "drip", "endless", "error", "pings", "no-done", "stall", "chunk", *REFUSED}
# silence     nothing is said            reset      the connection is reset, before a reply
# head        a head, then nothing       html       a page, with status 200
# latin       a page that is no UTF-8    long       an error with a long message
# break       reset behind the words     cut        a clean end behind the words, without an end of the answer
# garbage     pieces that make no sense  drip       words in single characters, gap_ms apart
# endless     the words again and again  error      an error behind the words
# pings       comments, no words         no-done    without the end marker
# stall       nothing behind the words
# chunk       a chunk of HTTP with a bad length, behind the words


class Gone(Exception):
    pass


class Talk:
    """One connection."""

    def __init__(self, conn):
        self.conn, self.buffer = conn, b""
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, n=None):
        while (b"\r\n\r\n" not in self.buffer) if n is None else (len(self.buffer) < n):
            got = self.conn.recv(65536)
            if not got:
                raise Gone
            self.buffer += got
            if self.buffer[:1] == b"\x16":  # TLS: not here
                self.conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                raise Gone
        end = self.buffer.index(b"\r\n\r\n") + 4 if n is None else n
        data, self.buffer = self.buffer[:end], self.buffer[end:]
        return data

    def reset(self):
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def hang(self):
        """Until the client has gone."""
        while self.conn.recv(65536):
            pass
        raise Gone

    def head(self, status, headers):
        self.conn.sendall(("\r\n".join(["HTTP/1.1 " + status, "x-request-id: req_%s" % status[:3], *headers, "", ""])).encode())

    def reply(self, status, headers, body, kind="application/json"):
        self.head(status, [*headers, "content-type: " + kind, "content-length: %d" % len(body)])
        self.conn.sendall(body)

    def chunk(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.conn.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def pause(self, ms):
        if ms:
            self.conn.settimeout(ms / 1000)
            try:
                if not self.conn.recv(65536):
                    raise Gone
            except socket.timeout:
                pass
            self.conn.settimeout(None)

    def refuse(self, status, headers, code, message):
        error = {"message": message, "type": code, "param": None, "code": code}
        self.reply(status, headers, json.dumps({"type": "error", "error": error}).encode())


def answer_for(model, text):
    answers = script.get(model)
    if not answers:
        return None
    with lock:
        at = asked.get(model, 0)
        while at < len(answers) - 1 and answers[at].get("match", "") not in text:
            at += 1
        asked[model] = at + 1
    return answers[min(at, len(answers) - 1)]


def stream(talk, answer, chat):
    fault = answer.get("fault")
    talk.head("200 OK", ["content-type: text/event-stream", "transfer-encoding: chunked"])
    if fault == "head":
        talk.hang()
    while fault == "pings":
        talk.chunk(": ping\n\n" if chat else event("ping"))
        talk.pause(answer.get("gap_ms", 20))
    talk.pause(answer.get("wait_ms", 0))
    if fault == "drip":
        answer = dict(answer, words=[c for w in answer["words"] for c in w])
    for piece in (openai if chat else anthropic)(answer):
        talk.chunk(piece)
        if fault == "garbage":
            talk.chunk('data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\ndata: {oops\n\n: x\n\nevent: odd\n\n')
        talk.pause(answer.get("gap_ms", 0))
    while fault == "endless":
        for piece in openai(answer) if chat else list(anthropic(answer))[3:4]:
            talk.chunk(piece)
        talk.pause(answer.get("gap_ms", 0))
    if fault == "stall":
        talk.hang()
    elif fault == "break":
        talk.reset()
    elif fault == "chunk":
        talk.conn.sendall(b"zz\r\nnonsense")
        raise Gone
    elif fault == "error":
        error = {"type": "overloaded_error", "message": answer.get("message", "Overloaded, try again")}
        talk.chunk("data: " + json.dumps({"error": error}) + "\n\n" if chat else event("error", error=error))
    elif fault != "cut":
        for piece in (openai_end if chat else anthropic_end)(answer):
            talk.chunk(piece)
    talk.pause(answer.get("end_ms", 0))
    talk.conn.sendall(b"0\r\n\r\n")


def note(talk, path, headers, body, what):
    if log:
        with lock:
            key = headers.get("authorization", headers.get("x-api-key"))
            log.write(json.dumps({"model": body.get("model"), "connection": talk.conn.getpeername()[1], "path": path, "key": key, "answered": what, "body": body}) + "\n")
            log.flush()


def serve_one(talk):
    lines = talk.read().decode("latin-1").split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if ": " in line)}
    path = lines[0].split(" ")[1]
    if lines[0].startswith("HEAD "):  # somebody wants the connection only
        return talk.head("404 Not Found", ["content-length: 0"])
    text = talk.read(int(headers.get("content-length", 0))).decode()
    body = json.loads(text) if text else {}
    chat = path.endswith("/chat/completions")
    if not chat and not path.endswith("/v1/messages"):
        return talk.refuse("404 Not Found", [], "not_found_error", "no such path")
    try:
        why = (check_openai if chat else check_anthropic)(body)
    except (KeyError, TypeError, ValueError, IndexError) as e:
        why = "%s: %s" % (type(e).__name__, e)
    if not why and not chat and headers.get("anthropic-version") not in ("2023-06-01", "2026-10-21"):
        why = "anthropic-version: header is required"
    if not why and (body.get("stream") is not True or headers.get("content-type") != "application/json"):
        why = "no stream, or no JSON"
    answer = answer_for(body.get("model"), text)
    what = why or (answer or {}).get("fault") or "200"
    if "key" in (answer or {}) and headers.get("authorization", headers.get("x-api-key")) != answer["key"]:
        what = "401"
    note(talk, path, headers, body, what)
    if why:
        return talk.refuse("400 Bad Request", [], "invalid_request_error", why)
    if not answer:
        return talk.refuse("404 Not Found", [], "model_not_found", "The model `%s` does not exist" % body.get("model"))
    if what in REFUSED:
        key = headers.get("authorization", headers.get("x-api-key", "none"))
        return talk.refuse(*REFUSED[what], "as the script says: %s, asked with the key %s" % (what, key.split(" ")[-1]))
    if what == "silence":
        talk.hang()
    if what == "reset":
        talk.reset()
    if what == "latin":
        return talk.reply("502 Bad Gateway", ["x-should-retry: false"], "<html><title>Zeit\u00fcberschreitung</title></html>".encode("latin-1"), "text/html")
    if what == "long":
        return talk.refuse("400 Bad Request", [], "invalid_request_error", "x\u0436" * 300)
    if what == "html":
        return talk.reply("200 OK", [], b"<html><body>Welcome to nginx!</body></html>", "text/html")
    if "raw" in answer:
        return talk.reply("200 OK", [], open(answer["raw"], "rb").read(), "text/event-stream")
    return stream(talk, answer, chat)


def serve(conn):
    talk = Talk(conn)
    try:
        while True:
            serve_one(talk)
    except (Gone, OSError):
        pass
    conn.close()


def main():
    unknown = {a["fault"] for answers in script.values() for a in answers if "fault" in a} - FAULTS
    if unknown:
        sys.exit("model.py: there is no fault %s" % ", ".join(sorted(unknown)))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    print(listener.getsockname()[1], flush=True)

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


main()
