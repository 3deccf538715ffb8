#!/bin/sh
# What is copied to a machine that answers calls: units, settings, run scripts, dialplans.
# shellcheck disable=SC2016,SC2317 # shell text and functions are for check and ok
. tests/lib.sh
deploy=pipelines/deploy
root=/usr/local

# --- systemd
units() {
	mkdir -p "$T/units"
	for unit in "$deploy"/systemd/*.socket "$deploy"/systemd/*.timer "$deploy"/systemd/*.service; do
		sed "s,$root/bin,$B/bin,; s,$root/share/callpipe,$PWD," "$unit" >"$T/units/${unit##*/}"
	done
}
# systemd-analyze says what it does not like, and succeeds.
verified() {
	for unit in "$@"; do systemd-analyze --man=no verify "$T/units/$unit"; done >"$T/verify" 2>&1 || return 1
	if grep . "$T/verify"; then return 1; fi
}
units
ok 'the units are as systemd wants them' verified callpipe.socket callpipe@.service \
	callpipe-verdict.socket callpipe-verdict@.service callpipe-metrics.service callpipe-metrics.timer callpipe-night.service callpipe-night.timer \
	callpipe-campaign.service callpipe-results.service callpipe-results.timer
sed -i 's/^KillMode=/KilMode=/' "$T/units/callpipe@.service"
ok 'a mistake in one would be seen' must_fail 1 verified callpipe.socket
value() { sed -n "s/^$1=//p" "$deploy/systemd/$2"; }
check 'more connections than the default 64' '[ "$(value MaxConnections callpipe.socket)" -gt 64 ]'
check_same 'nothing but the journal gets messages' \
	'cat "$deploy"/systemd/*@.service | sed -n "s/^StandardError=//p"' 'echo journal; echo journal'

