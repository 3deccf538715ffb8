#!/bin/sh
# The loop of all filters, and the scribe, when every read and write is short or interrupted.
. tests/lib.sh
plan 10

export SHORT_SO="$B/tests/preload/short.so"
for seed in 1 2 3 4 5; do
	export SHORT_SEED=$seed
	ok "a filter between pipes, seed $seed" "$B/tests/unit/filter"
done
for seed in 6 7 8 9 10; do
	export SHORT_SEED=$seed
	ok "the scribe, seed $seed" "$B/tests/unit/scribe-fork"
done
