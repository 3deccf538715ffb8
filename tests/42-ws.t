#!/bin/sh
# ws: a WebSocket as a client, with and without TLS, against a server that shares no code with it, and all its faults.
. tests/lib.sh

fake() { # NAME PROGRAM [ARG...]: start it, its port in $port, what it says in $T/NAME.said
	name=$1 program=tests/fake/$2 && shift 2
	python3 "$program" "$@" >"$T/$name.said" 2>"$T/$name.err" &
	pids="$! $pids"
	wait_for 10 test -s "$T/$name.said" || { echo "Bail out! $program does not start" && exit 1; }
	port=$(head -n 1 "$T/$name.said")
}
ws() { timeout $((30 * SLACK)) "$B/tests/unit/ws" "$@"; }
open() { path=$1 && shift && ws "ws://127.0.0.1:$plain/$path" "$@"; }
# ends PATH FAULT STATUS CODE PATTERN [WORD...]: it ends so, once, and without holding up the loop
ends() {
	path=$1 fault=$2 status=$3 code=$4 pattern=$5 && shift 5
	open "$path" "$@" >"$T/out" || return 1
	cat "$T/out"
	! grep -q '^held up' "$T/out" && grep -q "^ended $fault status=$status code=$code $pattern" "$T/out"
}
said() { wait_for 5 grep -qx "$1" "$T/plain.said" || { cat "$T/plain.said" && return 1; }; }

# told N CODE: N times a client has said goodbye so
told() { wait_for 5 sh -c '[ "$(grep -c "^closed by the client: $2$" "$3")" -ge "$1" ]' - "$1" "$2" "$T/plain.said" || { cat "$T/plain.said" && return 1; }; }

fake plain ws.py
plain=$port
check_same 'a message there and back' 'open echo text=hello messages=1 close=1000:bye' \
	'printf "X-Seen: yes\nopened\nroom\ntext hello\n"
	echo "ended ok status=101 code=1000 reason='\'\'' why='\''closed with code 1000'\'' error='\'\'' bytes=0 retry=-1"'
check_same 'what is sent before it is open; protocol; characters of all kinds' \
	'open "echo?protocol=x.1" before="перше 😀" before=second protocol=x.1 messages=2 close=1000 | grep text' \
	'printf "text перше 😀\ntext second\n"'
check_same 'headers, and the host with its port' \
	'open fields header=X-Key:a\ b header=X-Other:1 messages=1 close=1000 | grep text' \
	'echo "text host=127.0.0.1:$plain x-key=a b x-other=1"'
check_same 'messages of all lengths of a frame' \
	'open sizes bytes=0 bytes=125 bytes=126 bytes=65535 bytes=65536 bytes=900000 messages=6 close=1000 | grep text' \
	'for bytes in 0 125 126 65535 65536 900000; do
		printf "text bytes %s %s\n" "$bytes" "$(python3 -c "import hashlib; print(hashlib.md5(bytes(i * 7 % 256 for i in range($bytes))).hexdigest())")"
	done'
check_same 'a thousand messages to and fro' 'open echo text=x messages=1000 again=999 close=1000 | grep -c "^text x$"' 'echo 1000'
check_same 'fragments, cut within a character, with pings between them' 'open fragments messages=9 | grep -v room' \
	'printf "opened\ntext дуже довга відповідь\nbinary 3\n"
	echo "ended ok status=101 code=1000 reason='\''all said'\'' why='\''closed with code 1000: all said'\'' error='\'\'' bytes=0 retry=-1"'
check_same 'one byte at a time, the handshake too' 'open drip messages=9 | cut -d " " -f 1-4' \
	'printf "opened\ntext slowly\nbinary 300\nended ok status=101 code=1001\n"'
check_same 'frames that come with the reply' 'open early messages=9 | cut -d " " -f 1-4' \
	'printf "opened\ntext first\ntext second\nended ok status=101 code=1000\n"'
check_same 'and news before it' 'open news messages=9 | cut -d " " -f 1-4' \
	'printf "opened\ntext first\ntext second\nended ok status=101 code=1000\n"'
