#!/bin/sh
# Requests over TLS, HTTP/2 and proxies, and to names, against servers that share no code with ours: nghttpd, Python and
# OpenSSL; tests/unit/http and http-calls are about HTTP/1.1 and its faults.
. tests/lib.sh

http=$B/tests/unit/http

# authority: $T/ca.pem; certificates of 127.0.0.1, another name, nobody, the past
cert() { # NAME SUBJECT-ALTERNATIVE-NAME [OPTION...]
	name=$1 san=$2 && shift 2
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/$name.key" -subj "/CN=$name" -out "$T/$name.csr" &&
		echo "subjectAltName=$san" >"$T/$name.ext" &&
		openssl x509 -req -in "$T/$name.csr" -extfile "$T/$name.ext" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial \
			-days 30 -out "$T/$name.pem" "$@"
}
certs() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/ca.key" -subj /CN=authority -out "$T/ca.pem" -days 30 &&
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/self.key" -subj /CN=127.0.0.1 \
			-addext subjectAltName=IP:127.0.0.1 -out "$T/self.pem" -days 30 &&
		cert right IP:127.0.0.1,DNS:tls.loop.test && cert wrong DNS:example.org
}
certs >"$T/certs.log" 2>&1 || { echo 'Bail out! no certificates' && diag "$T/certs.log" && exit 1; }

# A fake that prints its port, and would end with its stdin: $port.
fake() { # NAME COMMAND [ARG...]
	name=$1 && shift
	mkfifo "$T/$name.in" && : >"$T/$name.out"
	start sh -c 'in=$1 && shift && exec "$@" <>"$in"' sh "$T/$name.in" "$@" >"$T/$name.out" 2>"$T/$name.err"
	wait_for 5 test -s "$T/$name.out" || { echo "Bail out! $name does not start" && exit 1; }
	port=$(head -1 "$T/$name.out")
}
faults() { fake "$1" python3 tests/fake/http-faults.py "$T/$1.pem" "$T/$1.key"; }

faults right && right=$port
faults wrong && wrong=$port
faults self && self=$port
fake plain python3 tests/fake/http-faults.py && plain=$port
fake proxy python3 tests/fake/http-proxy.py && proxy=$port
fake gate python3 tests/fake/http-proxy.py user:pass-word && gate=$port

get() { timeout 20 "$http" "$@" >"$T/got" 2>&1; }
# got LINE...: the first lines are these, but for what is not known before: numbers of ms.
got() {
	for line; do echo "$line"; done >"$T/want"
	head -$# "$T/got" | sed 's/ *$//' | diff -u "$T/want" - || { cat "$T/got" && false; }
}
says() { grep -q "^$1" "$T/got" || { cat "$T/got" && false; }; }
check_none() { ! grep -n "$1" "$2"; }
longest() { sed -n 's/^longest turn \([0-9]*\) ms$/\1/p' "$T/got"; }

# ---- TLS ----

get -a "$T/ca.pem" "https://127.0.0.1:$right/ok" "https://127.0.0.1:$right/ok"
ok 'a server whose authority is known' got 'ok 200 HTTP/1 new 2' 'ok 200 HTTP/1 kept 2'
get "https://127.0.0.1:$right/ok"
ok 'whose authority is not: TLS' says 'tls 0 HTTP/1 new 0 SSL certificate problem\|tls 0 HTTP/1 kept 0 SSL certificate problem'
get -a "$T/ca.pem" "https://127.0.0.1:$self/ok"
ok 'one of its own: TLS' says 'tls 0 HTTP/1 kept 0 SSL certificate problem: self-signed certificate'
get -a "$T/ca.pem" "https://127.0.0.1:$wrong/ok"
ok 'of another name: TLS' says 'tls 0 HTTP/1 kept 0 SSL: no alternative certificate subject name matches'
get -a "$T/none.pem" "https://127.0.0.1:$right/ok"
ok 'a file of authorities that is not there is our own fault' says 'unable 0 HTTP/1 kept 0 error setting certificate'
get "https://127.0.0.1:$plain/ok"
ok 'a server that does not speak TLS: TLS' says 'tls 0 '
for path in stops reset cut bad-chunk drip; do
	get -a "$T/ca.pem" -f 300 -t 600 -i 100 "https://127.0.0.1:$right/$path"
	ok "$path over TLS" says '\(slow\|broken\) 200 '
