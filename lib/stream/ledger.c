#include "stream/ledger.h"

#include <stdlib.h>
#include <string.h>

void ledger_free(struct ledger *l)
{
	free(l->open);
	*l = (struct ledger){0};
}

static struct ledger_entry *find(struct ledger *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->open[i].id, id) == 0)
			return &l->open[i];
	}
	return NULL;
}

static int add(struct ledger *l, const char *id)
{
	if (l->n == l->size) {
		size_t size = l->size ? l->size * 2 : 16;
		struct ledger_entry *open;

		if (l->n == LEDGER_OPEN_MAX)
			return -1;
		open = reallocarray(l->open, size, sizeof(*open));
		if (!open)
			return -1;
		l->open = open;
		l->size = size;
	}
	l->open[l->n] = (struct ledger_entry){0};
	memcpy(l->open[l->n++].id, id, strlen(id) + 1);
	return 0;
}

static void remove_entry(struct ledger *l, struct ledger_entry *e)
{
	l->n--;
	memmove(e, e + 1, (size_t)(l->open + l->n - e) * sizeof(*e));
}

int ledger_record(struct ledger *l, const char *type, struct jspan data)
{
	bool opens = strcmp(type, "synthesize") == 0 || strcmp(type, "playing") == 0;
	char id[LEDGER_ID_MAX];
	struct ledger_entry *e;

	if (!opens && strcmp(type, "played") != 0)
		return 0;
	if (!jline_get_str(data, "utterance", id, sizeof(id)))
		return 0;
	e = find(l, id);
	if (opens)
		return e ? 0 : add(l, id);
	if (e)
		remove_entry(l, e);
	return 0;
}

void ledger_heard(struct ledger *l, const char *id, int64_t heard_ms)
{
	struct ledger_entry *e = find(l, id);

	if (e)
		e->heard_ms = heard_ms;
}

bool ledger_take(struct ledger *l, struct ledger_entry *ret)
{
	if (l->n == 0)
		return false;
	*ret = l->open[0];
	remove_entry(l, l->open);
	return true;
}
