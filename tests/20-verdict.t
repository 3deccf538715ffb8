#!/bin/sh
# pipelines/deploy/verdict: how a call ended, over HTTP, to whoever asks, and nothing else.
# shellcheck disable=SC2034 # variables are used in the text that check evaluates
. tests/lib.sh

verdict=pipelines/deploy/verdict
CALLPIPE_SPOOL=$T/spool
export CALLPIPE_SPOOL
mkdir -p "$T/spool/verdicts"
uuid=12345678-9abc-4def-8000-0123456789ab
echo 'transfer sales' >"$T/spool/verdicts/$uuid"
echo secret >"$T/spool/secret"
ln -s ../secret "$T/spool/verdicts/x"
# ask REQUEST-LINE: the answer, without carriage returns.
ask() { printf '%b' "$1\r\nHost: x\r\n\r\n" | "$verdict" | tr -d '\r'; }
status() { ask "$1" | head -n 1; }
not_found='HTTP/1.1 404 Not Found'

check_same 'a verdict' "ask 'GET /$uuid HTTP/1.1'" "printf 'HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 14\nCache-Control: no-store\nConnection: close\n\ntransfer sales'"
check_same 'in upper case' "ask 'GET /12345678-9ABC-4DEF-8000-0123456789AB HTTP/1.0' | tail -n 1" 'printf "transfer sales"'
check_same 'its head' "ask 'HEAD /$uuid HTTP/1.1' | tail -n 2" 'printf "Connection: close\n\n"'
check_same 'the length is that of the verdict' "ask 'HEAD /$uuid HTTP/1.1' | grep Length" "echo 'Content-Length: 14'"
check_same 'a call that is not there' "ask 'GET /12345678-9abc-4def-8000-0123456789ac HTTP/1.1' | tail -n 2" \
	'printf "Connection: close\n\n"'
for path in / /x /../secret "/$uuid/" "/$uuid?x" "/../verdicts/$uuid" "//$uuid/../../secret" '/*' "/${uuid%?}*" '/$(id)' \
	'/????????-????-????-????-????????????' '/;id' "/%2e%2e/secret" "/12345678-9abc-4def-8000-0123456789aé" "/-n"; do
	check_same "no verdict: $path" 'status "GET $path HTTP/1.1"' 'echo "$not_found"'
done
for request in '' GET "GET /$uuid" "POST /$uuid HTTP/1.1" "GET /$uuid FTP/1.0" '\0\0\0' '\001\000\020' "DELETE /$uuid HTTP/1.1"; do
	check_same "no request: $request" 'status "$request"' 'echo "HTTP/1.1 400 Bad Request"'
done
check_same 'a request without an end' 'head -c 100000 /dev/zero | tr "\0" a | "$verdict" | head -n 1 | tr -d "\r"' 'echo "HTTP/1.1 400 Bad Request"'
: >"$T/spool/verdicts/$uuid"
check_same 'a verdict that is being written' 'status "GET /$uuid HTTP/1.1"' 'echo "$not_found"'
head -c 5000 /dev/zero | tr '\0' a >"$T/spool/verdicts/$uuid"
check_same 'no more of a file than a verdict has' 'ask "GET /$uuid HTTP/1.1" | tail -n 1 | wc -c' 'echo 80'

# Over a real connection: it is answered at once, though the client does not close; silence is cut off.
echo hangup >"$T/spool/verdicts/$uuid"
serve "$verdict"
client='
import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
start = time.monotonic()
s.sendall(sys.argv[2].encode())
data = b""
while b"\r\n\r\n" not in data and (more := s.recv(4096)): data += more
print("%d %s" % (time.monotonic() - start, data.decode().split("\r\n")[0]))'
check_same 'answered at once' 'python3 -c "$client" "$port" "$(printf "GET /%s HTTP/1.1\r\nHost: x\r\n%s\r\n" "$uuid" "$(printf "X-%0900d: 1\r\n" 1 2 3 4 5)")"' \
	'echo "0 HTTP/1.1 200 OK"'
check_same 'silence has 2 s' 'python3 -c "$client" "$port" GET' 'echo "2 HTTP/1.1 400 Bad Request"'
plan
