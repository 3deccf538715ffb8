#!/bin/sh
# tts and its engines: order, streaming, flush, and everything a program can do wrong.
exec python3 tests/fake/saying.py
