#!/bin/sh
# metrics: each call once, figures that Prometheus takes, and what goes wrong.
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh

export CALLPIPE_SPOOL="$T/spool"
today=$CALLPIPE_SPOOL/calls/$(date -u +%Y/%m/%d)
yesterday=$CALLPIPE_SPOOL/calls/$(date -u -d yesterday +%Y/%m/%d)
mkdir -p "$today" "$yesterday" "$CALLPIPE_SPOOL/calls/2020/01/01"
for dir in "$today/a" "$today/b" "$yesterday/c" "$CALLPIPE_SPOOL/calls/2020/01/01/old"; do cp -r tests/data/call "$dir"; done
# in progress, crashed, without a journal, and no call at all
mkdir "$today/running" "$today/crashed" "$today/silent" "$today/other"
echo '{"seq":1,"t":1,"type":"state","data":{}}' | tee "$today/running/events.jsonl" >"$today/crashed/events.jsonl"
echo 'no json' >>"$today/crashed/events.jsonl"
cp tests/data/call/call.json "$today/silent"
touch -d '5 minutes ago' "$today"/crashed/* "$today/crashed" "$today/silent/call.json" "$today/silent"
value() { # SERIES FILE
	sed -n "s/^$(printf %s "$1" | sed 's/[][\\.*^$]/\\&/g') //p" "$2"
}

check 'calls are counted' 'metrics >"$T/1"'
check 'three that ended well' '[ "$(value "callpipe_calls_total{service=\"support\",verdict=\"transfer\"}" "$T/1")" = 3 ]'
check 'one without a journal' '[ "$(value "callpipe_calls_total{service=\"support\",verdict=\"none\"}" "$T/1")" = 1 ]'
check 'one that crashed' '[ "$(value "callpipe_calls_total{service=\"\",verdict=\"none\"}" "$T/1")" = 1 ]'
check 'its broken line' '[ "$(value "callpipe_journal_records_bad_total{service=\"\",why=\"broken\"}" "$T/1")" = 1 ]'
check 'answers by stage' '[ "$(value "callpipe_answer_stage_seconds_count{service=\"support\",stage=\"stt\"}" "$T/1")" = 9 ] &&
	[ "$(value "callpipe_answer_stage_seconds_bucket{service=\"support\",stage=\"stt\",le=\"0.2\"}" "$T/1")" = 6 ]'
check 'the cache' '[ "$(value "callpipe_sentences_total{service=\"support\",cached=\"true\"}" "$T/1")" = 24 ]'
check 'tools' '[ "$(value "callpipe_tool_calls_total{service=\"support\",name=\"find_client\",status=\"ok\"}" "$T/1")" = 3 ]'
check 'a host without a slot' '[ "$(value callpipe_calls_in_progress "$T/1")" = 0 ]'
ok 'promtool finds nothing' sh -c 'promtool check metrics <"$1" >"$2" 2>&1 && [ ! -s "$2" ] || { cat "$2"; false; }' sh "$T/1" "$T/lint"
check 'a mistake would be seen' 'must_fail 3 promtool check metrics <<-EOF
	# HELP calls Calls.
	# TYPE calls counter
	calls 1
EOF'
figures() { grep -v '^callpipe_spool_free' "$1"; }
check_same 'the same again: nothing is counted twice' 'metrics >"$T/2"; figures "$T/2"' 'figures "$T/1"'
printf '{"seq":3,"t":900,"type":"verdict","data":{"verdict":"hangup"}}\n' >>"$today/running/events.jsonl"
check 'a call that has ended since' 'metrics >"$T/3" && [ "$(value "callpipe_calls_total{service=\"\",verdict=\"hangup\"}" "$T/3")" = 1 ]'
check 'of that alone' '[ "$(value "callpipe_calls_total{service=\"support\",verdict=\"transfer\"}" "$T/3")" = 3 ]'
check 'what is removed stays counted' 'rm -r "$today/a" "$yesterday" && metrics >"$T/4" &&
	[ "$(value "callpipe_calls_total{service=\"support\",verdict=\"transfer\"}" "$T/4")" = 3 ]'

# Killed at any moment: each call is counted once all the same.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	cp -r tests/data/call "$today/k$i"
	timeout --foreground -s KILL "0.00$i" metrics >/dev/null 2>&1
done
check 'killed and run again: each call once' 'metrics >"$T/5" &&
	[ "$(value "callpipe_calls_total{service=\"support\",verdict=\"transfer\"}" "$T/5")" = 15 ]'
for i in 1 2 3 4; do cp -r tests/data/call "$today/t$i"; done
# counts NAME CODE: a run that has ended so has counted, or found that another does
counts() { if [ "$2" = 75 ]; then grep -q 'another run is counting' "$T/$1.err"; else [ "$2" = 0 ] && [ -s "$T/$1" ]; fi; }
twice() {
	metrics >"$T/6a" 2>"$T/6a.err" &
	metrics >"$T/6b" 2>"$T/6b.err"
	counts 6b $? || return
	wait $!
	counts 6a $? || return
	metrics >"$T/6" && [ "$(value 'callpipe_calls_total{service="support",verdict="transfer"}' "$T/6")" = 19 ]
}
ok 'two at once' twice

hostile() {
	mkdir "$today/h"
	printf '{"seq":1,"t":1,"type":"error","data":{"stage":"a\\"b\\\\c\\nd\\u00e9","code":"}","text":"x"}}\n{"seq":2,"t":900,"type":"verdict","data":{"verdict":"x"}}\n' >"$today/h/events.jsonl"
	metrics >"$T/7" && promtool check metrics <"$T/7" && grep -F 'stage="a\"b\\c\nd' "$T/7" || return
	i=0
	while [ $i -lt 700 ]; do
		printf '{"seq":%d,"t":1,"type":"error","data":{"stage":"s","code":"c%d"}}\n' $i $i && i=$((i + 1))
	done >"$T/many"
	mkdir "$today/many" && cat "$T/many" >"$today/many/events.jsonl" && echo '{"seq":800,"t":1,"type":"verdict","data":{"verdict":"x"}}' >>"$today/many/events.jsonl"
	metrics >"$T/7" && promtool check metrics <"$T/7" &&
		[ "$(grep -c '^callpipe_errors_total' "$T/7")" = 501 ] && grep -E '^callpipe_errors_total\{other="1"\} [0-9]+$' "$T/7"
}
ok 'hostile labels are escaped, and there are not too many series' hostile

# A name that has no room for a label, and figures that no counter can have.
absurd() {
	mkdir "$today/absurd"
	long=$(printf '%01000d' 0)
	printf '{"seq":%d,"t":5,"type":"%s","data":%s}\n' \
		1 tool-call "{\"id\":\"t\",\"name\":\"$long\"}" 2 tool-result '{"id":"t","status":"ok","ms":70}' \
		3 usage '{"stage":"s","unit":"u","n":1e308,"cost":-7}' 4 usage '{"stage":"s","unit":"u","n":1e308}' \
		5 verdict '{"verdict":"x"}' >"$today/absurd/events.jsonl"
	metrics >"$T/8" && promtool check metrics <"$T/8" && [ "$(value 'callpipe_tool_seconds_count{other="1"}' "$T/8")" = 1 ] &&
		! grep -E '^callpipe_(cost|usage)_total.* (-|\+Inf)' "$T/8"
}
engines() {
	mkdir "$today/engines"
	printf '{"seq":%d,"t":5,"type":"%s","data":%s}\n' \
		1 usage '{"stage":"tts","unit":"characters","n":5,"engine":"one","cost":0.5}' \
		2 usage '{"stage":"tts","unit":"characters","n":7,"engine":"two","cost":2}' \
		3 usage '{"stage":"tts","unit":"characters","n":1,"engine":"two","cost":1}' 4 verdict '{"verdict":"hangup"}' >"$today/engines/events.jsonl"
	metrics >"$T/9" && promtool check metrics <"$T/9" >"$T/engines" || return 1
	grep -E '^callpipe_(cost|usage)_total.*engine="(one|two)"' "$T/9" | sed 's/.*engine="\(...\)"\(,unit="characters"\)*} */\1 /' | sort | tr '\n' ' ' >"$T/engines"
	[ "$(cat "$T/engines")" = 'one 0.5 one 5 two 3 two 8 ' ] || { cat "$T/engines" && return 1; }
}
ok 'usage and cost are those of an engine' engines
ok 'what has no room is counted as other, and counters only grow' absurd
crowd() { # every tool that was timed is in some histogram
	mkdir "$today/crowd"
	python3 - >"$today/crowd/events.jsonl" <<-'EOF'
		for i in range(1500):
		  print('{"seq":%d,"t":5,"type":"tool-call","data":{"id":"t","name":"n%d"}}' % (2 * i + 1, i))
		  print('{"seq":%d,"t":5,"type":"tool-result","data":{"id":"t","status":"ok","ms":%d}}' % (2 * i + 2, i % 7 * 100))
		print('{"seq":3001,"t":5,"type":"verdict","data":{"verdict":"x"}}')
	EOF
	metrics >"$T/10" && promtool check metrics <"$T/10" &&
		awk '/^callpipe_tool_seconds_count/ { n += $2 } /^callpipe_tool_seconds_bucket.*le="\+Inf"/ { i += $2; sets++ }
			END { exit !(i == n && n - before == 1500 && sets > 500) }' before="$(awk '/^callpipe_tool_seconds_count/ { n += $2 } END { print n }' "$T/8")" "$T/10"
}
ok 'too many histograms keep their sums' crowd
check 'without new calls the state is left alone' \
	'inode=$(stat -c %i "$CALLPIPE_SPOOL/metrics.state") && metrics >/dev/null && [ "$(stat -c %i "$CALLPIPE_SPOOL/metrics.state")" = "$inode" ]'

