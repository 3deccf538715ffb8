#!/usr/bin/python3
"""http-proxy.py [USER:PASSWORD]: a proxy for HTTP and, by CONNECT, for anything.

Prints its port, and then a line for each request: the first line of it. With a password it asks for it (407).
"""
import base64
import os
import socket
import sys
import threading


def until_blank(conn):
    raw = b""
    while b"\r\n\r\n" not in raw:
        got = conn.recv(65536)
        if not got:
            raise EOFError
        raw += got
    return raw.split(b"\r\n\r\n", 1)


def copy(a, b):
    try:
        while got := a.recv(65536):
            b.sendall(got)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(conn, password):
    with conn:
        head, rest = until_blank(conn)
        first, *lines = head.decode("latin-1").split("\r\n")
        print(first, flush=True)
        wanted = "proxy-authorization: basic " + base64.b64encode(password.encode()).decode()
        if password and wanted.lower() not in [line.lower() for line in lines]:
            conn.sendall(b'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\nX-Request-Id: proxy\r\nContent-Length: 0\r\n\r\n')
            return
        method, target, version = first.split(" ")
        if method == "CONNECT":
            host, path = target, ""
        else:
            host, _, path = target.split("://", 1)[1].partition("/")
        name, _, port = host.rpartition(":")
        with socket.create_connection((name, int(port))) as server:
            if method == "CONNECT":
                conn.sendall(b"HTTP/1.1 200 OK\r\nX-Request-Id: proxy\r\n\r\n")
            else:
                server.sendall("\r\n".join(["%s /%s %s" % (method, path, version), *lines, "", ""]).encode() + rest)
            threading.Thread(target=copy, args=(server, conn), daemon=True).start()
            copy(conn, server)


def one(conn, password):
    try:
        serve(conn, password)
    except (OSError, EOFError, ValueError):
        pass


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=one, args=(conn, sys.argv[1] if len(sys.argv) > 1 else ""), daemon=True).start()


try:
    main()
except KeyboardInterrupt:
    os._exit(0)
