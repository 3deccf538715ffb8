#!/bin/sh
# Asterisk's REST interface: the fake of it that campaigns are tested with is what it says it is, and campaign's client
# of it keeps its word: what is certain of a request, what is told of the stream.
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh

fake() { ok "the fake: $1" tests/fake/ari-self.py "$2"; }
fake 'a call from create to its end, as recorded ones were' talk
fake 'each way to fail, with its cause' causes
fake 'what may not be asked at a moment is refused' states
fake 'a channel that is dialled twice is two INVITEs' twice
fake 'a dial that was taken may be late, and so may a hang-up' late
fake 'events are lost while nobody listens' loss
fake 'one stream for an application' replaced
fake 'a restart leaves nothing and tells nobody' restart
fake 'slow, refused, and no reply' faults
fake 'plans' plan
fake 'programs that talk' run

live() { ok "$1" tests/fake/ari-live.py "$B/tests/unit/campaign-ari" "$2"; }
live 'a call from create to its end' talk
live 'refusals are told apart, in words' refusals
live 'no dial is made twice, and what is certain of one without a reply' dials
live 'a stream that breaks is made anew; a restart is seen' reconnect
live 'a stream on which nothing comes is none' deaf
live 'who takes the application is not fought' replaced
live 'the password is not shown' secrets
live 'messages that are none' lies
live 'it may be closed wherever it calls' closing
live 'many calls at a time' calls

# --- campaign ari-check
asterisk() { # PLAN: another Asterisk; $port
	echo "$1" >"$T/plan"
	: >"$T/port"
	start tests/fake/ari.py --plan "$T/plan" --user callpipe:s3cret --user reader:s3cret:read_only --log "$T/invites" ${2:+"$2"} >"$T/port"
	asterisk=$!
	wait_for 10 test -s "$T/port" || { echo 'Bail out! the fake does not start' && exit 1; }
	CALLPIPE_ARI_URL=http://127.0.0.1:$(cat "$T/port")/ari
	export CALLPIPE_ARI_URL
}
export CALLPIPE_ARI_PASSWORD=s3cret
# found CODE STATE CHECK PATTERN [ARG...]: it exits so and says that
found() {
	code=$1 state=$2 what=$3 pattern=$4 && shift 4
	must_fail "$code" campaign ari-check "$@" >"$T/out" 2>"$T/err" || { cat "$T/out" "$T/err" && return 1; }
	grep "^$state *$what  *$pattern" "$T/out" || { cat "$T/out" && return 1; }
}
all='{"trunks":{"trunk":"online","down":"offline","quiet":"unknown"}}'
asterisk "$all"
ok 'ari-check: all is there' found 0 ok dialplan 'answered calls go to callpipe-outbound,s,1$' 'PJSIP/%s@trunk'
check 'each thing that is looked at' \
	'[ "$(cut -c1-21 "$T/out" | xargs)" = "ok asterisk ok events ok version ok modules ok trunk ok channelvars ok dialplan" ]'
