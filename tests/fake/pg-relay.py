#!/usr/bin/env python3
"""PostgreSQL on TCP, for one that listens on a Unix socket ($PGHOST), and where it goes wrong: pg-relay.py prints its port.
Who connects says by the name of the application what is to happen:

    pass     nothing: bytes go through
    silent   the server never answers (whatever is said)
    commit   the connection breaks when COMMIT has gone through, before it is answered
    cut      it breaks at the first statement with parameters
    joint    it breaks when the first transaction of store_ask_jointly is committed, instead of the answer
"""
import os
import socket
import sys
import threading

path = os.environ["PGHOST"] + "/.s.PGSQL.5432"
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def pour(source, to, mute=None):
    try:
        while data := source.recv(65536):
            if mute and mute.is_set():
                break
            to.sendall(data)
    except OSError:
        pass
    for s in (source, to):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    first = client.recv(65536)
    if first[4:8] == b"\x04\xd2\x16\x2f":  # SSLRequest
        client.sendall(b"N")
        first = client.recv(65536)
    mode = next(m for m in ("silent", "commit", "cut", "joint", "pass") if m.encode() in first)
    if mode == "silent":
        client.recv(1)
        return
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    server.sendall(first)
    # what the server has to say comes only as long as it may
    mute = threading.Event()
    back = threading.Thread(target=pour, args=(server, client, mute), daemon=True)
    held = mode == "commit"
    back.start()
    while data := client.recv(65536):
        if mode == "cut" and data[:1] == b"P":
            client.close()
            server.close()
            return
        if mode == "joint" and b"lock_timeout" in data:
            mute.set()
        if held and b"COMMIT" in data:
            client.shutdown(socket.SHUT_RDWR)
            client.close()
            server.sendall(data)
            server.recv(1)
            server.close()
            return
        server.sendall(data)
    server.close()


while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
