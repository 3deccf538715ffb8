#!/bin/sh
# breakers of providers: what as-answer --status and metrics show, a disk that is full, a spool that is read-only.
# Many processes, kill -9 and bad files: tests/unit/breaker.c.
# shellcheck disable=SC2016,SC2034,SC2317 # shell text, variables and functions are for check and ok
. tests/lib.sh

export CALLPIPE_SPOOL="$T/spool"
mkdir "$T/spool"
use="$B/tests/unit/breaker"
# A file as breaker-file.h describes it, by other hands: NAME STATE FAILURES LEFT_MS REQUESTS FAILED OPENED.
breakers() {
	python3 -c '
import os, struct, sys, time
boot = sys.argv[2] if len(sys.argv) > 2 else open("/proc/sys/kernel/random/boot_id").read()
def fnv(s):
    h = 0xcbf29ce484222325
    for c in s.encode():
        h = (h ^ c) * 0x100000001b3 & (1 << 64) - 1
    return h
out = struct.pack("=QQ176x", 0x316b616572627063, fnv(boot))
for line in sys.stdin:
    name, state, failures, left, requests, failed, opened = line.rstrip("\n").split("\t")
    until = int(time.clock_gettime(time.CLOCK_MONOTONIC) * 1000) + int(left) & 0xffffffff
    pid = os.getppid() if state == "2" else 0
    word = int(state) << 62 | int(failures) << 54 | pid << 32 | (until if state != "0" else 0)
    out += struct.pack("=QQQQQ96s56x", fnv(name), word, int(opened), int(requests), int(failed), name.encode())
open(sys.argv[1], "wb").write(out.ljust(192 * 65, b"\0"))' "$@"
}
tab() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }

tab 'stt openai https://api.openai.com/v1' 0 2 0 1000 30 1 \
	'agent anthropic https://api.anthropic.com' 1 5 20000 70 9 2 \
	'tts "x"\y http://127.0.0.1:1' 1 7 -5 7 7 1 \
	'stt deepgram wss://api.deepgram.com' 2 5 20000 6 5 1 >"$T/rows"
breakers "$T/spool/breakers" <"$T/rows"
status() { as-answer --status | python3 -c 'import json, sys
for p in json.load(sys.stdin)["providers"]:
    print(p["name"], p["state"], p["failures"], p["requests"], p["failed"], p["opened"], "open_left_ms" in p and 15000 < p["open_left_ms"] <= 20000)'; }
check_same '--status: as JSON' status 'cat <<-"EOF"
	stt openai https://api.openai.com/v1 closed 2 1000 30 1 False
	agent anthropic https://api.anthropic.com open 5 70 9 2 True
	tts "x"\y http://127.0.0.1:1 half-open 7 7 7 1 False
	stt deepgram wss://api.deepgram.com half-open 5 6 5 1 False
EOF'
table() { script -qec 'as-answer --status' /dev/null | tr -d '\r' | sed -n '/PROVIDER/,$p'; }
check 'as a table' 'table >"$T/table" && grep -q "^stt openai https://api.openai.com/v1  *2 failures  *1000  *30$" "$T/table" &&
	grep -qE "^agent anthropic https://api.anthropic.com +open, (1[5-9]|20) s +70 +9$" "$T/table" &&
	grep -q "^stt deepgram .* half-open  *6  *5$" "$T/table"'
figure() { grep -cxF "$1" "$T/metrics" >/dev/null || { echo "no $1" && cat "$T/metrics" && false; }; }
check 'metrics' 'metrics >"$T/metrics" && promtool check metrics <"$T/metrics"'
openai='provider="stt openai https://api.openai.com/v1"' anthropic='provider="agent anthropic https://api.anthropic.com"'
ok 'requests' figure "callpipe_provider_requests_total{$openai} 1000"
ok 'failures' figure "callpipe_provider_failures_total{$openai} 30"
ok 'how often it opened' figure "callpipe_provider_opened_total{$anthropic} 2"
ok 'its state' figure "callpipe_provider_state{$anthropic,state=\"open\"} 1"
ok 'and no other' figure "callpipe_provider_state{$anthropic,state=\"closed\"} 0"
ok 'names are escaped' figure 'callpipe_provider_state{provider="tts \"x\"\\y http://127.0.0.1:1",state="half-open"} 1'

check 'a process of ours reads what others wrote: it is open' '"$use" "$T/spool" "agent anthropic https://api.anthropic.com" | tail -n 1 | grep -qx "ask: no"'
check 'of another start of the host: it is closed' 'breakers "$T/spool/breakers" "another start" <"$T/rows" &&
	"$use" "$T/spool" "agent anthropic https://api.anthropic.com" | sed -n 2p | grep -qx "ask: yes"'

# What is of no use.
for bytes in 0 100 12479 30000; do
	head -c "$bytes" /dev/urandom >"$T/spool/breakers"
	check "a file of $bytes bytes that is none: said, and the rest is shown" \
		'as-answer --status 2>"$T/err" | grep -q "\"providers\":\[\]" && grep -q "cannot read the breakers" "$T/err" &&
		metrics 2>"$T/err" | grep -q ^callpipe_connections_total && grep -q "cannot read the breakers" "$T/err"'
	check_same 'who needs one makes it anew' '"$use" "$T/spool" "stt x" | uniq' 'printf "open: ok\nask: yes\nask: no\n"'
done
check_same 'which counts' 'status' 'echo "stt x open 5 5 5 1 False"' # 30 s left
check 'nothing else is left there' '[ "$(cd "$T/spool" && echo *)" = "breakers metrics.state metrics.state.lock" ]'

# A spool that cannot be written: a mount namespace of its own, that ends with it; who is not root is so there.
own_mounts='unshare --mount'
[ "$(id -u)" = 0 ] || own_mounts="$own_mounts --map-root-user"
mounted() { # OPTIONS SHELL-TEXT
	# shellcheck disable=SC2086 # a command
	$own_mounts sh -c 'mount -t tmpfs -o "$1" tmpfs "$2" && eval "$3"' sh "$1" "$T/spool" "$2"
}
alone='"$use" "$T/spool" "stt x" | uniq'
export use T
check_same 'read-only: alone, it still works' 'mounted ro "$alone"' 'printf "open: Read-only file system\nask: yes\nask: no\n"'
check_same 'a full disk' 'mounted size=4k "head -c 4096 /dev/zero >$T/spool/full; $alone; ls $T/spool"' \
	'printf "open: No space left on device\nask: yes\nask: no\nfull\n"'
check_same 'one that fills up behind it' 'mounted size=20k "\"$use\" \"$T/spool\" \"stt y\" >/dev/null; cat /dev/zero >$T/spool/full 2>/dev/null; $alone"' \
	'printf "open: ok\nask: yes\nask: no\n"'
plan
