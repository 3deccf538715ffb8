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
	redact -f -s partial)" = "+38067***1234 4111 **** **** 1111 i***@***.com, my name is I*** P***" ]'
check 'a customer number is none unless it is asked for' '[ "$(echo "customer number 4711" | redact -f)" = "customer number 4711" ]'
check 'and one then' '[ "$(echo "customer number 4711" | redact -f -c 4)" = "customer number [CUSTOMER_1]" ]'
ok 'nothing to do is misuse' must_fail 64 redact
ok 'so is a number of digits that is none' must_fail 64 redact -f -c x
ok 'a full disk is said' must_fail 74 sh -c 'echo text | redact -f >/dev/full'
plan
