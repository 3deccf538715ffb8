#!/bin/sh
# as-answer: how a call ends when nothing is broken: done, hang-up, time limit, signals, stragglers.
# quiet: no gap of 250 ms
. tests/lib.sh
. tests/fake/answer.sh

# --- the caller hangs up
answer_fake --
ok 'a caller who hangs up' call 1 --hangup 400
ok 'exit 0' exited 0
ok 'verdict caller-hangup' verdict_is 1 caller-hangup
check 'has an orderly journal' "journal 1 'types.count(\"call-end\") == 1 and not of(\"error\")'"
ok 'a connection that is reset' call 2 --reset 400
ok 'exit 0' exited 0
ok 'is the same' verdict_is 2 caller-hangup
ok 'nothing is left' left 2

# --- verdicts
answer_fake -- --done=200 --verdict='transfer sales-2'
check 'a transfer' "call 3 && heard 3 'end == \"end\"' && verdict_is 3 'transfer sales-2' && exited 0"
answer_fake -- --done=200 --verdict='transfer ../../x'
check 'a name that is none' "call 4 && heard 4 'end == \"end\"' && verdict_is 4 error && exited 0"
check 'of which as-answer complains' 'grep -q "no verdict is .transfer \.\./\.\./x" "$T/serve.err"'
answer_fake -- --done=200 --verdict=error
check 'an error' "call 16 && heard 16 'end == \"end\"' && verdict_is 16 error && exited 0"
check 'that as-speak has reported is none of as-answer' '! grep -q "no verdict is" "$T/serve.err"'

# --- Asterisk does not close
answer_fake -- --done=300
ok 'a line that is not closed after the end' call 5 --keep
check 'is shut down after 5 s' "heard 5 'end == \"end+eof\" and 5200 < end_ms - first_ms < ms(6500)'"
check 'and all is well' 'exited 0 && verdict_is 5 hangup'

# --- whoever ends the call, and whoever dies then: 00 00 00 once, and not a byte after it
once='ends == 1 and after_end == 0 and left == 0 and end == "end+eof"'
check 'the end is said once' "heard 5 '$once'"
ok 'as-speak is killed when it has said it' call 17 --keep --signal KILL --at 800
check 'nobody says it again' "heard 17 '$once' && exited 0 && verdict_is 17 hangup"
answer sh -c 'tests/fake/speaker.py --done=300 --deaf --pid-file "$0"; sleep 1' "$pid"
ok 'as-speak is killed before it has' call 18 --keep --signal KILL --at 800
check 'as-answer says it at once, and once' "heard 18 '$once and sounds[\"1000\"][\"to_ms\"] - first_ms < ms(900)' && exited 0 && verdict_is 18 hangup"
answer_fake -- --done=300 --deaf
ok 'or the whole pipeline is' call 19 --keep --signal KILL --at 800
check 'it is the same' "heard 19 '$once' && exited 0 && verdict_is 19 hangup"
answer sh -c "as-listen | as-speak --prompt='$T/busy.wav'"
ok 'as-speak itself' call 20 --keep
check 'says it once' "heard 20 '$once and sounds[\"5000\"][\"frames\"] == 25' && exited 0 && verdict_is 20 hangup"
check 'and has told so before' "journal 20 'types.index(\"done\") < types.index(\"ended\")'"

# --- the last work of filters
last='tests/fake/speaker.py --done=200; trap "echo asked >$1; exit" TERM; while :; do sleep 0.05; done'
answer --linger=1 sh -c "$last" sh "$T/asked"
ok 'a filter that goes on working' call 6
ok 'exit 0' exited 0
ok 'is asked to go after --linger' grep -q asked "$T/asked"
answer --linger=0 sh -c 'trap "" TERM; echo $$ >"$1"; tests/fake/speaker.py --done=200; while :; do sleep 0.05; done' sh "$T/stubborn"
check 'one that will not go' 'call 7 && exited 0'
check 'is killed' '! kill -0 "$(cat "$T/stubborn")" 2>/dev/null'
check 'long before that the caller is gone' "heard 7 'end == \"end\" and end_ms - first_ms < ms(1000)'"
answer sh -c 'tests/fake/speaker.py --done=200; sleep 0.5; echo done >"$1"' sh "$T/work"
check 'work within --linger is finished' 'call 8 && exited 0 && grep -q done "$T/work"'

