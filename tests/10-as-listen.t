#!/bin/sh
# as-listen on the bytes of a recorded connection: framing, replay, and all that a file can be.
. tests/lib.sh

cat >"$T/make.py" <<'PY'
"""Write the bytes of an AudioSocket connection: make.py CASE."""
import math, random, struct, sys

rng = random.Random(7)

def message(kind, payload=b""):
    return bytes([kind]) + struct.pack(">H", len(payload)) + payload

def tone(at, n, rate=8000, hz=440):
    return struct.pack("<%dh" % n, *(int(9000 * math.sin(2 * math.pi * hz * (at + i) / rate)) for i in range(n)))

def ulaw(at, n):
    def code(x):
        sign, x = (0x80, -x) if x < 0 else (0, x)
        x = min(x, 32635) + 132
        exp = x.bit_length() - 8
        return ~(sign | exp << 4 | x >> exp + 3 & 15) & 255
    return bytes(code(v) for v in struct.unpack("<%dh" % n, tone(at, n)))

def plain(frames):
    return b"".join(message(0x10, tone(160 * k, 160)) for k in range(frames))

UUID = message(1, bytes(range(0xa0, 0xb0)))
CASES = {
    "call": lambda: UUID + plain(60) + message(3, b"5") + message(0x10) + message(0x42, b"?") + plain(65) + message(3, b"#"),
    "odd": lambda: UUID + odd(tone(0, 8000)),
    "large": lambda: UUID + message(0x10, tone(0, 32767)) + plain(10),
    "ulaw": lambda: UUID + b"".join(message(0x10, ulaw(160 * k, 160)) for k in range(50)),
    "wide": lambda: UUID + b"".join(message(0x12, tone(320 * k, 320, 16000)) for k in range(50)),
    "garbage": lambda: rng.randbytes(200000),
    "digits": lambda: UUID + b"".join(message(3, bytes([c])) for c in range(256)) + message(3, b"12") + message(3),
    "cut": lambda: UUID + plain(10) + message(0x10, tone(0, 160))[:200],
    "raw": lambda: b"".join(tone(160 * k, 160) for k in range(60)) + b"".join(tone(160 * k, 160) for k in range(65)),
    "keys": lambda: UUID + plain(10) + message(3, b"1") * 5000 + plain(60) + message(3, b"2"),
    "noid": lambda: plain(3),
}

def odd(pcm):
    out = b""
    while pcm:
        n = rng.choice([0, 1, 2, 3, 29, 58, 115, 321, 640])
        out += message(0x10, pcm[:n])
        pcm = pcm[n:]
    return out

sys.stdout.buffer.write(CASES[sys.argv[1]]())
PY
cat >"$T/look.py" <<'PY'
"""Check a stream on stdin and tell what is in it: look.py events|audio."""
import json, os, sys
sys.path.insert(0, "tests/fake")
import stream

