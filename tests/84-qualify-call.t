#!/bin/sh
# Whole calls of pipelines/qualify, in French: tests/fake/qualify_calls.py has the cases.
# quiet: what is said has to arrive as it was said
. tests/lib.sh
python3 tests/fake/qualify_calls.py "$T"