ok 'a trunk that is not there' found 1 missing trunk 'PJSIP/%s@other: Asterisk has no such endpoint$' 'PJSIP/%s@other'
ok 'one that is offline' found 1 missing trunk 'PJSIP/%s@down is offline' 'PJSIP/%s@down' 'PJSIP/%s@trunk'
check 'beside one that is not' 'grep -q "^ok  *trunk  *PJSIP/%s@trunk is online" "$T/out"'
ok 'one that Asterisk knows nothing of' found 0 warning trunk 'PJSIP/quiet/sip:%s@host: Asterisk does not know' 'PJSIP/quiet/sip:%s@host'
ok 'what is no trunk' found 0 unknown trunk 'Local/%s@x is not the endpoint of a trunk' 'Local/%s@x'
ok 'no such context' found 1 missing dialplan "there is no extension 's' in the context 'nowhere'" --context=nowhere 'PJSIP/%s@trunk'
ok 'no such extension' found 1 missing dialplan "there is no extension '1' in the context" --extension=1 'PJSIP/%s@trunk'
check 'what is missing comes with what to do' 'grep -A1 "^missing" "$T/out" | grep -q "^ *-> #include .*extensions-outbound.conf"'
ok 'a user that may only read' found 1 missing rights "the user 'reader' may not make channels" --ari-user=reader 'PJSIP/%s@trunk'
ok 'a user that is none' found 78 missing credentials "Asterisk refuses the user 'nobody' or the password" --ari-user=nobody 'PJSIP/%s@trunk'
wrong_password() { CALLPIPE_ARI_PASSWORD=hunter2 found 78 missing credentials 'Asterisk refuses' 'PJSIP/%s@trunk' && ! grep hunter "$T/out" "$T/err"; }
ok 'a password that is none, which is not shown' wrong_password
no_password() { CALLPIPE_ARI_PASSWORD='' must_fail 78 campaign ari-check 'PJSIP/%s@trunk' >"$T/out" 2>"$T/err" && [ ! -s "$T/out" ] && grep '^campaign: there is no password for ARI' "$T/err"; }
ok 'no password' no_password
no_authorities() {
	must_fail 78 campaign ari-check --ca-file="$T/none" 'PJSIP/%s@trunk' >"$T/out" 2>"$T/err" && [ ! -s "$T/out" ] &&
		grep "^campaign: cannot use the authorities of '$T/none': No such file" "$T/err"
}
ok 'a file of authorities that is none' no_authorities
ok 'not the URL of the interface' found 78 missing asterisk 'at .*/arx is no REST interface of Asterisk' --ari-url="${CALLPIPE_ARI_URL%i}x" 'PJSIP/%s@trunk'
ok 'nobody there' found 75 missing asterisk 'at http://127.0.0.1:1/ari nobody answers' --ari-url=http://127.0.0.1:1/ari 'PJSIP/%s@trunk'
nowhere() { PGHOST=$T found 0 unknown trunk 'the database cannot be asked for trunks: '; }
ok 'no trunk is named, and there is no database' nowhere
# What the dispatcher would call over is what is looked at.
of_database() {
	scripts/with-postgres --no-fsync sh -euc 'campaign init >&2; campaign ari-check; psql -XAtqc "INSERT INTO trunk (name, endpoint, enabled)
		VALUES ('"'a', 'PJSIP/%s@trunk', true), ('b', 'PJSIP/%s@down', true), ('c', 'PJSIP/%s@other', false)"'"; campaign ari-check || test $? = 1' 2>"$T/err" |
		sed -n 's/^\([a-z]* *trunk .*\)/\1/p' | tr -s ' ' | cut -d: -f1
}
check_same 'without names, the trunks of the database that are enabled' of_database 'printf "%s\n" "warning trunk the database has no trunk" \
	"ok trunk PJSIP/%s@trunk is online" "missing trunk PJSIP/%s@down is offline"'
check_same 'as JSON' 'must_fail 1 campaign ari-check --json "PJSIP/%s@other" | jq -c "[.ready, (.findings[] | select(.state != \"ok\") | .check)]"' \
	'echo "[false,\"trunk\"]"'
control() {
	python3 -c 'import sys, urllib.request as u; print(u.urlopen(u.Request(sys.argv[1], method="POST")).read().decode())' \
		"${CALLPIPE_ARI_URL%/ari}/control/$1"
}
control 'fail?match=channels/create&status=500' >"$T/.control"
ok 'channels that cannot be made' found 1 missing channels 'no channel can be made: HTTP status 500: Allocation failed' 'PJSIP/%s@trunk'
control 'fail?match=channels/create&status=0' >"$T/.control"
ok 'or of which is not known whether they were' found 1 missing channels 'no channel can be made: ' 'PJSIP/%s@trunk'
control 'fail?match=asterisk/modules&status=404' >"$T/.control"
ok 'modules that cannot be asked for' found 0 unknown modules 'which modules there are cannot be asked: HTTP status 404' 'PJSIP/%s@trunk'
control 'fail?match=/ari/events&status=503&n=1' >"$T/.control"
ok 'no stream' found 1 missing events 'the stream of events does not come: the handshake is answered with status 503' 'PJSIP/%s@trunk'
nothing_left() { control state | jq -e '.invites == 0 and .channels == {} and .apps == {}'; }
check 'no call was placed, and no channel is left' 'wait_for 5 nothing_left && [ ! -s "$T/invites" ]'
kill "$asterisk"
asterisk '{"modules":{"app_audiosocket.so":"Not Running","app_exec.so":"Running"}}' --channelvars=CALLUUID
ok 'a module that does not run' found 1 missing modules 'app_audiosocket.so is not running: no call reaches callpipe' 'PJSIP/%s@trunk'
check 'what goes without one' 'grep -q "^warning  *modules  *app_amd.so is not loaded" "$T/out"'
check 'what cannot be asked without one' 'grep -q "^unknown  *dialplan .*Unable to read provided function" "$T/out"'
check 'channelvars' 'grep -q "^warning  *channelvars  *events do not carry AMDSTATUS" "$T/out"'
ok 'misuse' must_fail 64 campaign ari-check --nothing

# shellcheck disable=SC2119 # at the end, without a number
plan
