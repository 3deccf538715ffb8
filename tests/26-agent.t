#!/bin/sh
# agent: dialogues as text, and the filter on streams of a line, a voice and a recogniser that share no code with it.
. tests/lib.sh
. tests/filter.sh

# The scenarios' tools are named from their own folder.
unset ORDERS ORDER_DO LOOK_DO
for file in tests/dialogues/*/*.dialogue; do
	ok "$file" agent --text "$file"
done
plan
