#!/bin/sh
# Asterisk's REST interface: the fake of it that campaigns are tested with is what it says it is, and campaign's client
# of it keeps its word: what is certain of a request, what is told of the stream.
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

live() { ok "$1" tests/fake/ari-live.py "$B/tests/unit/campaign-ari" "$2"; }
live 'a call from create to its end' talk
live 'refusals are told apart, in words' refusals
live 'no dial is made twice, and what is certain of one without a reply' dials
live 'a stream that breaks is made anew; a restart is seen' reconnect
live 'a stream on which nothing comes is none' deaf
live 'who takes the application is not fought' replaced
live 'the password is not shown' secrets
live 'messages that are none' lies
live 'it may be closed wherever it calls' closing
live 'many calls at a time' calls

# shellcheck disable=SC2119 # at the end, without a number
plan
