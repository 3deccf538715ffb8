#!/bin/sh
# as-speak on a socket: its clock, its ends, and a peer that misbehaves.
exec python3 tests/fake/live.py line
