#!/bin/sh
# redact as a filter: journals, transcripts, texts; what is masked, what is left, and nothing that leaks.
. tests/lib.sh

masked() { printf '%s\n' "$1" | redact --filter --format=text; }
same() { masked "$1" | diff -u "$T/want" -; }
# turns TEXT WANT: what it becomes.
turns() {
	printf '%s\n' "$2" >"$T/want"
	ok "$2" same "$1"
}

turns 'my name is john smith and my number is oh six one two three four five six seven eight' \
	'my name is [NAME_1] and my number is [PHONE_1]'
turns 'Call +33 6 12 34 56 78, or 06.12.34.56.78, order 4711, 12.50 euros, 25.11.2026 at 12:30' \
	'Call [PHONE_1], or [PHONE_1], order 4711, 12.50 euros, 25.11.2026 at 12:30'
turns 'mon mail c'\''est jean point dupont arobase gmail point com' 'mon mail c'\''est [EMAIL_1]'
turns 'я Иван, пишите на ivan@example.com' 'я Иван, пишите на [EMAIL_1]'
turns 'мене звати Олена Коваль, вулиця Хрещатик, будинок 12, квартира 5' 'мене звати [NAME_1], [ADDRESS_1]'
turns 'عنواني شارع الملك فهد رقم 12 شقة 5' 'عنواني [ADDRESS_1]'
turns 'card 4111 1111 1111 1111, not 4111 1111 1111 1112 of the model' 'card [CARD_1], not [CARD_2] of the model'
turns 'IBAN GB82 WEST 1234 5698 7654 32 or GB82WEST12345698765432.' 'IBAN [IBAN_1] or [IBAN_1].'

cat >"$T/journal" <<'E2'
{"seq":1,"t":0,"type":"call-start","data":{"call":"ca11fff0-3361-1223-344f-000000000007","from":"033611223344","rate":8000}}
{"seq":2,"t":1,"type":"synthesize","data":{"utterance":"u1","text":"May I have your name?"}}
{"seq":3,"t":2,"type":"transcript","data":{"turn":1,"text":"ruth cohen"}}
{"seq":4,"t":3,"type":"tool-call","data":{"id":"t1","name":"find_client","arguments":{"number":"4711"}}}
{"seq":5,"t":4,"type":"tool-result","data":{"id":"t1","result":{"found":true,"name":"Ruth Coh\u0065n","phone":33611223344},"status":"ok"}}
{"broken and Ruth Cohen
{"seq":6,"t":5,"type":"synthesize","data":{"text":"Thank you, \"Ruth\" Cohen."}}
E2
cat >"$T/want" <<'E2'
{"seq":1,"t":0,"type":"call-start","data":{"call":"ca11fff[PHONE_1]f-000000000007","from":"[PHONE_1]","rate":8000}}
{"seq":2,"t":1,"type":"synthesize","data":{"utterance":"u1","text":"May I have your name?"}}
{"seq":3,"t":2,"type":"transcript","data":{"turn":1,"text":"[NAME_1]"}}
{"seq":4,"t":3,"type":"tool-call","data":{"id":"t1","name":"find_client","arguments":{"number":"4711"}}}
{"seq":5,"t":4,"type":"tool-result","data":{"id":"t1","result":{"found":true,"name":"[NAME_1]","phone":"[PHONE_1]"},"status":"ok"}}
{"seq":6,"t":5,"type":"synthesize","data":{"text":"Thank you, \"[NAME_1]\" [NAME_1]."}}
E2
ok 'a line that is no record is worth 65' must_fail 65 sh -c "redact --filter <$T/journal >$T/out 2>$T/err"
ok 'and is left out, and all others are masked' diff -u "$T/want" "$T/out"
check 'and it is said' 'grep -q "line 6 is left out" $T/err && ! grep -q Ruth $T/err'
check_same 'masked twice is masked once' 'redact --filter <$T/out' 'cat $T/out'
ok 'broken JSON is worth 65' must_fail 65 sh -c "printf '{\"name\":\"Ruth Cohen\"' | redact --filter >$T/out 2>/dev/null"
check 'and nothing of it comes out' '[ ! -s $T/out ]'
check 'partial masks' '[ "$(echo "+380671231234 4111111111111111 ivan@example.com, my name is Ivan Petrov" |
	redact -F -s partial)" = "+38067***1234 4111 **** **** 1111 i***@***.com, my name is I*** P***" ]'
check 'a customer number is none unless it is asked for' '[ "$(echo "customer number 4711" | redact -F)" = "customer number 4711" ]'
check 'and one then' '[ "$(echo "customer number 4711" | redact -F -c 4)" = "customer number [CUSTOMER_1]" ]'

# Keys: a number that was keyed, a choice that was not.
{
	echo '{"seq":1,"t":0,"type":"synthesize","data":{"text":"Please key in your phone number."}}'
	i=1
	for digit in 0 6 1 2 3 4 5 6 7 8 '#' 1; do
		i=$((i + 1))
		echo "{\"seq\":$i,\"t\":$((i * 400)),\"type\":\"dtmf\",\"data\":{\"digit\":\"$digit\"}}"
	done
} >"$T/keys"
check 'a number that was keyed is masked key by key, a choice is not' \
	'[ "$(redact -F <$T/keys | jq -r "select(.type == \"dtmf\").data.digit" | sort | uniq -c | tr -s " \n" " ")" = \
	" 1 # 1 1 10 [PHONE_1] " ]'

