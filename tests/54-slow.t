#!/bin/sh
# A pipeline slower than real time: audio is dropped and counted, events are all there, the bot's voice is whole.
# quiet: of every frame
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
export CALLPIPE_SPOOL="$T/spool"
mkdir "$T/spool"
sox "$sounds/demo-congrats.wav" "$T/speech.wav" trim 0 9
cat >"$T/call" <<EOF
#!/bin/sh
as-listen | tests/fake/slow.py | as-speak --prompt $sounds/demo-echotest.wav --echo
EOF
chmod +x "$T/call"
serve as-answer "$T/call"
as-dial --json -e "say $T/speech.wav; dtmf 0123456789; dtmf *#; silence 2; hangup" "127.0.0.1:$port" >"$T/report"
check "the caller hears a voice without a gap" 'tests/fake/report.py "untimed or not gaps and frames >= 0.999 * frames_due" <"$T/report"'
journal() { cat "$T"/spool/calls/*/*/*/*/events.jsonl; }
ok "the record is finished" wait_for 20 eval 'journal | grep "\"type\":\"verdict\""'
check_same "every key arrives, in order" "printf '%s' '0123456789*#'" \
	'journal | sed -n "s/.*\"type\":\"dtmf\".*\"digit\":\"\(.\)\".*/\1/p" | tr -d "\n"'
check "audio was dropped, and the clock says so" 'journal | grep "\"type\":\"clock\"" | grep -v "\"dropped_ms\":0[,}]"'
check "the recording of the caller is whole all the same" '
	sent=$(soxi -D "$T/speech.wav") && have=$(($(cat "$T"/spool/calls/*/*/*/*/caller.s16 | wc -c) / 16000)) &&
	[ "$have" -ge "${sent%.*}" ]'
d=$(echo "$T"/spool/calls/*/*/*/*)
check_same "and is replayed as it was streamed" "as-listen --replay '$d' | sha256sum" "as-listen --replay '$d' | sha256sum"
plan