expect, out = 0, os.fdopen(1, "wb")
for kind, data, payload, raw in stream.read(sys.stdin.buffer):
    if kind == "audio-chunk":
        head = ('{"type":"audio-chunk","data":{"rate":%d,"width":2,"channels":1,"timestamp":%d},"payload_length":%d}\n'
                % (data["rate"], expect, data["rate"] // 25))
        assert raw == head.encode() + payload, (head, raw[:120])
        expect += 20
        if sys.argv[1] == "audio":
            out.write(payload)
    elif sys.argv[1] == "events":
        out.write(raw)
PY
make() { python3 "$T/make.py" "$1" >"$T/$1"; }
look() { python3 "$T/look.py" "$@"; }
# slowly FILE: one byte a write
slowly() { dd if="$1" bs=1 status=none; }
for case in call odd large ulaw wide garbage digits keys cut raw noid; do make $case; done
mkdir "$T/dir" "$T/odd-dir" "$T/half"
echo '{"call":"X-2","uuid":"X","rate":8000,"vars":{"k":"\u00e9 é"}}' >"$T/dir/call.json"

plan 48
as-listen <"$T/call" >"$T/stream"
check_same 'events in order, at the time of the audio' "look events <$T/stream | head -5" "cat <<'E'
{\"type\":\"call-start\",\"data\":{\"call\":\"a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf\",\"uuid\":\"a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf\",\"rate\":8000}}
{\"type\":\"clock\",\"data\":{\"timestamp\":500,\"dropped_ms\":0}}
{\"type\":\"clock\",\"data\":{\"timestamp\":1000,\"dropped_ms\":0}}
{\"type\":\"dtmf\",\"data\":{\"digit\":\"5\",\"timestamp\":1200}}
{\"type\":\"clock\",\"data\":{\"timestamp\":1500,\"dropped_ms\":0}}
E"
check_same 'to the end' "look events <$T/stream | tail -2" "cat <<'E'
{\"type\":\"dtmf\",\"data\":{\"digit\":\"#\",\"timestamp\":2500}}
{\"type\":\"call-end\",\"data\":{\"cause\":\"caller-hangup\"}}
E"
look audio <"$T/stream" >"$T/heard"
ok 'every sample is there, in chunks of 20 ms' cmp "$T/heard" "$T/raw"
as-listen --raw <"$T/call" >"$T/raw.out"
ok '--raw gives the same samples' cmp "$T/raw.out" "$T/raw"
slowly "$T/call" | as-listen >"$T/slow"
ok 'one byte at a time: the same stream' cmp "$T/slow" "$T/stream"
CALLPIPE_UUID=u CALLPIPE_CALL=u-3 as-listen </dev/null >"$T/empty"
check_same 'empty input is a call without audio' "cat $T/empty" "cat <<'E'
{\"type\":\"call-start\",\"data\":{\"call\":\"u-3\",\"uuid\":\"u\",\"rate\":8000}}
{\"type\":\"call-end\",\"data\":{\"cause\":\"caller-hangup\"}}
E"
check_same 'no UUID message: its audio counts' "as-listen <$T/noid | look audio | wc -c" 'echo 960'
check_same 'nor is one known' "as-listen <$T/noid | grep -ao '\"uuid\":\"[0-9-]*\"'" 'echo "\"uuid\":\"00000000-0000-0000-0000-000000000000\""'

as-listen <"$T/odd" >"$T/odd.out"
look audio <"$T/odd.out" >"$T/odd.pcm"
check 'messages of 0, 1, odd and long sizes: every sample once' "head -c 16000 $T/raw | cmp - $T/odd.pcm"
check_same '65534 bytes at once' "as-listen <$T/large | look audio | wc -c" 'echo 68800'
check_same 'digits are 0-9 * # A-D, one at a time' "as-listen <$T/digits | sed -n 's/.*\"digit\":\"\(.\)\".*/\1/p' | tr -d '\n'" 'printf "#*0123456789ABCD"'
check_same 'more than 50 in a second are dropped, which is said once' "as-listen <$T/keys 2>$T/err | look events | sed -n 's/.*\"\(digit\|code\)\":\"\([^\"]*\)\".*/\2/p' | uniq -c | awk '{ print \$1, \$2 }'; tail -1 $T/err" "printf '50 1\n1 keys\n1 2\nas-listen: 4950 keys were dropped\n'"
check_same 'a message cut short: what is whole' "as-listen <$T/cut | look audio | wc -c" 'echo 3200'
check 'and a good end' "as-listen <$T/cut | tail -1 | grep -q caller-hangup"
check 'garbage is a stream too, and bad input' "must_fail 65 as-listen <$T/garbage >$T/g && tail -1 $T/g | grep -q call-end"
check 'a capture cut off is bad input' "printf '\\020\\001\\100' | must_fail 65 as-listen | grep -q call-end"

check 'u-law under 0x10 is decoded' "as-listen <$T/ulaw 2>$T/err | look audio >$T/u.pcm; [ \$(wc -c <$T/u.pcm) = 16000 ]"
ok 'to the same tone' python3 -c "
import struct
a, b = (struct.unpack('<8000h', open('$T/' + f, 'rb').read(16000)) for f in ('u.pcm', 'raw'))
worst = max(abs(x - y) for x, y in zip(a, b))
assert worst < 300, worst"
check 'and said so, once' "as-listen <$T/ulaw 2>/dev/null | look events | grep -c 'c(slin).*\"code\":\"g711\",\"fatal\":false' | grep -qx 1"
check 'on stderr too' "grep -q '^as-listen: .*u-law' $T/err"
check_same 'told so, it is no news' "as-listen --codec=ulaw <$T/ulaw 2>&1 | look events | grep -c error" 'echo 0'
check_same 'told otherwise, it is believed' "CALLPIPE_CODEC=slin as-listen <$T/ulaw | look audio | wc -c" 'echo 8000'
check_same '16 kHz to 8' "as-listen <$T/wide | look audio | wc -c | awk '{ print (\$1 > 15600 && \$1 <= 16000) }'" 'echo 1'
check_same '16 kHz as it is' "as-listen -r 16000 <$T/wide | look audio | wc -c" 'echo 32000'

as-listen --dir "$T/dir" <"$T/call" >"$T/live"
{ printf '{"type":"call-start","data":' && tr -d '\n' <"$T/dir/call.json" && echo '}'; } >"$T/start"
check_same 'call.json is the data of call-start, as it is' "head -1 $T/live" "cat $T/start"
ok 'caller.s16 is what the caller said' cmp "$T/dir/caller.s16" "$T/raw"
ok 'the replay is the stream' eval "as-listen --replay $T/dir | cmp - $T/live"
ok 'twice, and no setting stands in its way' eval "CALLPIPE_REPLAY=/none CALLPIPE_RAW=1 as-listen --replay $T/dir | cmp - $T/live"
CALLPIPE_DIR=$T/odd-dir as-listen <"$T/odd" >"$T/live"
ok 'also of odd frames' eval "as-listen --replay $T/odd-dir | cmp - $T/live"
check 'a recording is not overwritten' "as-listen --dir $T/dir <$T/odd 2>$T/err | look events | grep -q '\"text\":\"[^\"]*caller.s16[^\"]*File exists.*\"code\":\"record\"'; cmp $T/dir/caller.s16 $T/raw"

cp "$T/dir/call.json" "$T/dir/caller.s16" "$T/half"
as-listen --replay "$T/half" >"$T/half.out"
ok 'caller.s16 alone: all of it' eval "look audio <$T/half.out | cmp - $T/raw"
check_same 'with a clock and an end' "look events <$T/half.out | cut -d'\"' -f4 | uniq -c | awk '{ print \$1, \$2 }'" "printf '1 call-start\n5 clock\n1 call-end\n'"
head -c 400 "$T/dir/listen.jsonl" >"$T/half/listen.jsonl"
ok 'cut short by kill -9: exit 65' must_fail 65 eval "as-listen --replay $T/half >$T/half.out 2>$T/err"
check 'says so in one line' "[ \$(wc -l <$T/err) = 1 ] && grep -q 'without call-end' $T/err"
check 'what is whole is replayed' "[ -s $T/half.out ] && as-listen --replay $T/dir | cmp -n \$(wc -c <$T/half.out) - $T/half.out"
check 'without call-end' "! grep -aq call-end $T/half.out"
cp "$T/dir/listen.jsonl" "$T/half" && truncate -s 9999 "$T/half/caller.s16"
ok 'samples missing: exit 65' must_fail 65 as-listen --replay "$T/half"
cp "$T/dir/caller.s16" "$T/half"
# listing TEXT: replay a recording whose list is a call-start and this
listing() {
	{ head -1 "$T/dir/listen.jsonl" && cat; } >"$T/half/listen.jsonl"
	must_fail 65 as-listen --replay "$T/half" 2>"$T/err" && grep -q "listen.jsonl, line 2: $1" "$T/err"
}
check 'an overlong frame: exit 65' "printf '{\"frame\":{\"type\":\"x\",\"data\":{\"x\":\"%060000d\"}}}\n' 0 | listing 'not a frame'"
check 'a line without an end, too' "yes '' | tr '\n' x | head -c 1000000 | listing 'too long'"
check 'more than a frame in a line, too' "echo '{\"frame\":{\"type\":\"x\",\"payload_length\":2},\"payload\":{\"a\":1}}' | listing 'not a frame'"
ok 'no directory: exit 65' must_fail 65 as-listen --replay "$T/none"

ok 'a reader that leaves is no error' eval "as-listen <$T/call | head -c 100 >/dev/null"
ok 'a full disk on stdout: exit 74' must_fail 74 eval "as-listen <$T/call >/dev/full"
ok 'so for --replay' must_fail 74 eval "as-listen --replay $T/dir >/dev/full"
ok 'a folder on stdin: exit 74' must_fail 74 eval "as-listen <$T >$T/out"

# Short and interrupted reads and writes.
for seed in 1 2 3; do
	LD_PRELOAD=$B/tests/preload/short.so SHORT_SEED=$seed as-listen <"$T/call" >"$T/short.out"
	ok "short reads and writes, seed $seed: the same stream" cmp "$T/short.out" "$T/stream"
done