# Call directories.
call() {
	mkdir -p "$T/calls/$1"
	echo "{\"call\":\"$1\",\"uuid\":\"$1\",\"from\":\"33611223344\",\"rate\":8000,\"accepted_at\":\"2026-11-21T04:20:00.123Z\"}" \
		>"$T/calls/$1/call.json"
	cat >"$T/calls/$1/events.jsonl"
	echo hangup >"$T/calls/$1/verdict"
	touch -d '1 hour ago' "$T/calls/$1"/* "$T/calls/$1"
}
record='{"seq":%d,"t":%d,"type":"%s","data":%s}\n'
# shellcheck disable=SC2059 # the format is ours
talk() {
	printf "$record" 1 0 call-start '{"call":"x","from":"33611223344","rate":8000}'
	printf "$record" 2 10 synthesize '{"utterance":"u1","turn":0,"text":"What is your name, please?"}'
	printf "$record" 3 20 playing '{"utterance":"u1","timestamp":20}'
	printf "$record" 4 1500 played '{"utterance":"u1","timestamp":1500,"status":"played","heard_ms":1480,"total_ms":1480}'
	printf "$record" 5 1600 voice-started '{"turn":1,"timestamp":1600}'
	printf "$record" 6 3000 voice-stopped '{"turn":1,"timestamp":2800,"cause":"silence"}'
	printf "$record" 7 3100 transcript '{"turn":1,"text":"ruth cohen","start":1600,"end":2800}'
	printf "$record" 8 3200 tool-call '{"id":"t1","name":"find_client","arguments":{"name":"ruth cohen"}}'
	printf "$record" 9 3300 tool-result '{"id":"t1","status":"ok","result":{"name":"Ruth Cohen","mail":"ruth@example.com"}}'
	printf "$record" 10 3400 synthesize '{"utterance":"u2","turn":1,"text":"Thank you, Ruth. I call 06 11 22 33 44."}'
	printf "$record" 11 3500 playing '{"utterance":"u2","timestamp":3500}'
	printf "$record" 12 5000 played '{"utterance":"u2","timestamp":5000,"status":"played","heard_ms":1500,"total_ms":1500}'
	printf "$record" 13 5100 call-end '{"cause":"caller-hangup"}'
	printf "$record" 14 5200 verdict '{"verdict":"hangup"}'
}
talk | call one
talk | head -c 800 | call cut
: | call empty
ok 'call directories are done' redact "$T/calls"
check_same 'the conversation' 'cat $T/calls/one/redacted.txt' 'printf "%s\n" "BOT: What is your name, please?" "CLIENT: [NAME_1]" \
	"BOT: Thank you, [NAME_1]. I call [PHONE_1]."'
check 'nothing of the person is left' \
	'! grep -riE "ruth|cohen|33611223344|06 11|example" $T/calls/*/redacted.*'
check 'the tool is named, what it was asked and said is masked' \
	'[ "$(jq -c ".actions[0] | [.name, .parameters.name, .result.name, .result.mail]" $T/calls/one/redacted.json)" = \
	"[\"find_client\",\"[NAME_1]\",\"[NAME_1]\",\"[EMAIL_1]\"]" ]'
check 'a journal that was cut off and one that is empty are whole JSON' \
	'jq -e .conversation $T/calls/cut/redacted.json && jq -e .redaction.version $T/calls/empty/redacted.json'
cp -r "$T/calls" "$T/before"
check 'what is done is not done again' 'redact $T/calls 2>&1 | grep -q "0 done, 3 skipped" && diff -r $T/before $T/calls'
check 'other options are' 'redact -s partial $T/calls 2>&1 | grep -q "3 done" && grep -q "R\*\*\*" $T/calls/one/redacted.txt'
check 'so is another journal' 'redact $T/calls 2>/dev/null && touch $T/calls/one/events.jsonl && redact $T/calls 2>&1 | grep -q "1 done, 2 skipped"'
check 'the same comes out' 'diff -r $T/before $T/calls'
ok 'what is no call is said' must_fail 65 redact "$T/before/nobody"
mkdir "$T/read-only" && cp -r "$T/before/one" "$T/read-only/one" && rm "$T/read-only/one"/redacted.*
if [ "$(id -u)" -ne 0 ]; then
	chmod a-w "$T/read-only/one"
	ok 'a folder that cannot be written is said' must_fail 74 redact "$T/read-only/one"
	chmod u+w "$T/read-only/one"
else
	mkdir "$T/read-only/one/redacted.json"
	ok 'a place that cannot be written is said' must_fail 74 redact "$T/read-only/one"
fi

ok 'a filter has no operands' must_fail 64 redact -F "$T/calls"
ok 'so is a number of digits that is none' must_fail 64 redact -F -c x
head -c 1100000 /dev/zero | tr '\\0' 1 >"$T/long"
ok 'a line of more than 1 MiB is worth 65' must_fail 65 sh -c "redact -F <$T/long >$T/out 2>$T/err"
check 'and nothing of it comes out' '[ ! -s $T/out ] && grep -q "more than 1 MiB" $T/err'
ok 'a full disk is said' must_fail 74 sh -c 'echo text | redact -F >/dev/full'
plan
