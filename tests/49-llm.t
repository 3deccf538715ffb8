#!/bin/sh
# agent: language models that lead a dialogue: as text, and in calls that are played around it.
. tests/lib.sh

shop=tests/data/llm/shop.json
calls=tests/fake/llm-calls.py

ok 'a scenario with models has no mistake' agent --check "$shop"
ok 'it does not run without models' must_fail 78 agent -s "$shop" </dev/null
check 'and says why' 'agent -s "$shop" </dev/null 2>&1 | grep -q "asks a model, and there are no --models"'
CALLPIPE_LOG=error
export CALLPIPE_LOG
for name in $(python3 $calls --list); do
	ok "call: $name" python3 $calls "$name"
done
plan
