# A test in a database of its own: . tests/lib.sh; . tests/db.sh
# shellcheck shell=sh
[ "${1-}" = inside ] || exec scripts/with-postgres --no-fsync "$0" inside

q() { psql -XAtqc "$1"; }
# is VALUE SHELL-TEXT: prints this.
is() {
	got=$(eval "$2")
	[ "$got" = "$1" ] || { echo "$got" && return 1; }
}
# says CODE TEXT COMMAND [ARG...]: exits with this code, and says this on stderr.
says() {
	code=$1 say=$2 && shift 2
	must_fail "$code" "$@" 2>"$T/err" >"$T/out" && grep -qF -e "$say" "$T/err" && return
	cat "$T/out" "$T/err" && return 1
}
# terminal COMMAND..: what it writes on a terminal.
terminal() { script -qc "$*" /dev/null </dev/null | tr -d '\r'; }