done

# ---- names ----

export LD_PRELOAD="$B/tests/preload/resolver.so" RESOLVER_MS=2000
get -c 5000 "http://any.loop.test:$plain/ok"
ok 'a name' got 'ok 200 HTTP/1 new 2'
get -c 5000 "http://nobody.test:$plain/ok"
ok 'a name that nobody knows: refused' says 'refused 0 HTTP/1 kept 0 Could not resolve host: nobody.test'
for how in reset closed; do
	get -c 5000 "https://$how.loop.test:$plain/ok"
	ok "a handshake that is $how has nothing to do with trust" says 'broken 0 HTTP/1 kept 0 '
done
get -c 100 "http://very.slow.test:$plain/ok" "http://any.loop.test:$plain/ok"
ok 'a name that is looked for too long: slow, and what comes next does not wait' \
	got 'slow 0 HTTP/1 kept 0 not connected within 100 ms' 'ok 200 HTTP/1 new 2'
ok 'and nothing stood still for it' test "$(longest)" -lt 1000
get -f 6000 -c 6000 "http://very.slow.test:$plain/ok"
ok 'one that is found in the end' got 'ok 200 HTTP/1 new 2'
ok 'while nothing stood still' test "$(longest)" -lt 1000
unset LD_PRELOAD

# ---- proxies ----

get -x "http://127.0.0.1:$proxy" "http://127.0.0.1:$plain/ok"
ok 'over a proxy' got 'ok 200 HTTP/1 new 2'
ok 'which is told the whole URL' grep -q "^GET http://127.0.0.1:$plain/ok HTTP/1.1" "$T/proxy.out"
get -b -x "http://127.0.0.1:$proxy" -a "$T/ca.pem" -H 'Authorization:Bearer sk-proxied' "https://127.0.0.1:$right/ok"
ok 'TLS through a proxy' got 'ok 200 HTTP/1 new 2'
ok 'whose own headers are not the reply' check_none 'proxy' "$T/got"
ok 'which is told only the host' grep -q "^CONNECT 127.0.0.1:$right HTTP/1.1" "$T/proxy.out"
get -x "http://127.0.0.1:$proxy" -n 127.0.0.1 "http://127.0.0.1:$plain/ok?direct"
ok 'a host that is reached without it' eval "got 'ok 200 HTTP/1 new 2' && ! grep direct '$T/proxy.out'"
http_proxy=http://127.0.0.1:$proxy get "http://127.0.0.1:$plain/ok?usual"
ok 'the usual variables are obeyed' eval "got 'ok 200 HTTP/1 new 2' && grep -q usual '$T/proxy.out'"
get -x "http://user:pass-word@127.0.0.1:$gate" -a "$T/ca.pem" "https://127.0.0.1:$right/ok"
ok 'a proxy with a password' got 'ok 200 HTTP/1 new 2'
get -x "http://user:wrong-word@127.0.0.1:$gate" -a "$T/ca.pem" "https://127.0.0.1:$right/ok"
ok 'a wrong one: refused' says 'refused 0 HTTP/1 kept 0 the proxy refuses: HTTP status 407'
ok 'and it is not said' check_none 'word' "$T/got"
get -x "http://user:wrong-word@127.0.0.1:1" "http://127.0.0.1:$plain/ok"
ok 'no proxy there: refused' says 'refused 0 '
ok 'and its password is not said' check_none 'word' "$T/got"

# ---- HTTP/2 ----

