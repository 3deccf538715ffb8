#!/bin/sh
# as-speak in a call directory: the scribe that dies or stands still, the verdict, the loop.
# quiet: frames within milliseconds
exec python3 tests/fake/live.py call