# A shell that is killed is no matter for a call whose pipeline lives.
answer sh -c 'echo $$ >"$0"; tests/fake/speaker.py --done=1500; :' "$pid"
check 'sh is killed' "call 9 --signal KILL --at 700 && heard 9 'end == \"end\" and end_ms > 1400 and list(sounds) == [\"1000\"]'"
check 'and the call goes on to its end' 'exited 0 && verdict_is 9 hangup'

# --- time limit
answer_fake --max-duration=3 --
check 'a call that is too long' "call 10 && heard 10 'end == \"end\" and 2900 < end_ms < ms(4000) and list(sounds) == [\"1000\"]'"
check 'is ended by as-speak' 'verdict_is 10 timeout && exited 0'
answer_fake --max-duration=3 -- --stay
check 'one that will not end' "call 11 && heard 11 'end == \"end\" and 4900 < end_ms < ms(6000) and list(sounds) == [\"1000\"]'"
check 'is ended without a phrase' 'verdict_is 11 timeout && exited 70'

# --- signals to as-answer
super=$T/supervisor
answer_fake -- --done=1500
check 'SIGTERM during a call' 'call 12 --pid-file "$super" --signal TERM --at 700'
check 'changes nothing for it' "heard 12 'end == \"end\" and end_ms > 1400' && verdict_is 12 hangup && exited 0"
answer_fake --
check 'a second one' 'call 13 --pid-file "$super" --signal TERM,TERM --at 700,900'
check 'ends it' "heard 13 'end == \"end\" and list(sounds) == [\"1000\"]' && verdict_is 13 timeout && exited 0"
rm "$super"
python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1]))).recv(1)' "$port" &
pids="$! $pids"
check 'while no call has begun' 'wait_for 5 eval "test -s $super && grep -aqx as-answer /proc/\$(cat $super)/comm"'
check 'it ends as-answer' 'kill "$(cat "$super")" && exited 143'

answer_fake -- --done=7500
check 'as-answer is stopped for longer than its patience' \
	'call 14 --pid-file "$super" --signal STOP,CONT --at 700,7000'
check 'the call notices nothing' \
	"heard 14 'end == \"end\" and list(sounds) == [\"1000\"] and max_gap_ms < ms(250)' && verdict_is 14 hangup && exited 0"
check 'and its record is whole' "journal 14 'of(\"done\")' && [ \"\$(stat -c %s \"\$(dir_of 14)/bot.s16\")\" -gt 100000 ]"

# A frozen container: nothing of the call runs, and nothing of it is at fault.
answer sh -c 'echo "$PPID -$$" >"$0"; as-listen | as-speak --echo' "$pid"
check 'the whole call is stopped for longer' 'call 21 --signal STOP,CONT --at 1000,7500 --hangup 10000'
check 'it goes on' "heard 21 'end == \"hangup\" and list(sounds) == [\"0\"] and max_gap_ms > 6000 and frames > 150'"
check 'and nobody is blamed' "exited 0 && verdict_is 21 caller-hangup && journal 21 'not of(\"error\")'"

answer_fake --
call 15 --pid-file "$super" --signal KILL --at 700 --hangup 2500 &
caller=$!
pids="$caller $pids"
ok 'as-answer is killed' exited 137
check 'the call keeps its slot' "status 'calls[0][\"state\"] == \"unattended\" and calls[0][\"call\"] == \"$(uuid 15)\"'"
check 'and goes on' "wait \"$caller\" && heard 15 'end == \"hangup\" and list(sounds) == [\"1000\"] and max_gap_ms < ms(250)'"
ok 'then the slot is free' wait_for 5 status 'live == 0'
plan
