#!/bin/sh
# Asterisk's REST interface: the fake of it that campaigns are tested with is what it says it is.
. tests/lib.sh

fake() { ok "the fake: $1" tests/fake/ari-self.py "$2"; }
fake 'a call from create to its end, as recorded ones were' talk
fake 'each way to fail, with its cause' causes
fake 'what may not be asked at a moment is refused' states
fake 'a channel that is dialled twice is two INVITEs' twice
fake 'events are lost while nobody listens' loss
fake 'one stream for an application' replaced
fake 'a restart leaves nothing and tells nobody' restart
fake 'slow, refused, and no reply' faults
fake 'plans' plan
fake 'programs that talk' run

# shellcheck disable=SC2119 # at the end, without a number
plan
