#!/bin/sh
# as-dial --conformance: a server that does everything right passes every case, and each fault a server
# can have fails the cases that are about it and no other. What is read and when is judged by the same
# code in tests/unit/as-dial-check.c, without a clock.
# alone: frames within milliseconds, of a server in Python
# shellcheck disable=SC2016,SC2034,SC2119 # text for eval, and a plan at the end
. tests/lib.sh

fake=tests/fake/bad-server.py

# Of results in JSON: those that hang on the clock alone. Either the server was late, or the tester was,
# and judged no times.
timed='"fault":"(late|gap|first|burst|fast)"|"text":"[^"]*(no audio (for|within)|late by|more audio had come|ms after the one before|frames came)|"tester_late":[1-9]'

# results FILE: "result case fault" of each case; the fault is - if times are at fault in another of its calls.
results() {
	sed -n -E "/\"fault\":\"\"/{/\"result\":\"fail\"/{/$timed/s/\"fault\":\"\"/\"fault\":\"-\"/;};}
		s/^\{\"case\":\"([^\"]*)\",\"result\":\"([^\"]*)\",\"fault\":\"([^\"]*)\",.*\}$/\2 \1 \3/p" "$1" |
		sed 's/ $//' | sort
}
# The limits are wide, since the machine may be busy, and the faults wider.
try() {
	"$fake" "$fault" as-dial --conformance --late $((50 * SLACK)) --first $((250 * SLACK)) "$@" 2>>"$T/$fault.err"
	echo $? >>"$T/$fault.rc"
}
# The cases that are not as wanted and hang on the clock alone, as text of $T/FAULT.json.
doubtful() {
	comm -23 "$T/$fault" "$T/$fault.want" | cut -d' ' -f2 | sed 's/.*/{"case":"&",/' >"$T/$fault.not"
	grep -F -f "$T/$fault.not" "$T/$fault.json" | grep -E "$timed" | grep -o '^{"case":"[^"]*",'
}
# conform FAULT [OPTION...]: the result of each case in $T/FAULT, made of $T/FAULT.json; the status of each
# run in $T/FAULT.rc. The fake is a Python program on a machine that others use, and late itself at times;
# the tester is right to say so. So a case that hangs on the clock alone where $T/FAULT.want has something
# else is run again, three times at most, and the last result counts.
conform() {
	fault=$1 && shift
	: >"$T/$fault.rc"
	try "$@" >"$T/$fault.json"
	results "$T/$fault.json" >"$T/$fault"
	for _ in 1 2 3; do
		untimed && break
		doubtful >"$T/$fault.again" || break
		again=$(cut -d'"' -f4 "$T/$fault.again" | paste -sd,)
		echo "again: $fault $again" >>"$T/again"
		grep -v -F -f "$T/$fault.again" "$T/$fault.json" >"$T/$fault.new"
		try "$@" --cases "$again" >>"$T/$fault.new"
		mv "$T/$fault.new" "$T/$fault.json"
		results "$T/$fault.json" >"$T/$fault"
	done
}

# Fault, the cases that have to fail of it, others that must not, and the word for what is wrong with the
# bytes or their times (- if the connection shows it).
faults() {
	cat <<-'EOF'
		kind-01 normal - kind
		kind-03 normal - kind
		kind-20 normal - kind
		kind-ff normal - kind
		empty normal - empty
		odd normal - odd
		long normal - size
		short normal - size
		split normal - split
		half-end normal - gap
		burst normal - burst
		catch-up normal - gap
		fast normal - fast
		slow normal - late
		late normal - late
		gap normal - gap
		stops normal - gap
		late-start normal - first
		closes normal - -
		wait-for-audio uuid-alone normal,hold,dtmf first
		paced-by-caller hold,burst normal gap
		uuid-one-read uuid-split,first-read normal -
		header-one-read split-header normal,split-payload,odd-sizes -
		payload-one-read split-payload normal,split-header -
		fixed-size odd-sizes,zero-length normal,unknown-kind -
		no-empty zero-length normal,odd-sizes -
		no-unknown unknown-kind normal,dtmf -
		decimal dtmf normal,unknown-kind -
		deaf flood first-read -
		gives-up full-buffer slow-reader,normal gap
		hoards full-buffer slow-reader -
		busy same-uuid crowd -
		busy-all crowd - -
		busy-close crowd normal -
		unique same-uuid normal -
		end-length server-end half-close end-length
		after-end server-end normal after-end
		end-reset server-end normal,half-close -
		end-close server-end half-close -
		keeps half-close,eof-in-header,eof-in-payload normal -
		garbage http,tls,random,silence,half-uuid normal -
		no-deadline silence,half-uuid normal,http,tls,random -
		dies-eof eof-before-uuid normal -
		dies-reset reset normal -
		dies-half half-uuid normal -
		refuses crowd normal -
	EOF
}

run_fault() {
	key='--end-key #' cases=$2
	if [ "$1" = deaf ]; then key=''; fi
	if [ "$3" != - ]; then cases=$2,$3; fi
	expected "$@" | sort >"$T/$1.want"
	# shellcheck disable=SC2086 # options
	conform "$1" $key --close 2000 --cases "$cases"
}

expected() {
	[ "$3" = - ] || echo "$3" | tr , '\n' | sed 's/^/pass /'
	echo "$2" | tr , '\n' | sed "s/.*/fail & $4/; s/ -\$//"
}

# All at once would be late for want of a processor: 14 at a time, each with its share of the faults.
shares=14
untimed && shares=4
share() {
	awk "NR % $shares == $1" "$T/faults" | while read -r fault fail pass word; do
		run_fault "$fault" "$fail" "$pass" "$word" </dev/null
	done
}
# Where limits are as wide as with sanitizers, what hangs on the clock alone is no fault.
if untimed; then
	faults | grep -vE ' (late|gap|first|burst|fast)$'
else
	faults
fi >"$T/faults"
for i in $(seq 0 $((shares - 1))); do share "$i" & done
as-dial --conformance --cases help localhost:1 | sed -n 's/^\([a-z][^ ]*\) .*/pass \1/p' | sort >"$T/none.want"
printf 'fail full-buffer\npass first-read\n' >"$T/cut.want"
conform cut --end-key '#' --cases full-buffer,first-read &
conform none --end-key '#'
wait
diag "$T/again" 2>/dev/null
# found FAULT TEXT: the results are those that are wanted; where times say nothing, what has to fail does.
found() {
	if untimed; then
		grep ^fail "$T/$1.want" | cut -d' ' -f1,2 >"$T/must"
		cut -d' ' -f1,2 "$T/$1" | sort -u >"$T/did"
		check "$2" 'comm -23 "$T/must" "$T/did" | { ! grep .; }'
	else
		check_same "$2" "cat '$T/$1'" "cat '$T/$1.want'"
	fi
}

found none 'the right server: every case is run once, and passes'
check 'the right server: exit 0' '[ "$(tail -n1 "$T/none.rc")" -le $((SLACK > 1)) ]'
check 'figures: frames, no fault, lateness' \
	'untimed || grep -E "\"case\":\"hold\".*\"text\":\"(19[5-9]|20[01]) of 200 frames.*\"frames\":2[34].*\"late_p99_ms\":[0-9]" "$T/none.json"'

while read -r fault fail pass word; do
	found "$fault" "$fault: what fails, and what for"
	check "$fault: exit 1" '[ "$(head -n1 "$T/$fault.rc")" = 1 ]'
done <"$T/faults"
untimed || check_same 'every fault there is was tried, but cut' '"$fake" --list | cut -d" " -f1 | sort' \
	'(cut -d" " -f1 "$T/faults" && echo cut) | sort'

found cut 'a message cut short by a full buffer is found'

printf 'pass first-read\nskip server-end\n' >"$T/none.want"
conform none --cases server-end,first-read
check_same 'no key that ends calls is known: its case is skipped, and said so' \
	'cat "$T/none"' 'cat "$T/none.want"'
check 'nor forgotten: the summary names it' 'grep "^{\"summary\":true,\"passed\":1,\"failed\":0,\"skipped\":1,\"not_tested\":\"server-end\"" "$T/none.json"'
check 'which is no failure' '[ "$(tail -n1 "$T/none.rc")" = 0 ]'
check 'nobody listens: one line, exit 69' \
	'must_fail 69 as-dial --conformance --cases normal 127.0.0.1:1 2>&1 | grep -x "as-dial: cannot test the server: no connection: Connection refused"'
check 'a case that does not exist: exit 64, named' \
	'must_fail 64 as-dial --conformance --cases normal,norml 127.0.0.1:1 2>&1 | grep "case .norml."'
conform none --rate 16000 --cases first-read
check_same '16 kHz' 'cat "$T/none"' 'echo pass first-read'
plan
