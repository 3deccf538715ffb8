#!/bin/sh
# agent where things go wrong around it: calls that end at any point, tools, hostile and endless input, bad streams.
. tests/lib.sh

faults=tests/fake/agent-faults.py
CALLPIPE_LOG=error
export CALLPIPE_LOG
for name in $(python3 $faults --list); do
	ok "$name" python3 $faults "$name"
done
plan
