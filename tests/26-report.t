#!/bin/sh
# report: a page in a real browser: every line of the talk is on it, nothing else runs in it, the picture is one.
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
mkdir "$T/day"
cp -r tests/data/call "$T/day/a"
sox "$sounds/demo-congrats.wav" -t s16 -r 8000 -c 1 "$T/day/a/caller.s16" trim 0 25
sox "$sounds/demo-instruct.wav" -t s16 -r 8000 -c 1 "$T/day/a/bot.s16" trim 0 25.3
browse() { # OPTION... URL: chromium without a window; its console goes to $T/console
	HOME=$T timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$T/profile" \
		--enable-logging=stderr "$@" 2>"$T/console"
}
quiet() { if grep -i 'CONSOLE' "$T/console"; then return 1; fi; }
dom() { browse --dump-dom "file://$1" >"$T/dom.html" && quiet && tests/fake/dom.py "$T/dom.html" >"$T/dom.json"; }
has() { jq -e "$1" "$T/dom.json" >/dev/null || { jq -c 'del(.words)' "$T/dom.json" && false; }; }

check 'a page is written' 'report "$T/day/a" >"$T/a.html"'
ok 'a browser has nothing to say about it' dom "$T/a.html"
said=$(grep -c '"type":"\(synthesize\|transcript\|dtmf\)"' tests/data/call/events.jsonl)
ok 'every line of the journal is on it' has ".rows.line == $said and (.words | length) == $said"
ok 'every turn' has '.turns == [0, 1, 2, 3]'
ok 'answers, tools, states' has '.rows.answer == 3 and .rows.tool == 2 and .rows.state == 6'
ok 'words as they were said' has '.words | index("four seven one one") and index("Is it your Internet connection, or your mobile phone?")'
ok 'the sound is in it' has '.audio | startswith("data:audio/wav;base64,UklGR")'
check 'and is what was recorded' \
	'grep -o "base64,[A-Za-z0-9+/=]*" "$T/a.html" | tail -1 | cut -c8- | base64 -d >"$T/a.wav" &&
		soxi "$T/a.wav" | grep -q "Channels *: 2" && sox "$T/a.wav" -t s16 - remix 1 | cmp -n 400000 - "$T/day/a/caller.s16"'
browse --window-size=1280,1400 --screenshot="$T/a.png" "file://$T/a.html"
tests/fake/picture.py "$T/a.png" >"$T/a.colours"
check 'the picture has both waves' 'jq -e ".\"2563a8\" > 500 and .\"b4541a\" > 500" "$T/a.colours"'

# The caller and the tools say what they like.
mkdir "$T/day/x"
cat >"$T/day/x/call.json" <<'EOF'
{"call":"x","uuid":"x","service":"<b>s</b>","rate":8000,"from":"\"><script>console.error('from')</script>","accepted_at":"2026-11-25T23:02:05.187Z"}
EOF
cat >"$T/day/x/events.jsonl" <<'EOF'
{"seq":1,"t":1,"type":"state","data":{"from":"","to":"</title><script>console.error('state')</script>"}}
{"seq":2,"t":5,"type":"transcript","data":{"turn":1,"text":"<img src=x onerror=console.error(1)> & 'é' \u0000\u0007 </td></table>","start":2,"end":4}}
{"seq":3,"t":6,"type":"tool-call","data":{"id":"t","name":"n","arguments":{"a":"</pre><script>console.error('tool')</script>"}}}
{"seq":4,"t":7,"type":"error","data":{"stage":"<i>","text":"javascript:alert(1)","fatal":true}}
no json
EOF
touch -d '1 hour ago' "$T/day/x"/* "$T/day/x"
check 'a hostile call' 'report "$T/day/x" >"$T/x.html"'
ok 'runs nothing' dom "$T/x.html"
ok 'and is text' has '.rows.line == 1 and .elements.script == 1 and .elements.img == null and .elements.b == null'
check 'a page that lets scripts in would be seen' \
	'sed "s/<body>/<body><script>console.error(1)<\/script>/" "$T/x.html" >"$T/y.html" && ! dom "$T/y.html" && grep "CONSOLE.*Content Security Policy" "$T/console"'
check 'a time that is absurd is a picture all the same' \
	'mkdir "$T/far" && printf "{\"seq\":1,\"t\":1099511627776,\"type\":\"verdict\",\"data\":{}}\n" >"$T/far/events.jsonl" &&
		[ "$(report "$T/far" | grep -o "class=.tick." | wc -l)" -lt 20 ]'
check 'what is missing is said' 'grep "1 broken lines.*cut off" "$T/x.html"'
ok 'no recording, no sound' has '.audio == null'
check 'a recording that cannot be read is said' 'mkfifo "$T/far/bot.s16" && must_fail 74 report "$T/far" 2>&1 >/dev/null | grep "^report: cannot show"'

check 'the sound beside it' 'cp "$T/a.wav" "$T/day/a/recording.wav" && report -a link "$T/day/a" | grep "<audio [^>]*src=\"recording.wav\">"'
check 'or not at all' '! report -a none "$T/day/a" | grep "<audio"'
check 'many at once' 'report -w "$T/day" && [ -s "$T/day/a/report.html" ] && [ -s "$T/day/x/report.html" ]'
check 'twice is once' 'report -w "$T/day" 2>&1 | grep "0 done, 2 skipped"'
check 'a call that has changed' 'touch "$T/day/a/events.jsonl" && report -w "$T/day" 2>&1 | grep "1 done, 1 skipped"'
check 'what is no call' 'must_fail 65 report "$T" 2>&1 >/dev/null | grep "^report: cannot open call .*: it is no call directory"'
ok 'two on standard output' must_fail 64 report "$T/day/a" "$T/day/x"
ok 'output that is lost' must_fail 74 sh -c 'report "$1" >/dev/full' sh "$T/day/a"
plan
