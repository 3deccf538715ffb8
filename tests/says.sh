# A call in which tts says some texts and hangs up:
# . tests/lib.sh; . tests/says.sh; says TEXT...; as-dial "127.0.0.1:$port"; plan
# shellcheck shell=sh

# The agent: behind the first frame what it says, then a hangup.
cat >"$T/agent" <<'END'
#!/bin/sh
read -r first && printf '%s\n' "$first"
n=0
for text; do
	printf '{"type":"synthesize","data":{"utterance":"u%d","turn":0%s,"text":"%s"}}\n' $((n += 1)) "${MORE-}" "$text"
done
printf '{"type":"hangup"}\n'
exec cat
END
chmod +x "$T/agent"
# says TEXT...: calls to $port hear these; MORE: members of each synthesize, with a comma before them.
says() { serve as-answer sh -c 'as-listen | "$0" "$@" | tts | as-speak' "$T/agent" "$@"; }
# The journal of the latest call, and of all.
journal() { cat "$(find "$T/spool/calls" -name events.jsonl -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)"; }
journals() { find "$T/spool/calls" -name events.jsonl -exec cat {} +; }
