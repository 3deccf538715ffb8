#!/bin/sh
# Barge-in in a whole call: a cough takes not a sample from the prompt, words stop it.
# quiet: words within 200 ms
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
export CALLPIPE_SPOOL="$T/spool" AGENT_LOG="$T/log"
mkdir "$T/spool"
sox "$sounds/demo-congrats.wav" -t raw -e signed -b 16 -r 8000 "$T/prompt.s16" trim 0 5
sox -n -r 8000 -b 16 -c 1 "$T/cough.wav" synth 0.3 noise gain -12
sox "$sounds/demo-echotest.wav" -r 8000 "$T/words.wav" trim 0 3
cat >"$T/call" <<EOF
#!/bin/sh
as-listen | tests/fake/agent.py --vad '0 say u1 $T/prompt.s16' '9000 hangup' | as-speak
EOF
chmod +x "$T/call"
serve as-answer "$T/call"

bot() { cat "$T"/spool/calls/*/*/*/"$1"/bot.s16; }
u1=aaaaaaaa-0000-4000-8000-000000000001 u2=aaaaaaaa-0000-4000-8000-000000000002
as-dial --json --uuid $u1 -e "barge $T/cough.wav after 1000; silence 20" "127.0.0.1:$port" >"$T/cough.json" &
cough=$!
as-dial --json --uuid $u2 -e "barge $T/words.wav after 1000; silence 20" "127.0.0.1:$port" >"$T/words.json"
wait $cough
check "both calls end by the agent" 'cat "$T/cough.json" "$T/words.json" | tests/fake/report.py "end == \"server-end\""'
# What was on the line, silence of the pause apart, is the prompt: every byte of it, in order.
check "after a cough the prompt goes on, not a sample is lost" "bot $u1 >'$T/bot' && tests/fake/spliced.py '$T/prompt.s16' '$T/bot'"
check "the pause is there" "! { bot $u1 | tests/fake/spliced.py --whole '$T/prompt.s16' -; }"
check "words clear the prompt, and the agent knows what was heard" "grep \"played.*cleared\" '$T/log'"
check "a cough does not" "grep \"played.*'status': 'played'\" '$T/log'"
# By what the caller heard: the bot pauses at the first sound, and is not audible again.
check "from the caller's first voiced sample to the bot's last audible frame: 200 ms at most" 'tests/fake/report.py "barge_in_ms and (untimed or barge_in_ms[0] <= 200)" <"$T/words.json"'
plan
