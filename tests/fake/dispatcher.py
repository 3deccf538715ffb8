#!/usr/bin/env python3
"""dispatcher.py NODE TRUNK [MS]: a dispatcher for tests without Asterisk: what the database lets be claimed and dialled is
answered, or not, as the last digit of the number says (0 busy, 1 no answer, 2 refused, 3 lead, others: hang-up), MS
milliseconds after it was dialled; each call stands in a line on stdout. It calls the functions of the database through one
psql, as a dispatcher does, until it is ended.
"""
import subprocess
import sys
import time

node, trunk = sys.argv[1:3]
talk_s = int(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0.05
psql = subprocess.Popen(['psql', '-XAtq', '-F', '\t'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def ask(sql):
    psql.stdin.write(sql + ";\n\\echo --\n")
    psql.stdin.flush()
    rows = []
    for line in psql.stdout:
        if line == '--\n':
            return rows
        rows.append(line.rstrip('\n').split('\t'))
    sys.exit(0)


live, beaten = [], 0
while True:
    now = time.monotonic()
    if now > beaten + 1:
        ask("SELECT campaign_beat('%s', 'here', 1, 'boot', 100, '60 seconds')" % node)
        beaten = now
    for call, phone in ask("SELECT call_id, phone FROM campaign_claim('%s', '%s', 5, '60 seconds')" % (node, trunk)):
        if ask("SELECT campaign_dial('%s', '%s')" % (call, node)) != [['t']]:
            ask("SELECT campaign_unclaim('%s', '%s', 'not to be dialled')" % (call, node))
            continue
        print(phone, flush=True)
        if phone[-1] not in '01':
            ask("SELECT campaign_state('%s', '%s', 'answered')" % (call, node))
        live.append((now + talk_s, call, phone[-1]))
    for due, call, digit in [c for c in live if c[0] <= now]:
        if digit in '23':
            ask("SELECT campaign_result('%s', '%s', %s, %s)" % (
                (call, 'Leads', 'true', "'morning'") if digit == '3' else (call, 'Not_interested', 'false', 'NULL')))
        ask("SELECT campaign_finish('%s', %d)" % (call, {'0': 17, '1': 19}.get(digit, 16)))
    live = [c for c in live if c[0] > now]
    time.sleep(0.02)
