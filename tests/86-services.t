#!/bin/sh
# Whole calls in which recogniser, model and voice are services, two tools in one answer; what of an answer's time is ours.
# quiet: 25 ms
exec python3 tests/fake/service-calls.py