# nghttpd takes a port and tells none: one that was free a moment ago, and another if it is not now.
free_port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
h2() { # NAME [OPTION...]
	name=$1 && shift
	for _ in 1 2 3 4 5; do
		port=$(free_port)
		start nghttpd -v -a 127.0.0.1 -d "$T/www" "$@" "$port" "$T/right.key" "$T/right.pem" >"$T/$name.log" 2>&1
		wait_for 5 get -a "$T/ca.pem" "https://127.0.0.1:$port/ok" && says 'ok 200 HTTP/2 new 2' && return
	done
	echo 'Bail out! nghttpd does not start' && exit 1
}
mkdir "$T/www"
printf ok >"$T/www/ok"
head -c 30000000 /dev/zero >"$T/www/big"
h2 nghttpd --echo-upload && nghttpd=$port
h2 few -m 2 -w 16 -W 16 && few=$port
lines() { grep -c "^$1" "$T/got" || true; }

get -a "$T/ca.pem" -r 3 "https://127.0.0.1:$nghttpd/ok"
ok 'HTTP/2, over one connection' got 'ok 200 HTTP/2 new 2' 'ok 200 HTTP/2 kept 2' 'ok 200 HTTP/2 kept 2'
get -a "$T/ca.pem" "https://127.0.0.1:$nghttpd/none"
ok 'an error' got 'ok 404 HTTP/2 new 0 HTTP status 404'
get -a "$T/ca.pem" -p -r 50 "https://127.0.0.1:$nghttpd/ok"
ok 'fifty at once, over one' eval '[ "$(lines "ok 200 HTTP/2 new 2")" = 1 ] && [ "$(lines "ok 200 HTTP/2 kept 2")" = 49 ]'
get -a "$T/ca.pem" -p -r 20 "https://127.0.0.1:$few/ok"
ok 'twenty where two are allowed' eval '[ "$(lines "ok 200 HTTP/2 .* 2")" = 20 ]'
get -a "$T/ca.pem" -w "https://127.0.0.1:$nghttpd/ok"
ok 'a connection that was made before' got 'ok 200 HTTP/2 kept 2'
get -a "$T/ca.pem" -w -p "https://127.0.0.1:$nghttpd/ok"
ok 'or is just being made' got 'ok 200 HTTP/2 kept 2'
get -a "$T/ca.pem" -D 3000000 "https://127.0.0.1:$nghttpd/echo"
ok 'three million bytes sent, and back' got 'ok 200 HTTP/2 new 3000000'
get -a "$T/ca.pem" -p "https://127.0.0.1:$nghttpd/big" "https://127.0.0.1:$nghttpd/ok" "https://127.0.0.1:$nghttpd/big"
ok 'long ones beside a short one on their connection' \
	got 'ok 200 HTTP/2 new 30000000' 'ok 200 HTTP/2 kept 2' 'ok 200 HTTP/2 kept 30000000'
get -a "$T/ca.pem" -p -C big -r 5 "https://127.0.0.1:$nghttpd/big" "https://127.0.0.1:$nghttpd/ok"
ok 'some cancelled, and the others on the same connection not' eval \
	'[ "$(lines cancelled)" = 5 ] && [ "$(lines "ok 200 HTTP/2 kept 2")" = 5 ]'
ok 'which the server was told' wait_for 5 grep -q 'recv.*RST_STREAM frame' "$T/nghttpd.log"
get -a "$T/ca.pem" -C big "https://127.0.0.1:$nghttpd/big" "https://127.0.0.1:$nghttpd/big" "https://127.0.0.1:$nghttpd/ok"
ok 'nor is the connection closed by that' got cancelled cancelled 'ok 200 HTTP/2 kept 2'
get -x "http://127.0.0.1:$proxy" -a "$T/ca.pem" -r 2 "https://127.0.0.1:$nghttpd/ok"
ok 'through a proxy' got 'ok 200 HTTP/2 new 2' 'ok 200 HTTP/2 kept 2'

# ---- not where nobody asks ----

loads() { # SONAME TOOL [ARG...]
	so=$1 && shift
	LD_DEBUG=files "$@" </dev/null 2>&1 | grep -q "file=$so"
}
check 'what is loaded is seen' 'loads libjansson.so.4 agent --help && loads libcurl.so.4 "$http" "http://127.0.0.1:$plain/ok"'
check 'stt without a network engine loads no libcurl' 'loads libc.so.6 stt -e none && ! loads libcurl stt -e none'
check 'nor does tts' 'loads libc.so.6 tts -e none && ! loads libcurl tts -e none'

plan
