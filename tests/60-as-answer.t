#!/bin/sh
# as-answer: what is a call and what is not, the call directory, slots, --status.
# quiet: no gap of 250 ms
# shellcheck disable=SC2034 # variables are used in the text that check evaluates
. tests/lib.sh
. tests/fake/answer.sh

# send HEX [close]: connect, send, and say what comes back until the other end closes.
send() {
	python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.settimeout(10)
s.sendall(bytes.fromhex(sys.argv[2]))
if sys.argv[3:]: s.shutdown(socket.SHUT_WR)
try:
    while data := s.recv(65536): print(data.hex())
except ConnectionResetError: pass' "$port" "$@"
}

# --- an ordinary call
mkdir "$T/from"
printf 'from=+33611223344\r\nto=100\nlang=fr\nx="\\\033\n' >"$T/from/$(uuid 1)"
answer_fake --from-dir="$T/from" --service=shop -- --done=1200
ok 'a call' call 1
check 'ends politely' "heard 1 'end == \"end\" and left == 0 and wrong is None and frames > 5'"
ok 'exit 0' exited 0
ok 'the verdict is for the dialplan' verdict_is 1 hangup
check_same 'and in the call directory' 'cat "$(dir_of 1)/verdict"' 'echo hangup'
ok 'no FIFO, no slot is left' left 1
json='import json, sys; c = json.loads(sys.stdin.readline()); assert not sys.stdin.read()'
check 'call.json says who calls' 'python3 -c "$json
assert list(c) == \"call uuid service rate accepted_at from to vars\".split(), c
assert (c[\"call\"], c[\"service\"], c[\"rate\"], c[\"from\"], c[\"to\"]) == (\"$(uuid 1)\", \"shop\", 8000, \"+33611223344\", \"100\")
assert c[\"vars\"] == {\"lang\": \"fr\", \"x\": chr(34) + chr(92) + \" \"}, c" <"$(dir_of 1)/call.json"'
check 'nobody else may read it' \
	'[ "$(cd "$(dir_of 1)" && stat -c %a . call.json events.jsonl bot.s16 verdict | tr "\n" " ")" = "750 640 640 640 640 " ]'
check 'the journal ends with the verdict' \
	"journal 1 'types[-1] == \"verdict\" and of(\"done\") and types.count(\"call-end\") == 1'"
check 'bot audio begins where it did' \
	'[ $(($(stat -c %s "$(dir_of 1)/bot.s16" || echo 1) % 320)) = 0 ] && cmp -n 640 "$(dir_of 1)/bot.s16" /dev/zero'

rm "$T/from/$(uuid 1)"
ok 'the same UUID again' call 1
check 'is another call' '[ -f "$(dir_of 1)-2/call.json" ] && grep -q "\"call\":\"$(uuid 1)-2\",\"uuid\":\"$(uuid 1)\"" "$(dir_of 1)-2/call.json"'
ok 'exit 0' exited 0
check 'a number in the UUID' 'python3 tests/fake/caller.py "$port" CA11FFFF-3361-1223-344F-176722560042 &&
	grep -q "\"from\":\"33611223344\"" "$spool"/calls/*/*/*/ca11ffff-3361-1223-344f-176722560042/call.json'
ok 'exit 0' exited 0

# Verdicts are named by the UUID alone: that of an earlier call is not taken for ours, nor taken from it.
answer sh -c 'cat "$CALLPIPE_SPOOL/verdicts/$CALLPIPE_UUID" >"$0"' "$T/before"
echo 'transfer sales' >"$spool/verdicts/$(uuid 7)"
check 'the verdict of a call that ended just now stays' 'call 7; exited 70 && grep -qx "transfer sales" "$T/before"'
check 'until this call has one' 'verdict_is 7 error'
check 'an old one is removed' 'touch -d "1 minute ago" "$spool/verdicts/$(uuid 7)" && call 7; exited 70 && [ ! -s "$T/before" ]'

# More than call.json takes.
for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41; do
	printf 'x%d=%0250d\n' $i 0
done >"$T/from/$(uuid 8)"
answer_fake --from-dir="$T/from" -- --done=300
ok 'a call with too many variables' call 8
check 'has a call.json of at most 8 KiB' 'exited 0 && [ "$(stat -c %s "$(dir_of 8)/call.json")" -le 8192 ]'
kept=$(grep -o '"x[0-9]*":' "$(dir_of 8)/call.json" | wc -l)
check 'that has most of them' '[ "$kept" -ge 25 ] && [ "$kept" -lt 32 ]'
check 'the others are missed in the record' \
	"journal 8 '[(d[\"code\"], d[\"text\"].split()[2]) for d in of(\"error\")] == [(\"vars\", str(32 - $kept))]'"
check 'and in the log' "grep -q 'cannot keep $((32 - kept)) variables' '$T/serve.err'"

rm -r "$spool/verdicts"
answer sh -c '[ -d "$CALLPIPE_SPOOL/verdicts" ] && env >"$0"; exit 3' "$T/env"
ok 'a program that is no pipeline' call 3
ok 'may leave a verdict in the spool' test -s "$T/env"
check 'is told about its call' 'grep -qx "CALLPIPE_DIR=$(dir_of 3)" "$T/env" && grep -qx "CALLPIPE_CALL=$(uuid 3)" "$T/env" &&
	grep -qx "CALLPIPE_UUID=$(uuid 3)" "$T/env" && grep -qx CALLPIPE_RATE=8000 "$T/env" &&
	grep -qx CALLPIPE_LINGER=15 "$T/env" && grep -qx "CALLPIPE_SPOOL=$spool" "$T/env" && grep -qE "^CALLPIPE_T0_NS=[0-9]+$" "$T/env"'
ok 'exit 70' exited 70
ok 'a service has the name of its program' grep -q '"service":"sh"' "$(dir_of 3)/call.json"
mkdir "$T/tyres" && printf '#!/bin/sh\nexec "$CALLPIPE_TEST" --done=100\n' >"$T/tyres/call" && chmod +x "$T/tyres/call"
CALLPIPE_TEST=$PWD/tests/fake/speaker.py
export CALLPIPE_TEST
answer "$T/tyres/call"
ok 'a service with a folder' call 4
ok 'has the name of that' grep -q '"service":"tyres"' "$(dir_of 4)/call.json"
ok 'exit 0' exited 0

# Exactly the UUID message is read; the rest is the pipeline's.
answer sh -c 'head -c 5 >"$0"' "$T/rest"
check 'a UUID with audio in the same packet' 'send "010010$(uuid 5 | tr -d -)48454c4c4f" close'
ok 'nothing but the UUID is taken' grep -qx HELLO "$T/rest"
ok 'a caller who is gone needs no fallback: exit 0' exited 0
answer_fake -- --done=300
call 6 && exited 0 && rm -rf "$spool/calls"

# --- what is no call
answer sh -c 'touch "$0"' "$T/ran"
scanners=$(as-answer --status --spool="$spool" | grep -o '"scanners":[0-9]*' | tr -dc 0-9)
refused() { # TEXT HEX CODE [close]
	text=$1 hex=$2 code=$3 && shift 3
	check "$text" "[ -z \"\$(send '$hex' $*)\" ] && exited $code"
}
refused 'HTTP is no call' 474554202f20485454502f312e310d0a0d0a 65
refused 'TLS is no call' 16030100c8010000c4 65
refused 'a UUID of another length is none' 01001100 65
refused 'half a UUID is none' "0100107f0000" 65 close
refused 'nothing is no mistake' '' 0 close
answer --uuid-timeout=200 sh -c 'touch "$0"' "$T/ran"
refused 'silence is no call' '' 65
refused 'half a UUID and silence is none' 0100107f 65
check 'nothing was run for them, nothing was made' '[ ! -e "$T/ran" ] && [ ! -e "$spool/calls" ]'
check 'but they are counted' "status 'scanners == $scanners + 7'"

# --- limits
phrase "$T/long.wav" 5000 3
answer_fake --max-calls=1 --busy-calls=1 --busy="$T/long.wav" --
call 11 &
first=$!
pids="$first $pids"
ok 'a call takes the only slot' wait_for 5 status 'live == 1 and calls[0]["state"] == "running"'
check 'and is shown' "status 'calls[0][\"call\"] == \"$(uuid 11)\" and calls[0][\"service\"] == \"speaker.py\" and calls[0][\"age_ms\"] < 5000'"
speaker=$(cat "$pid")
call 12 &
second=$!
pids="$second $pids"
ok 'two more at once' call 13
ok 'are turned away' wait "$second"
busy=$(heard 12 frames >"$T/why" 2>&1 && echo 12 || echo 13)
check 'one with the busy phrase' "heard $busy 'sounds[\"5000\"][\"frames\"] == 150 and end == \"end\" and max_gap_ms < ms(250)'"
check 'the other at once' "heard $((25 - busy)) 'frames == 0 and end == \"end\" and end_ms < ms(500)'"
check 'their verdict is busy' 'verdict_is 12 busy && verdict_is 13 busy'
ok 'they have no directory' must_fail 2 ls "$(dir_of 12)" "$(dir_of 13)"
check 'exit 0' 'exited 0 && exited 0'
check 'the first call notices nothing' 'kill "$speaker" && wait "$first"'
check 'of it all' "heard 11 'end == \"end\" and max_gap_ms < ms(250)' && exited 0"
check 'all are counted' "status 'busy == 1 and refused == 1 and live == 0'"
ok 'the slot is free again' call 14 --hangup 400
ok 'for a call' grep -q hangup "$spool/verdicts/$(uuid 14)"
ok 'exit 0' exited 0

# --- the line as stderr, as under inetd
export CALLPIPE_LOG=debug
serve sh -c 'exec as-answer --spool="$0" sh -c "echo text >&2; exec tests/fake/speaker.py --done=300" 2>&0' "$spool"
ok 'stderr is the line' call 15
check 'no message gets onto it' "heard 15 'wrong is None and end == \"end\"'"

# --- status without calls
check_same 'a spool that has seen no call' 'mkdir "$T/new" && as-answer --status --spool="$T/new"' \
	'echo "{\"live\":0,\"answered\":0,\"busy\":0,\"refused\":0,\"scanners\":0,\"errors\":0,\"calls\":[],\"providers\":[]}"'
ok 'a spool that is not there' must_fail 74 as-answer --status --spool="$T/none"
ok 'stdin that is no socket' must_fail 64 as-answer --spool="$spool" true
serve sh -c 'as-answer --spool="$0" true >/dev/null; echo $? >"$1"' "$spool" "$T/exits"
check 'stdout that is another thing' '[ -z "$(send "010010$(uuid 9 | tr -d -)")" ] && exited 78'
check 'is said so' 'grep -q "stdout is not the connection" "$T/serve.err" && [ ! -e "$(dir_of 9)" ]'
ok 'no program' must_fail 64 as-answer --spool="$spool"
ok 'a full disk' must_fail 74 sh -c 'as-answer --status --spool="$0" >/dev/full' "$spool"
plan