check_same 'a message of the greatest length' 'open max messages=1 close=1000 | sed -n 2,3p | cut -d " " -f 1-4' \
	'printf "binary 1048576\nended ok status=101 code=1000\n"'
ok 'closed with a code and a reason' ends 'close?code=4001&reason=why%20not%3F' ok 101 4001 "reason='why not?'" messages=9
ok 'closed without a code' ends close ok 101 1005 "reason=''" messages=9
ok 'our own goodbye' ends goodbye ok 101 1000 "reason=''" 'close=1000:enough said'
ok 'is understood' said 'goodbye: 1000 enough said'
ok 'a goodbye comes behind what waits' ends sizes ok 101 1000 '' bytes=1000000 close=1000
ok 'a goodbye that is not answered' ends never ok 101 1006 ".*why='nobody says goodbye'" close=1000
ok 'forgotten in a handler' open echo drop=open
ok 'forgotten with a message' open echo text=x messages=1 drop=yes
ok 'forgotten at once' open silent drop=now

for bad in utf8 utf8-cut utf8-half surrogate close-utf8; do
	ok "no UTF-8: $bad" ends "$bad" broken 101 1006 ".*why='a text is no UTF-8'" messages=9
done
ok 'is told' told 5 1007
for bad in long long-claim long-parts; do
	ok "too long: $bad" ends "$bad" long 101 1006 ".*why='a message is too long'" messages=9
done
ok 'is told' told 1 1009
for bad in rsv masked opcode cont interleaved close-code ping-long ping-parts; do
	ok "no WebSocket: $bad" ends "$bad" broken 101 1006 ".*why='what comes is no WebSocket'" messages=9
done
ok 'is told' told 6 1002
ok 'or without a code' told 2 0
ok 'reset in the midst of a message' ends reset broken 101 1006 ".*why='the connection broke without a goodbye'" messages=9
ok 'an end without a goodbye' ends eof broken 101 1006 ".*why='the connection broke without a goodbye'" messages=9

ok 'a refusal, with its body' ends 401 ok 401 1006 ".*status 401' error='{\"err_code\":\"INVALID_AUTH\"}' bytes=27 retry=-1" messages=9
ok 'one that says when to come again' ends 429 ok 429 1006 ".*error='slow down' bytes=9 retry=2500" messages=9
ok 'one in chunks' ends 403 ok 403 1006 ".*error='not for you' bytes=11" messages=9
ok 'and its headers' grep -qx 'dg-error: no such model' "$T/out"
ok 'one whose body never ends' ends 500 ok 500 1006 ".*bytes=4096" messages=9
ok 'one whose body is not ended' ends 503 ok 503 1006 ".*error='busy'" messages=9
ok 'no redirect is followed' ends 302 ok 302 1006 "" messages=9
ok 'no WebSocket after all' ends 200 ok 200 1006 ".*error='hello'" messages=9
ok 'a wrong answer to the key' ends answer broken 101 1006 ".*the key is not answered" messages=9
ok 'an extension' ends extension broken 101 1006 ".*an extension nobody asked for" messages=9
ok 'another protocol' ends protocol broken 101 1006 ".*a protocol nobody asked for" messages=9
ok 'no HTTP' ends garbage broken 0 1006 ".*is no HTTP" messages=9
ok 'a head without end' ends head broken 0 1006 "" messages=9
ok 'no answer' ends silent slow 0 1006 ".*why='no WebSocket within 500 ms'" connect=500
ok 'nor to a ping' ends mute slow 101 1006 ".*why='the other side does not answer a ping'" ping=100 messages=9
ok 'pings that are answered' ends 'close?code=1000' ok 101 1000 "" ping=20 messages=9
check_same 'what waits is bounded, and has gone in the end' \
	'open "full?ms=300" bytes=1000000 bytes=40000 bytes=50000 messages=1 close=1000 | cut -d " " -f 1-3' \
	'printf "opened\nsend 1000000: 0\nsend 40000: 0\nsend 50000: -1\nroom\ntext 1000000 bytes\nended ok status=101\n"'
