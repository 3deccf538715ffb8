#include "stream/ledger.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static int record(struct ledger *l, const char *type, const char *id)
{
	char data[128];

	snprintf(data, sizeof(data), "{\"utterance\":\"%s\"}", id);
	return ledger_record(l, type, (struct jspan){data, strlen(data)});
}

int main(void)
{
	struct ledger l = {0};
	struct ledger_entry e;
	char id[16];
	bool room = true;

	ok(!ledger_take(&l, &e), "empty");
	ok(record(&l, "synthesize", "a") == 0 && record(&l, "playing", "a") == 0 && l.n == 1,
		"asked for and begun: one");
	ok(record(&l, "playing", "b") == 0 && record(&l, "synthesize", "c") == 0 && l.n == 3,
		"begun without being asked for");
	ledger_heard(&l, "b", 340);
	ledger_heard(&l, "x", 340);
	ok(record(&l, "played", "a") == 0 && record(&l, "played", "x") == 0 && l.n == 2,
		"played closes its own");
	ok(record(&l, "state", "z") == 0 &&
			ledger_record(&l, "played", (struct jspan){"{}", 2}) == 0 && l.n == 2,
		"what is no utterance's changes nothing");
	ok(ledger_take(&l, &e) && strcmp(e.id, "b") == 0 && e.heard_ms == 340,
		"oldest first, with what was heard");
	ok(ledger_take(&l, &e) && strcmp(e.id, "c") == 0 && e.heard_ms == 0 && !ledger_take(&l, &e),
		"then the rest");
	for (int i = 0; i < LEDGER_OPEN_MAX; i++) {
		snprintf(id, sizeof(id), "u%d", i);
		room = room && record(&l, "synthesize", id) == 0;
	}
	ok(room && record(&l, "synthesize", "more") == -1 && l.n == LEDGER_OPEN_MAX, "room for %d",
		LEDGER_OPEN_MAX);
	ok(record(&l, "played", "u7") == 0 && record(&l, "synthesize", "more") == 0,
		"and again when one is closed");
	ledger_free(&l);
	ok(!ledger_take(&l, &e), "freed");
	return done_testing();
}