users() {
	cp "$deploy/systemd/callpipe.sysusers" "$T/sysusers.conf"
	cp "$deploy/systemd/callpipe.tmpfiles" "$T/tmpfiles.conf"
	mkdir -p "$T/root/etc" && cp /etc/passwd /etc/group "$T/root/etc"
	systemd-sysusers --root="$T/root" "$T/sysusers.conf"
	systemd-tmpfiles --root="$T/root" --create "$T/tmpfiles.conf"
}
modes() { (cd "$T/root" && stat -c '%a %n' run/callpipe/from var/spool/callpipe var/spool/callpipe/*); }
if [ "$(id -u)" = 0 ]; then
	ok 'the user and the folders are made' users
	check_same 'with modes that let Asterisk in where it has to' modes 'cat <<-EOF
		2770 run/callpipe/from
		710 var/spool/callpipe
		700 var/spool/callpipe/calls
		2750 var/spool/callpipe/verdicts
	EOF'
else
	n=$((n + 2))
	echo "ok $((n - 1)) # SKIP making users needs root"
	echo "ok $n # SKIP making users needs root"
fi

by_hand() {
	mkdir "$T/hand"
	sed -n "s,^    \(install -d\) -o callpipe -g callpipe \(-m [0-7]*\) /,\1 \2 $T/hand/,p" "$deploy/README.md" >"$T/by-hand"
	sh -eu "$T/by-hand" && (cd "$T/hand" && stat -c '%a %n' run/callpipe/from var/spool/callpipe var/spool/callpipe/*)
}
check_same 'without systemd they are made by hand' by_hand 'printf "%s\n" "2770 run/callpipe/from" \
	"710 var/spool/callpipe" "700 var/spool/callpipe/calls" "2750 var/spool/callpipe/verdicts"'

# --- settings, with the defaults that are commented out
mkdir -p "$T/config/environment.d"
conf=$T/config/environment.d/callpipe.conf
sed 's/^#\(CALLPIPE_\)/\1/' "$deploy/callpipe.conf" >"$conf"
by_sh() { env -i sh -c "set -a; . '$conf'; env" | grep ^CALLPIPE_ | sort; }
by_systemd() {
	env -i HOME=/nonexistent XDG_CONFIG_HOME="$T/config" \
		/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator >"$T/env" &&
		env -i sh -c "set -a; . '$T/env'; env" | grep ^CALLPIPE_ | sort
}
check_same 'sh and systemd read the same settings' by_sh by_systemd
ok 'and so do the tools' env CALLPIPE_CONF="$conf" CALLPIPE_SPOOL="$T" as-answer --status
check_same 'which look for them where the units do' \
	'grep -rhoE "/etc/callpipe[a-z./]*\.conf" "$deploy" --exclude-dir=systemd --exclude=README.md |
		cat - "$deploy"/systemd/*.service | grep -oE "/etc/[a-z./]*\.conf" | sort -u' \
	'sed -n "s/.*CONF_DEFAULT \"\(.*\)\"/\1/p" lib/base/conf.h'
check 'and all of them' '[ "$(by_sh | wc -l)" -eq "$(grep -c "^#\?CALLPIPE_" "$deploy/callpipe.conf")" ]'
helps() { for tool in bin/*/; do "$(basename "$tool")" --help; done | tr -s ' \n' ' '; }
# Not what as-answer sets, not what only a tool by itself can use, not what is a call script's to say.
documented() { helps | grep -o 'CALLPIPE_[A-Z0-9_]*' | grep -vxE "CALLPIPE_($alone)" | sort -u; }
settings() {
	grep -o '^#\?CALLPIPE_[A-Z0-9_]*' "$deploy/callpipe.conf" | tr -d '#' | grep -vxE "CALLPIPE_($ours)" | sort
}
alone='DIR|SPEAK_(RAW|ECHO|PROMPT)|JOURNAL|RECORD|VAD_(ALL|PLOT)|SCENARIO|TTS_OFFLINE'
ours='LISTEN|PIPELINE|USER|PROMPT|LOG|NIGHT_[A-Z0-9]*'
check_same 'they are those that the tools know' settings documented
# Of those that are commented out; one without a default is an example.
defaults() {
	helps | grep -o '\[CALLPIPE_[A-Z0-9_]*, default [^]]*\]' | sed 's/^\[\(.*\), default \(.*\)\]$/\1=\2/' | sort -u |
		while IFS= read -r line; do if grep -q "^#${line%%=*}=" "$deploy/callpipe.conf"; then echo "$line"; fi; done
}
shown() { by_sh | grep -xF "$(defaults)"; }
check_same 'what is commented out is what they do' shown defaults
check 'every file named in them is there' \
	'for f in $(grep -o "=/usr/share/[^ ]*" "$deploy/callpipe.conf"); do [ -f "${f#=}" ] || { echo "$f"; false; }; done'

# --- super-servers
call() { # PORT: one call to the announcement; its report is $T/call.json
	as-dial -e "expect audio; say $sounds/hello-world.wav; hangup" "127.0.0.1:$1" >"$T/call.json"
}
sounds=/usr/share/asterisk/sounds/en_US_f_Allison
export CALLPIPE_CONF="$T/callpipe.conf"
sed "s,$root/share/callpipe,$PWD,; s,^CALLPIPE_LISTEN=.*,CALLPIPE_LISTEN=127.0.0.1:0,
	s,^CALLPIPE_USER=.*,CALLPIPE_USER=$(id -un),; s,^CALLPIPE_SPOOL=.*,CALLPIPE_SPOOL=$T/spool," \
	"$deploy/callpipe.conf" >"$CALLPIPE_CONF"
mkdir -p "$T/spool"

: >"$T/port"
start "$deploy/tcpserver/run" -1 >"$T/port" 2>"$T/log"
ok 'tcpserver/run listens' wait_for 5 test -s "$T/port"
ok 'and a call goes through' call "$(cat "$T/port")"
check 'it is kept in the spool' 'wait_for 10 eval "grep -q caller-hangup $T/spool/verdicts/*"'

# As systemd starts one: Accept=yes, StandardInput=socket, the settings as environment.
activate() { # PORT
	port=$1
	set -a
	# shellcheck source=/dev/null
	. "$CALLPIPE_CONF"
	set -- -E PATH
	for name in $(sed -n 's/^\(CALLPIPE_[A-Z_]*\)=.*/\1/p' "$CALLPIPE_CONF"); do set -- "$@" -E "$name"; done
	exec systemd-socket-activate --accept --inetd -l "127.0.0.1:$port" "$@" "$B/bin/as-answer" "$CALLPIPE_PIPELINE"
}
# It takes no port 0: one that was free a moment ago.
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
start activate "$port" 2>"$T/log"
check 'systemd listens' 'wait_for 5 grep -q "^Listening" "$T/log"'
ok 'and a call goes through' call "$port"
check 'as-answer ends well' 'wait_for 10 grep "died with code 0" "$T/log"'

# No settings, and what is none: one line of the script's own.
one_line() { # SCRIPT CONF
	CALLPIPE_CONF=$2 must_fail 78 "$1" 2>"$T/err" && [ "$(wc -l <"$T/err")" = 1 ] && grep "^${1##*/}: cannot read '$2'" "$T/err"
}
echo "CALLPIPE_SPOOL='$T" >"$T/mistake.conf"
for script in "$deploy/tcpserver/run" "$deploy/answer"; do
	for conf in "$T/nowhere.conf" "$T" "$T/mistake.conf" ./nowhere.conf; do
		ok "${script##*/} says that it has no settings: ${conf##*/}" one_line "$script" "$conf"
	done
done

# inetd gives no environment and makes the socket stderr.
inetd() { # CONF
	serve env -i CALLPIPE_CONF="$1" CALLPIPE_LOG=debug PATH="$PATH" sh -c 'exec "$0" 2>&0' "$PWD/$deploy/answer"
}
# A connection that says nothing sensible is told so to nobody on the line.
silent() {
	printf 'GET / HTTP/1.0\r\n\r\n' | timeout 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; cat >&3; cat <&3" >"$T/line"
	[ $? -lt 124 ] && od -An -c "$T/line" | { ! grep .; }
}
framed() { # a call in which every message is audio
	tests/fake/caller.py "$port" "$(cat /proc/sys/kernel/random/uuid)" --hangup 500 >"$T/call.json" &&
		grep '^{"frames": [1-9][0-9],.*"wrong": null,.*"left": 0}$' "$T/call.json"
}
inetd "$CALLPIPE_CONF"
ok 'a call goes through from inetd' call "$port"
ok 'no message goes onto the line' silent
ok 'nor into a call' framed
check 'they are in a file' 'grep -q "^as-answer: " "$T/spool/log"'
check_same 'which is not for everybody' 'stat -c %a "$T/spool/log"' 'echo 640'
inetd "$T/nowhere.conf"
ok 'nor that there are no settings' silent
inetd "$T/mistake.conf"
ok 'nor that they are none' silent
sed "s,^CALLPIPE_SPOOL=.*,CALLPIPE_SPOOL=$T/later/spool," "$CALLPIPE_CONF" >"$T/later.conf"
inetd "$T/later.conf"
ok 'nor that there is no spool' silent
ok 'nor in its first call' framed
sed "s,^CALLPIPE_SPOOL=.*,CALLPIPE_SPOOL=/dev/null/spool," "$CALLPIPE_CONF" >"$T/never.conf"
inetd "$T/never.conf"
ok 'nor if there never will be one' framed

inetd_line() { awk -v OFS=: '!/^#/ { print NF, $2, $3, $5 }' "$deploy/inetd/inetd.conf" | sort -u; }
check_same 'inetd lines have the fields of inetd.conf(5)' inetd_line 'echo 7:stream:tcp:callpipe'
check 'what super-servers run is there' \
	'for f in $(grep -rhoE "$root/share/callpipe/[^[:space:]]+" "$deploy" --exclude=README.md | sort -u); do
		f=${f#"$root"/share/callpipe/}; [ -x "$f" ] || [ -d "$f" ] || { echo "$f"; false; }; done'

# --- rubbish
rubbish() {
	mkdir -p "$T/kept/verdicts" "$T/from"
	touch -d '25 hours ago' "$T/kept/verdicts/old" "$T/from/old"
	touch -d '23 hours ago' "$T/kept/verdicts/new" "$T/from/new"
	printf 'CALLPIPE_SPOOL=%s\nCALLPIPE_FROM_DIR=%s\n' "$T/kept" "$T/from" >"$T/cron.conf"
	sed -n 's/^17 \* \* \* \* callpipe //p' "$deploy/callpipe.cron" |
		sed "s,/etc/callpipe/callpipe.conf,$T/cron.conf," >"$T/cron"
	test -s "$T/cron" && sh -eu "$T/cron" && (cd "$T" && echo kept/verdicts/* from/*)
}
check_same 'cron removes what is old and nothing else' rubbish 'echo kept/verdicts/new from/new'

# What is commented out works too, and is what callpipe-calldir(5) says.
finds() { grep -o '"$CALLPIPE_SPOOL/calls".*' "$1"; }
check_same 'cron and manual keep recordings alike' 'finds "$deploy/callpipe.cron"' 'finds man/callpipe-calldir.5'
check 'the manual keeps verdicts as long' 'grep -q "verdicts. -type f -mmin +1440 -delete" man/callpipe-calldir.5'

# --- the demo, which is how most people begin
for args in --listen '--listen 0' '--listen 65536' '--listen x' '--listen 9092x' '--listen -1' '--listen 9092 more' --other more; do
	misused() { # one line at once
		# shellcheck disable=SC2086 # into words
		must_fail 64 scripts/demo $args >"$T/out" 2>"$T/err" && [ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ] && grep '^demo: ' "$T/err"
	}
	ok "demo $args is misuse" misused
done

# --- dialplans
walk() { # HOST VERDICT: what the caller gets in the end
	tests/fake/dialplan.py "$deploy/asterisk/extensions-$1-host.conf" "FILE=$2" "CURL=$2" \
		'CALLERID(num)=+33 6;$(id)' 'CALLERID(dnid)=1,00' | grep -E '^(Dial|Playback|Hangup)' | head -n1
}
broken() { # SED: the dialplan with one mistake in it
	sed "$1" "$deploy/asterisk/extensions-same-host.conf" >"$T/broken.conf"
	! cmp -s "$T/broken.conf" "$deploy/asterisk/extensions-same-host.conf" &&
		must_fail 1 tests/fake/dialplan.py "$T/broken.conf"
}
for host in same other; do
	ok "dialplan, $host host: every place exists, brackets match, caller id is filtered" \
		tests/fake/dialplan.py "$deploy/asterisk/extensions-$host-host.conf"
	check_same "dialplan, $host host: every verdict leads somewhere" \
		'for v in hangup "transfer operator" "transfer h" "transfer " caller-hangup busy timeout error "" "<html>"; do
			walk $host "$v"; done' \
		'printf "%s\n" "Hangup()" "Dial(PJSIP/operator,30)" "Playback(sorry-youre-having-problems)" \
			"Playback(sorry-youre-having-problems)" "Hangup()" "Playback(please-try-call-later)" \
			"Playback(sorry-youre-having-problems)" "Playback(sorry-youre-having-problems)" \
			"Playback(sorry-youre-having-problems)" "Playback(sorry-youre-having-problems)"'
done
ok 'a place that is missing would be seen' broken 's/n(busy)/n/'
ok 'a bracket that is missing would be seen' broken 's/Answer()/Set(X=${UUID(})/'
ok 'an unfiltered caller id would be seen' broken 's/FILTER(0-9+,${CALLERID(num)})/CALLERID(num)/'

# --- outbound: the dialplan of calls that were answered, with that for transfers beside it
cat "$deploy/asterisk/extensions-outbound.conf" "$deploy/asterisk/extensions-same-host.conf" >"$T/outbound.conf"
ok 'dialplan, outbound: every place exists, brackets match' tests/fake/dialplan.py "$T/outbound.conf"
id=4ce39a11-9001-4a3c-8a3e-00000000cafe
outbound() { # VERDICT [NAME=VALUE...]: what runs
	verdict=$1 && shift
	tests/fake/dialplan.py "$T/outbound.conf" callpipe-outbound "CHANNEL=$id" "FILE=$verdict" "$@" | grep -v ^Set
}
check_same 'a call that was answered goes to AudioSocket under the id of its channel' 'outbound hangup' \
	'printf "%s\n" "TryExec(AudioSocket($id,127.0.0.1:9092))" "Hangup()"'
check_same 'AMD() is asked where it is wanted, and tells what it found' 'outbound hangup CALLPIPE_AMD=tell AMDSTATUS=MACHINE AMDCAUSE=LONGGREETING-1500-1500' \
	'printf "%s\n" "AMD()" "UserEvent(callpipe-amd,status: MACHINE,cause: LONGGREETING-1500-1500)" \
		"TryExec(AudioSocket($id,127.0.0.1:9092))" "Hangup()"'
amd() { outbound hangup CALLPIPE_AMD=hangup "AMDSTATUS=$1" "AMDCAUSE=$2" | tail -n +3 | head -n1; }
check_same 'and hung up on is a machine, not a person, nor who says nothing' \
	'amd MACHINE MAXWORDS-4-3; amd HUMAN HUMAN-803-800; amd NOTSURE TOOLONG-5000; amd MACHINE INITIALSILENCE-2500-2500; amd "" ""' \
	'echo "Hangup()"; for i in 1 2 3 4; do echo "TryExec(AudioSocket($id,127.0.0.1:9092))"; done'
check_same 'a transfer leads somewhere; all else ends the call' \
	'for v in "transfer operator" "transfer h" "transfer " error "" "<html>"; do outbound "$v" | sed -n 2p; done' \
	'echo "Dial(PJSIP/operator,30)"; for i in 1 2 3 4 5; do echo "Hangup()"; done'
tells() { tests/fake/dialplan.py "$T/outbound.conf" callpipe-outbound "CHANNEL=$id" "FILE=$1" "TRYSTATUS=$2" | sed -n 's/^Set(CALLPIPE_END=\(.*\))$/\1./p'; }
check_same 'how the talk ended is told, and that there was none' 'tells hangup SUCCESS; tells busy SUCCESS; tells error FAILED; tells "" FAILED' \
	'printf "%s.\n" "SUCCESS hangup" "SUCCESS busy" "FAILED error" "FAILED "'
limit() { tests/fake/dialplan.py "$T/outbound.conf" callpipe-outbound "CHANNEL=$id" FILE=hangup "$@" | sed -n 's/^Set(TIMEOUT(absolute)=\(.*\))$/\1/p' | tail -n1; }
check_same 'no call is without an end' 'limit; limit CALLPIPE_TALK_S=120; limit "CALLPIPE_TALK_S=9);x"' 'echo 3660; echo 120; echo 9'

# Both sides say the same: the settings of Asterisk, those of callpipe, and what campaign ari-check looks for.
setting() { sed -n "s/^#\{0,1\}CALLPIPE_$1=//p" "$deploy/callpipe.conf"; }
asterisk() { sed -n "/^\[$1\]/,/^\[/s/^$2 = \{0,1\}//p" "$deploy/asterisk/$3"; } # SECTION NAME FILE
check_same 'the REST interface is where callpipe looks for it' \
	'echo "http://$(asterisk general bindaddr http.conf):$(asterisk general bindport http.conf)/ari"' \
	'setting ARI_URL'
check_same 'and enabled, with the user that callpipe is' \
	'asterisk general enabled http.conf; asterisk general enabled ari.conf; asterisk "$(setting ARI_USER)" type ari.conf' \
	'printf "%s\n" yes yes user'
check_same 'its events carry what is looked for' 'asterisk general channelvars ari.conf | tr , "\n" | sort' \
	'sed -n "s/^#define WANTED \"\(.*\)\"/\1/p" bin/campaign/ari-judge.c | tr , "\n" | sort'
check 'answered calls find their place' \
	'grep -qx "\[$(setting CONTEXT)\]" "$T/outbound.conf" && grep -q "^exten => $(setting EXTENSION),1," "$deploy/asterisk/extensions-outbound.conf"'
check_same 'no password is in what is copied' 'cat "$deploy"/asterisk/*.conf | sed -n "s/^\(password *=\) *//p" | sort -u' 'echo'
check 'the trunk has the name that callpipe dials' \
	'grep -qx "\[$(setting ENDPOINT | sed "s/.*@//")\]" "$deploy/asterisk/pjsip-trunk.conf"'
check_same 'AMD() has all of its settings' 'sed -n "s/^\([a-z_]*\) = [0-9]*$/\1/p" "$deploy/asterisk/amd.conf" | sort' \
	'printf "%s\n" after_greeting_silence between_words_silence greeting initial_silence maximum_number_of_words maximum_word_length \
		minimum_word_length silence_threshold total_analysis_time'
check 'the manual names every file' \
	'for f in "$deploy"/asterisk/*.conf "$deploy"/systemd/*.service; do grep -q "${f##*/}" "$deploy/README.md" || { echo "$f"; false; }; done'
# As the README has it, the password that one makes is in both places.
password() {
	mkdir -p "$T/pw" && cp "$deploy/asterisk/ari.conf" "$T/pw/ari.conf" &&
		sed -n '/^    password=/,/^    echo .*>>/p' "$deploy/README.md" |
		sed "s,/etc/callpipe/ari.password,$T/pw/ari.password,; s,/etc/asterisk/ari.conf,$T/pw/ari.conf,; s,-o callpipe -g callpipe,," |
			sh -eu && [ "$(wc -c <"$T/pw/ari.password")" = 49 ] && grep -qx "password = $(cat "$T/pw/ari.password")" "$T/pw/ari.conf"
}
ok 'the password of the README is one, on both sides' password

# The number that the dialplan hides in the UUID is the one as-answer finds there.
uuid=$(tests/fake/dialplan.py "$deploy/asterisk/extensions-other-host.conf" CURL=hangup 'CALLERID(num)=+33 612345678' |
	sed -n 's/^TryExec(AudioSocket(\([^,]*\),.*/\1/p')
serve as-answer --spool "$T/uuid" pipelines/announce/call
hidden() {
	as-dial --uuid "$uuid" -e 'expect audio; hangup' "127.0.0.1:$port" >"$T/call.json" &&
		grep -q '"from":"33612345678"' "$T"/uuid/calls/*/*/*/"$uuid"/call.json
}
ok 'the number inside a UUID arrives' hidden
# shellcheck disable=SC2119 # at the end, without a number
plan