check 'a file is replaced' 'metrics -o "$T/out.prom" && promtool check metrics <"$T/out.prom"'
check 'a folder that is not there' 'must_fail 74 metrics -o "$T/gone/x" 2>"$T/err" && grep "^metrics: cannot write .*gone/x.: No such file" "$T/err"'
check 'a spool that is not there' 'must_fail 74 metrics --spool "$T/gone" 2>"$T/err" && [ "$(wc -l <"$T/err")" = 1 ]'
ok 'output that is lost' must_fail 74 sh -c 'metrics >/dev/full'
echo '{"version":1,"days":[{"day":"2026/11/25","calls":9}],"figures":{}}' >"$T/state"
check 'a state that is none is said, and left alone' 'must_fail 65 metrics --state "$T/state" 2>"$T/err" && grep "remove it to begin anew" "$T/err" && [ -s "$T/state" ]'

# A real Prometheus asks the responder.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
sed "s,^LC_ALL=C PATH=.*,LC_ALL=C PATH=$B/bin:/usr/bin:/bin," pipelines/deploy/metrics >"$T/metrics" && chmod +x "$T/metrics"
serve env CALLPIPE_CONF= "$T/metrics"
cat >"$T/prometheus.yml" <<EOF
global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: callpipe, static_configs: [{targets: ["127.0.0.1:$port"]}]}
EOF
web=$(free_port)
start prometheus --config.file="$T/prometheus.yml" --storage.tsdb.path="$T/tsdb" --web.listen-address="127.0.0.1:$web" 2>"$T/prometheus.log"
ask() { python3 -c 'import sys, urllib.request, urllib.parse as p; print(urllib.request.urlopen("http://127.0.0.1:%s/api/v1/query?query=%s" % (sys.argv[1], p.quote(sys.argv[2])), timeout=5).read().decode())' "$web" "$1"; }
scraped() { ask 'callpipe_calls_total{verdict="transfer"}' | grep '"19"'; }
ok 'a Prometheus has the figures' wait_for 30 scraped
check 'and can reckon with them' 'ask "histogram_quantile(0.5, callpipe_answer_seconds_bucket) > 0" | grep "\"value\""'
get() { python3 -c 'import sys, socket; s = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); s.sendall(sys.argv[2].encode() + b" HTTP/1.1\r\n\r\n"); print(s.makefile().readline())' "$port" "$1"; }
start flock "$CALLPIPE_SPOOL/metrics.state.lock" sleep 0.5
check 'one that is asked while another counts waits for it' 'get "GET /metrics" | grep "^HTTP/1.1 200"'
check 'another path' 'get "GET /x" | grep "^HTTP/1.1 404"'
check 'no GET' 'get "POST /metrics" | grep "^HTTP/1.1 400"'
plan
