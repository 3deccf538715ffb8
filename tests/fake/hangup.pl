#!/usr/bin/perl
# hangup.pl: a filter for tests that starts at once: passes the stream on, and answers the key # with a hangup.
use strict;
use warnings;

$| = 1;
while (defined(my $header = <STDIN>)) {
	my ($bytes) = $header =~ /"payload_length":(\d+)/;
	my $payload = '';
	!$bytes || read(STDIN, $payload, $bytes) == $bytes or exit 70;
	print $header . $payload;
	print qq({"type":"hangup","data":{"cause":"key"}}\n) if $header =~ /^\{"type":"dtmf",.*"digit":"#"/;
}
