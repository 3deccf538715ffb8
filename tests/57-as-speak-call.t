#!/bin/sh
# as-speak in a call directory: the scribe that dies or stands still, the verdict, the loop.
exec python3 tests/fake/live.py call
