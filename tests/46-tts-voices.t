#!/bin/sh
# tts and the services it asks: order, streaming, flush, cache, and everything a service can do wrong.
exec python3 tests/fake/tts-voices.py
