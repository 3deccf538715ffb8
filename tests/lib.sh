# TAP for tests in sh: . tests/lib.sh; see tests/run for what a test finds when it starts.
# shellcheck shell=sh
set -u
T=$(mktemp -d) # a test's own folder
B=${B:-$PWD/build}
# What is measured may take so many times as long as it should; see tests/run. Not for what must not happen.
export SLACK="${SLACK:-1}"
# Times say nothing: what hangs on them alone is not judged.
untimed() { [ "$SLACK" != 1 ]; }
n=0 planned='' pids='' port=''

# Ends what serve and start began, and nothing else.
cleanup() {
	for pid in $pids; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
	rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 143' INT TERM

# plan N at the beginning, or plan without a number at the end.
plan() { [ "$planned" ] || echo "1..${1:-$n}"; planned=${1:-$n}; }
skip_all() { echo "1..0 # SKIP $1" && exit; }
diag() { sed 's/^/# /' "$@"; }

# ok TEXT COMMAND [ARG...]: the command succeeds; what it prints is shown only if it does not.
ok() {
	n=$((n + 1)) text=$1 && shift
	if "$@" >"$T/.out" 2>&1; then
		echo "ok $n - $text"
	else
		printf 'not ok %d - %s\n# exit %d of: %.200s\n' "$n" "$text" $? "$*" && diag "$T/.out"
	fi
}
# check TEXT SHELL-TEXT: the same for a line of shell.
check() { ok "$1" eval "$2"; }
# check_same TEXT SHELL-TEXT SHELL-TEXT: both print the same bytes, and some.
check_same() {
	eval "$2" >"$T/.a"
	eval "$3" >"$T/.b"
	ok "$1" the_same
}
the_same() { diff -u --text "$T/.a" "$T/.b" && { [ -s "$T/.b" ] || ! echo 'neither prints anything'; }; }
# must_fail CODE COMMAND [ARG...]: exits with exactly this code; a crash is never what was wanted.
must_fail() {
	want=$1 got=0 && shift
	"$@" || got=$?
	[ "$got" -ge 126 ] && [ "$got" -le 192 ] && echo "crashed with $got: $*" && return 1
	[ "$got" -eq "$want" ] || { echo "exit $got, not $want: $*" && return 1; }
}
# wait_for SECONDS COMMAND [ARG...]: until the command succeeds, or fails after so long, SLACK times.
wait_for() {
	deadline=$(($(date +%s%N) / 1000000 + $1 * 1000 * SLACK)) && shift
	until "$@" >/dev/null 2>&1; do
		[ $(($(date +%s%N) / 1000000)) -lt "$deadline" ] || return 1
		sleep 0.02
	done
}
# start COMMAND [ARG...]: run in the background until the test ends; $! is its process.
start() {
	"$@" &
	pids="$! $pids"
}
# serve PROGRAM [ARG...]: run the program for every connection to 127.0.0.1:$port, at most 200 at once;
# its messages are in $T/serve.err. $! is the super-server.
serve() {
	: >"$T/.port"
	start tcpserver -1 -q -D -H -R -l localhost -c 200 127.0.0.1 0 "$@" >"$T/.port" 2>"$T/serve.err"
	wait_for 5 test -s "$T/.port" || { echo "Bail out! tcpserver does not start" && exit 1; }
	# shellcheck disable=SC2034 # for the test
	port=$(cat "$T/.port")
}
