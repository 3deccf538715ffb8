#!/bin/sh
# as-answer: what the caller hears when the pipeline dies, hangs, or never was.
# quiet: the fallback within 300 ms
. tests/lib.sh
. tests/fake/answer.sh

# The whole phrase, on the clock, then a polite end. That it is there within 300 ms is measured in 50-kill, too.
fallback='sounds["8000"]["frames"] == 25 and sounds["0"]["frames"] >= 10 and end == "end" and left == 0 and wrong is None'
on_clock="24 * 20 - 60 < sounds['8000']['to_ms'] - sounds['8000']['from_ms'] < 24 * 20 + ms(30)"
# sorry N: the caller heard it, the record says why.
sorry() { # N CODE
	heard "$1" "$fallback and $on_clock" && exited 70 && verdict_is "$1" error &&
		journal "$1" "[d['code'] for d in of('error') if d['stage'] == 'as-answer'] == ['$2'] and \
			types[-3:] == ['fallback', 'call-end', 'verdict'] and \
			[d['utterance'] for d in of('played') if d['status'] == 'failed'] == ['u1', 'u3']" && left "$1"
}

answer_fake --
for i in 1 2 3 4 5; do
	ok "as-speak is killed ($i)" call $i --signal KILL --at $((400 + i * 7))
	ok 'the caller hears the fallback phrase' sorry $i speaker-gone
	check 'within 300 ms' "heard $i 'sounds[\"8000\"][\"from_ms\"] - signal_ms < ms(300)'"
	diag <<-EOF
		$(python3 -c 'import json, sys; r = json.load(sys.stdin); print("ms after the kill:",
		round(r["sounds"]["8000"]["from_ms"] - r["signal_ms"], 1))' <"$T/heard.$i")
	EOF
done
check 'the phrase is in the recording, at its time' 'python3 -c "
import array, os, sys
a = array.array(\"h\", open(sys.argv[1], \"rb\").read())
loud = [i for i in range(len(a)) if abs(a[i]) == 8000]
assert loud[0] % 160 == 0 and (loud[-1] - loud[0] == 3999 or os.environ[\"SLACK\"] != \"1\") and loud[0] > 400 * 8, loud[0]" "$(dir_of 5)/bot.s16"'

answer_fake --linger=0 --
ok 'the caller hangs up while as-speak is stopped' call 11 --signal STOP --at 500 --hangup 900
check 'that is an orderly end' 'exited 0 && verdict_is 11 caller-hangup'
check 'with its utterances closed' "journal 11 '[d[\"status\"] for d in of(\"played\")] == [\"cleared\", \"failed\", \"failed\"]'"

answer_fake --
ok 'as-speak is stopped' call 12 --signal STOP --at 500
ok 'the caller hears the phrase' sorry 12 speaker-silent
check 'within 8 s' "heard 12 'sounds[\"8000\"][\"from_ms\"] - signal_ms < ms(8000)'"

answer_fake -- --fatal=500
check 'a fatal error in the pipeline' 'call 13 && sorry 13 pipeline-failed'
answer_fake -- --garbage=500
check 'an as-speak that talks nonsense' 'call 14 && sorry 14 scribe'

# Whatever was born in the pipeline is off the line before the phrase begins.
answer_fake -- --escape
ok 'a pipeline with a process in another session' call 15 --signal KILL --at 700
check 'that was heard' "heard 15 'sounds[\"3000\"][\"frames\"] > 5'"
check 'is gone before the phrase' "heard 15 'sounds[\"3000\"][\"to_ms\"] < sounds[\"8000\"][\"from_ms\"]'"
ok 'which is whole' sorry 15 speaker-gone

answer "$T/no-such-program"
check 'a program that is not there' "call 16 && heard 16 '$fallback and sounds[\"8000\"][\"from_ms\"] < ms(300)'"
check 'is said so' "exited 70 && verdict_is 16 error && journal 16 'of(\"error\")[0][\"code\"] == \"not-started\"'"
answer sh -c 'exit 3'
check 'a program that does nothing' "call 17 && heard 17 '$fallback and sounds[\"8000\"][\"from_ms\"] < ms(300)'"
check 'is said so' "exited 70 && journal 17 '\"exit 3\" in of(\"error\")[0][\"text\"]'"
answer sh -c 'cat >/dev/null'
check 'a program that never speaks' "call 18 && heard 18 '$fallback and 4900 < sounds[\"8000\"][\"from_ms\"] < ms(6000)'"
check 'is said so' "exited 70 && journal 18 'of(\"error\")[0][\"code\"] == \"speaker-silent\"'"

# --- the phrase itself
answer_fake --
check 'the caller hangs up during the phrase' 'call 20 --signal KILL --at 400 --hangup-on 8000 && exited 70 && verdict_is 20 error'
ok 'nothing is left' left 20
ok 'a line that is not closed after it' call 21 --signal KILL --at 400 --keep
check 'is shut down' "heard 21 'end == \"end+eof\" and 5500 < end_ms - signal_ms < ms(7100)' && exited 70"
answer_fake --fallback=/nonexistent --
check 'a phrase that cannot be read, in a call that does not need it' 'call 24 --hangup 400 && exited 0'
check 'is missed in the log' 'grep -q "cannot read the phrase of --fallback ./nonexistent.: No such file" "$T/serve.err"'
check 'a phrase that cannot be read' "call 22 --signal KILL --at 400 && heard 22 'end == \"end\" and end_ms - signal_ms < ms(600)'"
check 'is missed in the log' 'exited 70 && grep -q "cannot play ./nonexistent" "$T/serve.err"'
python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("<hh", 8000, -8000) * 4000)' >"$T/wide.s16"
answer_fake --rate=16000 --fallback="$T/wide.s16" --
check 'a call at 16 kHz' "call 23 --kind 12 --signal KILL --at 400 && heard 23 '$fallback' && exited 70"
plan
