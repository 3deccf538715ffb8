#!/bin/sh
# Two hundred scanners while calls run: nothing is spawned, nothing is made, nobody hears it.
# quiet: of every frame
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
export CALLPIPE_SPOOL="$T/spool" CALLPIPE_PROMPT="$sounds/demo-echotest.wav" CALLPIPE_UUID_TIMEOUT=1000
mkdir "$T/spool"
sox "$sounds/demo-congrats.wav" "$T/speech.wav" trim 0 4
printf '#!/bin/sh\necho started >>"%s"\nexec pipelines/announce/call\n' "$T/started" >"$T/call" && chmod +x "$T/call"
serve as-answer "$T/call"
as-dial --json --calls 3 --cps 20 -e "say $T/speech.wav; silence 2; hangup" "127.0.0.1:$port" >"$T/calls" &
dial=$!
wait_for 5 test -d "$T/spool/calls"
ok "200 scanners are shown the door" tests/fake/scanners.py "$port" 200 5
check "the calls beside them are well" "wait $dial && tests/fake/report.py 'ok and frames >= 0.999 * frames_due and not gaps' <'$T/calls'"
check "three directories, not one more" '[ "$(find "$T/spool/calls" -name call.json | wc -l)" = 3 ] && [ "$(find "$T/spool/calls" -mindepth 4 -maxdepth 4 | wc -l)" = 3 ]'
check "three programs were run, not one more" '[ "$(wc -l <"$T/started")" = 3 ]'
counted() { as-answer --status | grep '^{"live":0,"answered":3,"busy":0,"refused":0,"scanners":200,"errors":0,'; }
check "each of the 200 is counted" 'wait_for 10 counted || { as-answer --status && false; }'
check "no skipped slot in any record" '! grep -h "\"type\":\"pace\"" "$T"/spool/calls/*/*/*/*/events.jsonl | grep -v "\"skipped\":0,"'
plan
