#!/bin/sh
# Barge-in by the sample: 200 seeded timings against a model of the rules.
exec python3 tests/fake/bargein.py
