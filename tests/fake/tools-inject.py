#!/usr/bin/env python3
"""Arguments that would like to be more than values: tools-inject.py SHOP.JSON ASKED. Each is given to every kind of tool;
what arrives is the value and nothing else, or it is refused in words. Prints how many were sent; silent otherwise.
"""

import json
import subprocess
import sys
from urllib.parse import parse_qs, unquote, urlsplit

shop, asked = sys.argv[1:]

VALUES = [
    "plain",
    "'",
    '"',
    "''; drop table stock; --",
    "x' or '1'='1",
    "$1 :n ::text $$ $x$",
    "/* ; commit; */ -- \\",
    "\\' E'\\\\",
    "a\nb\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1",
    "\t\x01\x1f\x7f",
    "$(touch /tmp/evil) `id` ; | & > < ~ * ? # !",
    "-rf --help",
    "%2e%2e%2f %00 %n%s%d %",
    "{n} {q} {{call.from}} ${HOME}",
    "a&b=c&n=99#frag?x=y;z",
    "@evil.example:80/",
    "http://evil.example/",
    '{"admin": true, "n": 10000}',
    '","admin":true,"x":"',
    "é 你好 \U0001f600 \u202e \u2028",
    "NULL",
    "\\u0000 \\x00",
    "x" * 1500,
]
PATH_TOO = ["..", ".", "../../admin", "a/../b", "..%2f..", "/", "\\", "a\\b", "", "/etc/passwd"]


def run(tool, **arguments):
    done = subprocess.run(
        ["agent", "--tool=" + shop, tool, json.dumps(arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def same(got, want, what):
    assert got == want, "%s: got %r, not %r" % (what, got, want)


def requests():
    with open(asked, encoding="utf-8") as f:
        return f.read().splitlines()


sent = 0
for value in VALUES + PATH_TOO:
    # as a program's standard input
    code, result, err = run("cat", q=value)
    same((code, result), (0, {"q": value}), "cat")

    # in query and body
    before = len(requests())
    code, result, err = run("echo", q=value, tags=[value, "t"], who={"name": value})
    same(code, 0, "echo %r: %s" % (value, err))
    same(len(requests()), before + 1, "requests")
    url = urlsplit(result["path"])
    same((result["method"], url.path), ("PUT", "/echo/a%20b"), "where it went")
    query = parse_qs(url.query, keep_blank_values=True, strict_parsing=True)
    want = {"fixed": ["1"], "q": [value], "tag": [value, "t"], "k": ["7"], "text": ["<" + value + ">"]}
    same(query, want, "query")
    body = json.loads(result["body"])
    want = {"text": "say " + value + "!", "tags": [value, "t"], "who": {"name": value}, "fixed": [1, True, None]}
    same(body, want, "body")
    assert "x-evil" not in result["headers"] and result["headers"]["host"].startswith("127.0.0.1:")

    # in a form
    code, result, err = run("form", q=value, n=1.5)
    same(code, 0, "form: " + err)
    same(parse_qs(result["body"], keep_blank_values=True, strict_parsing=True), {"q": [value], "n": ["1.5"], "s": ["phone"]}, "form")

    # in a path: one segment, or nothing at all
    before = len(requests())
    code, result, err = run("part", q=value)
    if code == 0:
        parts = result["path"].split("/")
        same([unquote(p) for p in parts], ["", "echo", value, "x" + value], "path")
        assert "?" not in result["path"] and "#" not in result["path"]
    else:
        same(code, 65, "part")
        assert "the argument 'q'" in err, err
        same(len(requests()), before, "requests")
        assert any(c in value for c in "/\\") or min(value, default=" ") < " " or "\x7f" in value or value in (".", "..", ""), value

    # in SQL
    code, result, err = run("types", t=value, a=[value])
    same(code, 0, "types: " + err)
    same((result["t"], result["a"], result["twice"], result["quoted"]), (value, [value], value + value, ":t"), "SQL")
    sent += 6

# what is no text is no argument
code, result, err = run("cat", q="\0")
same(code, 65, "NUL")
print(sent)
