#!/bin/sh
# Every process of a call is killed and stopped, at every moment: the caller hears the fallback, or nothing at all.
# quiet: the fallback within 300 ms, and calls beside it without a late frame
. tests/lib.sh

sox -n -r 8000 -b 16 -c 1 "$T/fallback.wav" synth 3 sine 1000 gain -12
sox /usr/share/asterisk/sounds/en_US_f_Allison/demo-congrats.wav -r 8000 "$T/speech.wav" trim 0 4
export SPEECH="$T/speech.wav" CALLPIPE_FALLBACK="$T/fallback.wav" CALLPIPE_LINGER=3
mkdir "$T/work"
cat >"$T/call" <<EOF
#!/bin/sh
as-listen | tests/fake/agent.py '0 say u1 tone:440:3000' '11000 say u2 tone:440:300' '11100 hangup' | as-speak
EOF
chmod +x "$T/call"

for sig in KILL STOP; do
	code=0
	# a new spool: nothing in it may be needed before there was a call
	mkdir "$T/spool.$sig"
	serve as-answer --spool="$T/spool.$sig" "$T/call"
	tests/fake/chaos.py "$sig" "$port" "$T/spool.$sig" 1000 "$T/work" >"$T/$sig.tap" || code=1
	diag "$T/$sig.tap" | grep -v '^# ok'
	ok "every process, $sig at every moment: $(grep -c '^ok' "$T/$sig.tap") checks" [ "$code" = 0 ]
done
plan