ok 'pings without end from one who reads nothing' ends flood broken 101 1006 ".*why='the other side reads nothing'" messages=9
check 'nothing a client must not do' '[ -f "$T/plain.err" ] && ! grep . "$T/plain.err"'

# TLS.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/ca.key" -out "$T/ca.pem" -days 2 -subj /CN=authority 2>"$T/openssl.err"
certificate() { # FILE SUBJECTALTNAME DAYS
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/$1.key" -out "$T/$1.csr" -subj /CN=server 2>>"$T/openssl.err"
	printf 'subjectAltName=%s\n' "$2" >"$T/$1.ext"
	openssl x509 -req -in "$T/$1.csr" -CA "$T/ca.pem" -CAkey "$T/ca.key" -days "$3" -extfile "$T/$1.ext" -out "$T/$1.crt" 2>>"$T/openssl.err"
	cat "$T/$1.key" "$T/$1.crt" >"$T/$1.pem"
}
certificate good IP:127.0.0.1,DNS:localhost 2
certificate other DNS:elsewhere.example 2
certificate old IP:127.0.0.1 -1
tls() { path=$1 && shift && ws "wss://127.0.0.1:$port/$path" connect=5000 ca="$T/ca.pem" "$@"; }
fake tls ws.py --cert "$T/good.pem"
check_same 'by TLS' 'tls echo text=hello bytes=100000 messages=2 close=1000 | grep -v -e room -e X-Seen | cut -d " " -f 1-4' \
	'printf "opened\nsend 100000: 0\ntext hello\nbinary 100000\nended ok status=101 code=1000\n"'
check_same 'one byte at a time' 'tls drip messages=9 | cut -d " " -f 1-4' \
	'printf "opened\ntext slowly\nbinary 300\nended ok status=101 code=1001\n"'
check_same 'the greatest message' 'tls max messages=1 close=1000 | sed -n 2p' 'echo binary 1048576'
check_same 'a name' 'ws "wss://localhost:$port/echo" ca="$T/ca.pem" connect=5000 text=x messages=1 close=1000 | grep text' 'echo text x'
check_same 'a reset' 'tls reset messages=9 | tail -n 1 | cut -d " " -f 1-4' 'echo ended broken status=101 code=1006'
check_same 'an authority that is not known' 'ws "wss://127.0.0.1:$port/echo" connect=5000 | cut -d " " -f 1-3' 'echo ended tls status=0'
check_same 'TLS where there is none' 'ws "wss://127.0.0.1:$plain/echo" ca="$T/ca.pem" connect=500 | cut -d " " -f 1-3' 'echo ended slow status=0'
check_same 'none where there is TLS' 'ws "ws://127.0.0.1:$port/echo" connect=5000 | cut -d " " -f 1-2' 'echo ended broken'
secure=$port
fake proxy http-proxy.py me:secret
check_same 'through a proxy' \
	'ws "wss://127.0.0.1:$secure/echo" ca="$T/ca.pem" connect=5000 proxy="http://me:secret@127.0.0.1:$port" text=x messages=1 close=1000 | grep text
	sed -n 2p "$T/proxy.said"' 'printf "text x\nCONNECT 127.0.0.1:%s HTTP/1.1\n" "$secure"'
check_same 'without TLS too' \
	'ws "ws://127.0.0.1:$plain/echo" connect=5000 proxy="http://me:secret@127.0.0.1:$port" text=x messages=1 close=1000 | grep text' 'echo text x'
ws "wss://127.0.0.1:$secure/echo" ca="$T/ca.pem" connect=5000 proxy="http://127.0.0.1:$port" >"$T/refused"
ok 'a proxy that refuses' grep -q '^ended [a-z]* status=0' "$T/refused"
for name in other old; do
	fake "$name" ws.py --cert "$T/$name.pem"
	check_same "a certificate that is $name" 'tls echo | cut -d " " -f 1-3' 'echo ended tls status=0'
done
plan
