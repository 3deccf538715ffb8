#!/bin/sh
# A disk that is full or read-only: the call goes on, and somebody is told what is lost.
# quiet: of every frame
. tests/lib.sh

sounds=/usr/share/asterisk/sounds/en_US_f_Allison
export TMPDIR="$T/tmp" CALLPIPE_SPOOL="$T/spool"
mkdir "$T/tmp" "$T/spool"
sox "$sounds/demo-congrats.wav" "$T/speech.wav" trim 0 4

# What the filters see is in $T/stream.
cat >"$T/call" <<EOF
#!/bin/sh
as-listen | tee "$T/stream" | as-speak --prompt "$sounds/demo-echotest.wav" --echo
EOF
chmod +x "$T/call"
said() { # STAGE TEXT: an error event of this stage, with this in its text, that is not fatal
	python3 -c '
import sys
sys.path.insert(0, "tests/fake")
import stream
mine = [d for kind, d, *_ in stream.read(open(sys.argv[1], "rb")) if kind == "error" and d["stage"] == sys.argv[2]]
sys.exit(not any(sys.argv[3] in d["text"] and not d["fatal"] for d in mine) and str(mine))' "$T/stream" "$@"
}

# A spool of its own for each call, in a mount namespace that ends with it; who is not root is so there.
own_mounts='unshare --mount'
[ "$(id -u)" = 0 ] || own_mounts="$own_mounts --map-root-user"
cat >"$T/answer" <<EOF
#!/bin/sh
mount -t tmpfs -o "\$SPOOL_MOUNT" tmpfs "$T/spool" </dev/null >&2 || exit 71
as-answer "$T/call"
code=\$?
cp -r "$T/spool" "$T/kept.\$\$" </dev/null >&2
exit \$code
EOF
chmod +x "$T/answer"

call() { # MOUNT-OPTIONS NAME
	SPOOL_MOUNT=$1 && export SPOOL_MOUNT
	# shellcheck disable=SC2086 # a command
	serve $own_mounts "$T/answer"
	as-dial --json -e "say $T/speech.wav; silence 1; hangup" "127.0.0.1:$port" >"$T/$2.json"
	wait_for 20 eval 'ls -d "$T"/kept.*' && mv "$T"/kept.* "$T/$2.kept"
	cp "$T/serve.err" "$T/$2.err"
}

call size=48k full
check "full: the caller hears every frame" 'tests/fake/report.py "ok and (untimed or not gaps and frames >= 0.999 * frames_due)" <"$T/full.json"'
check "full: as-listen says what is lost" 'grep "as-listen: .*caller.s16.*No space" "$T/full.err"'
check "full: as-answer says what is lost" 'grep "as-answer: .*No space" "$T/full.err"'
ok "full: the filters are told by as-listen" said as-listen "No space"
ok "full: and by as-answer" said as-answer "No space"

call size=1m,ro readonly
check "read-only: the caller hears every frame" 'tests/fake/report.py "ok and (untimed or not gaps and frames >= 0.999 * frames_due)" <"$T/readonly.json"'
ok "read-only: the filters are told" said as-answer "Read-only"
check "read-only: the message says where the record is" 'grep "as-answer: .*Read-only.*$T/tmp" "$T/readonly.err"'
check "read-only: it is there, whole" 'grep "\"type\":\"verdict\"" $(find "$T/tmp" -name events.jsonl)'
check "read-only: and tells of it" 'grep "\"type\":\"error\".*Read-only" $(find "$T/tmp" -name events.jsonl)'
plan
