#!/bin/sh
# Whole calls while a provider has a fault: each of them with each. The call goes on, something is heard in time, the fallback
# answers, the breaker opens for all calls, nothing is left behind. The table of all cases is printed.
# quiet: an answer of 250 ms while a breaker is open
exec python3 tests/fake/provider-faults.py
