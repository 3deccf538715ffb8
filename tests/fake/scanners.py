#!/usr/bin/env python3
"""What reaches an open port: scanners. scanners.py PORT COUNT SECONDS: connections of every kind, all at once; each
must be closed by the server within SECONDS without a byte of audio. Prints how many were, exits 1 if any was not."""

import os
import selectors
import socket
import sys
import time

KINDS = [
    b"GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: zgrab\r\n\r\n",
    bytes.fromhex("1603010200010001fc0303") + os.urandom(500),
    b"",  # silence: nothing is ever sent
    b"\x01\x00\x10" + os.urandom(7),  # half a UUID
    None,  # connect, then EOF
    os.urandom(200),
    b"\x01\x00\x10",
    b"\x10\x01\x40" + b"\0" * 320,  # audio first
    b"\x00\x00\x00",
]


def main():
    port, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    sel, good = selectors.DefaultSelector(), 0
    for i in range(count):
        s = socket.create_connection(("127.0.0.1", port))
        kind = KINDS[i % len(KINDS)]
        if kind is None:
            s.close()
            good += 1
            continue
        s.sendall(kind)
        s.setblocking(False)
        sel.register(s, selectors.EVENT_READ, i % len(KINDS))
    end = time.monotonic() + seconds
    while sel.get_map() and time.monotonic() < end:
        for key, _ in sel.select(0.1):
            try:
                got = key.fileobj.recv(4096)
            except OSError:
                got = b""
            if got:
                print(f"kind {key.data} was answered with {got[:16].hex()}")
            else:
                good += 1
            sel.unregister(key.fileobj)
            key.fileobj.close()
    for key in list(sel.get_map().values()):
        print(f"kind {key.data} is still open")
    print(f"{good} of {count} closed")
    return good != count


sys.exit(main())
