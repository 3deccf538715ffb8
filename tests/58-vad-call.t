#!/bin/sh
# vad in whole calls: the bot is silent within 200 ms of the caller's first voiced sample.
# quiet: those 200 ms
. tests/lib.sh

sounds=/usr/share/asterisk/sounds
export CALLPIPE_SPOOL="$T/spool" AGENT_LOG="$T/log"
mkdir "$T/spool"
sox "$sounds/en_US_f_Allison/demo-congrats.wav" -t raw -e signed -b 16 -r 8000 "$T/prompt.s16" trim 0 12
cat >"$T/call" <<EOF2
#!/bin/sh
as-listen | vad | tests/fake/agent.py '0 say u1 $T/prompt.s16' '14000 hangup' | as-speak
EOF2
chmod +x "$T/call"
serve as-answer "$T/call"

# Words of four voices that begin with a voice, at times that no clock has a part in, in eight calls at once.
words='en_US_f_Allison/digits/8 en_US_f_Allison/digits/9 en_US_f_Allison/digits/1 en_US_f_Allison/vm-goodbye
	fr_CA_f_June/digits/8 it_IT_m_Carlo/digits/8 it_IT_m_Carlo/digits/9 es_MX_f_Allison/digits/8'
say() { as-dial --json -e "barge $sounds/$1.wav after $2; silence 3; barge $sounds/$1.wav after $3; silence 20" "127.0.0.1:$port"; }
at=900 calls=
for word in $words; do
	say "$word" $at $((at + 1313)) >"$T/$at.json" &
	calls="$calls $!"
	at=$((at + 177))
done
# shellcheck disable=SC2086 # a list of processes
wait $calls
cat "$T"/*.json >"$T/all"
cat >"$T/late.py" <<'PY'
import json, os, sys
late = [ms for line in open(sys.argv[1]) for ms in json.loads(line)["barge_in_ms"]]
print(sorted(late, key=lambda ms: ms or 0))
sys.exit(not (len(late) == 16 and None not in late and max(late) <= 200 * int(os.environ["SLACK"])))
PY
ok 'sixteen words over the prompt stop it within 200 ms' python3 "$T/late.py" "$T/all"
check 'each was a turn' '[ "$(cat "$T"/spool/calls/*/*/*/*/events.jsonl | grep -c "\"voice-started\"")" -ge 16 ]'
plan
