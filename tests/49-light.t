#!/bin/sh
# Tools whose engines need no network load nothing for one; and what does use it keeps nothing from turn to turn.
# shellcheck disable=SC2034 # variables are used in the text that check evaluates
. tests/lib.sh

export PYTHONPATH=tests/fake PYTHONDONTWRITEBYTECODE=1 CALLPIPE_SPOOL="$T/spool" CALLPIPE_STT_KEY=nobodys CALLPIPE_TTS_KEY=nobodys
mkdir "$T/spool"
printf '%s\n' '{"providers":[{"name":"nobody","engine":"openai","url":"http://127.0.0.1:9/v1","model":"none"}]}' >"$T/models.json"

net='^lib\(curl\|wslay\|ssl\|crypto\|nghttp2\|pq\)\(-\|$\)'
# light TYPE TOOL [ARG...]: it is seen what is mapped, and none of that is for a network.
light() {
	python3 tests/fake/mapped.py "$@" >"$T/mapped" && grep -q '^libc$' "$T/mapped" && ! grep "$net" "$T/mapped"
}

ok 'stt -e none has nothing mapped for a network' light transcript stt -e none
ok 'nor has stt -e pocketsphinx' light transcript stt -e pocketsphinx
check 'which has what it needs' 'grep -q "^libpocketsphinx$" "$T/mapped"'
ok 'nor has an agent without models' light synthesize agent -s pipelines/support/support.json
ok 'nor one with models that its scenario asks nothing' light synthesize agent -s pipelines/support/support.json --models "$T/models.json"
ok 'nor has tts -e none' light audio-stop tts -e none
ok 'nor has tts -e command' light audio-stop tts -e command -c "head -c 16000 /dev/zero" --raw-rate 8000
ok 'stt -e deepgram has' must_fail 1 light transcript stt -e deepgram -u http://127.0.0.1:9
check 'namely these' 'grep -q "^libcurl$" "$T/mapped" && grep -q "^libwslay$" "$T/mapped"'
ok 'so has tts -e openai' must_fail 1 light audio-stop tts -e openai --url http://127.0.0.1:9/v1
check 'namely this' 'grep -q "^libcurl" "$T/mapped" && ! grep wslay "$T/mapped"'

# What the sanitizers hold back is theirs; instead of memory that grows they look for what was not freed.
if untimed; then
	ok 'no descriptors come from turn 100 to 300' scripts/bench.d/growth --since 100 --turns 300 --descriptors
else
	ok 'no descriptors and no memory come from turn 1000 to 2000' scripts/bench.d/growth --turns 2000
fi
plan
