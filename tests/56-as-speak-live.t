#!/bin/sh
# as-speak on a socket: its clock, its ends, and a peer that misbehaves.
# quiet: frames within milliseconds
exec python3 tests/fake/live.py line
