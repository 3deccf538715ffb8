#!/bin/sh
# as-dial --conformance: a server that does everything right passes every case, and each fault a server
# can have fails the cases that are about it and no other. What is read and when is judged by the same
# code in tests/unit/as-dial-check.c, without a clock.
# shellcheck disable=SC2016,SC2034,SC2119 # text for eval, and a plan at the end
. tests/lib.sh

fake=tests/fake/bad-server.py

# The limits are wide, since the machine may be busy, and the faults wider.
# conform FAULT [OPTION...]: the result of each case as "result case fault", in $T/FAULT; status in $T/FAULT.rc.
conform() {
	fault=$1 && shift
	"$fake" "$fault" as-dial --conformance --late 50 --first 250 "$@" >"$T/$fault.json" 2>"$T/$fault.err"
	echo $? >"$T/$fault.rc"
	sed -n 's/^{"case":"\([^"]*\)","result":"\([^"]*\)","fault":"\([^"]*\)",.*}$/\2 \1 \3/p' \
		"$T/$fault.json" | sed 's/ $//' | sort >"$T/$fault"
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
	# shellcheck disable=SC2086 # options
	conform "$1" $key --close 2000 --cases "$cases"
}

expected() {
	[ "$3" = - ] || echo "$3" | tr , '\n' | sed 's/^/pass /'
	echo "$2" | tr , '\n' | sed "s/.*/fail & $4/; s/ -\$//"
}

# All at once would be late for want of a processor: 14 at a time, each with its share of the faults.
share() {
	awk "NR % 14 == $1" "$T/faults" | while read -r fault fail pass word; do
		run_fault "$fault" "$fail" "$pass" </dev/null
	done
}
faults >"$T/faults"
for i in $(seq 0 13); do share "$i" & done
conform cut --end-key '#' --cases full-buffer,first-read &
conform none --end-key '#'
wait

check 'the right server: every case passes' '! grep -v ^pass "$T/none" && [ "$(cat "$T/none.rc")" = 0 ]'
as-dial --conformance --cases help localhost:1 | awk '/^[a-z]/ { print $1 }' | sort >"$T/cases"
check_same 'the right server: every case is run once' 'cut -d" " -f2 "$T/none" | sort' 'cat "$T/cases"'
check 'figures: frames, no fault, lateness' \
	'grep "\"case\":\"hold\".*\"text\":\"20[01] of 200 frames.*\"frames\":2[34].*\"late_p99_ms\":[0-9]" "$T/none.json"'

while read -r fault fail pass word; do
	check_same "$fault: what fails, and what for" 'cat "$T/$fault"' 'expected "$fault" "$fail" "$pass" "$word" | sort'
	ok "$fault: exit 1" grep -qx 1 "$T/$fault.rc"
done <"$T/faults"
check_same 'every fault there is was tried, but cut' '"$fake" --list | cut -d" " -f1 | sort' \
	'(cut -d" " -f1 "$T/faults" && echo cut) | sort'

check 'a message cut short by a full buffer is found' 'grep -x "pass first-read" "$T/cut" && grep "^fail full-buffer" "$T/cut"'

conform none --cases server-end,first-read
check_same 'no key that ends calls is known: its case is skipped, and said so' 'cat "$T/none"' \
	'printf "pass first-read\nskip server-end\n"'
check 'nor forgotten: the summary names it' 'grep "^{\"summary\":true,\"passed\":1,\"failed\":0,\"skipped\":1,\"not_tested\":\"server-end\"" "$T/none.json"'
ok 'which is no failure' grep -qx 0 "$T/none.rc"
check 'nobody listens: fail, exit 1' \
	'must_fail 1 as-dial --conformance --cases normal 127.0.0.1:1 | grep "\"result\":\"fail\".*no connection: Connection refused"'
check 'a case that does not exist: exit 64, named' \
	'must_fail 64 as-dial --conformance --cases normal,norml 127.0.0.1:1 2>&1 | grep "case .norml."'
check '16 kHz' '"$fake" none as-dial --conformance --rate 16000 --late 50 --cases first-read | grep "\"result\":\"pass\""'
plan
