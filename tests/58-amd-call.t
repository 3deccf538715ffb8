#!/bin/sh
# amd in whole calls: the bot speaks at once; a person is one, and a voicemail gets its message behind the beep.
# shellcheck disable=SC2034 # variables are used in the text that check evaluates
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
export CALLPIPE_SPOOL="$T/spool" CALLPIPE_SERVICE=message
mkdir "$T/spool"
cat >"$T/call" <<'EOF'
#!/bin/sh
as-listen | amd --after-beep | vad | stt -e none | agent -s "$1" | tts | as-speak
EOF
chmod +x "$T/call"
serve as-answer "$T/call" "$PWD/tests/data/dialogues/message-en.json"

# A greeting, half a second, a beep; a word. Then silence, until the bot hangs up.
sox -DV0 "$sounds/vm-intro.wav" -r 8000 "$T/greeting.wav" pad 0 0.5
sox -DV0 -n -r 8000 -c 1 -b 16 "$T/beep.wav" synth 0.4 sine 1000 gain -10
sox -DV0 "$T/greeting.wav" "$T/beep.wav" "$T/voicemail.wav"
sox -DV0 "$sounds/hello.wav" "$T/person.wav"
for who in voicemail person; do
	case $who in
	voicemail) uuid=00000000-0000-4000-8000-000000000001 wait=30 ;;
	person) uuid=00000000-0000-4000-8000-000000000002 wait=3 ;;
	esac
	as-dial -u "$uuid" -e "barge $T/$who.wav after 300; silence $wait" "127.0.0.1:$port" >"$T/$who" 2>&1 &
	pids="$pids $!" callers="${callers-} $!"
done
# shellcheck disable=SC2086 # a list of processes
wait $callers
journal() { echo "$T"/spool/calls/*/*/*/00000000-0000-4000-8000-00000000000"$1"/events.jsonl; }
told() { wait_for 10 grep -q '"verdict"' "$(journal "$1")" && jq -r "select(.type == \"$2\") | $3" "$(journal "$1")" | tr '\n' ' '; }

check 'a voicemail: a machine, and then its beep' \
	'test "$(told 1 amd ".data | [.verdict, .kind, .message] | join(\"/\")")" = "machine// machine/voicemail/beep "'
check 'the message is said behind it, and the call ends' \
	'test "$(told 1 state .data.to)$(told 1 hangup .data.cause)" = "ask greeting message message "'
check 'not before the beep' 'test "$(told 1 amd .data.ms | cut -d" " -f2)" -lt "$(told 1 playing .data.timestamp | awk "{ print \$NF }")"'
check 'a person is one, while the bot speaks' 'test "$(told 2 amd .data.verdict)" = "human " && test "$(told 2 state .data.to)" = "ask "'
check 'the bot has spoken from the first moment' 'test "$(told 2 playing .data.timestamp | cut -d" " -f1)" -lt $((1000 * SLACK))'
plan
