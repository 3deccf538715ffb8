#include "tags.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "lame.h"
#include "record/journal.h"

#define FIELD_MAX 512 /* UTF-16 units of a field with its value */

/* The last disposition that the journal tells. */
static void read_disposition(const struct kept *k, char *buf, size_t size)
{
	char text[KEPT_TEXT_MAX];
	int fd = kept_file(k, "events.jsonl", NULL);
	struct journal_record r;
	struct journal j;

	if (fd == -1 || journal_open(fd, &j) == -1)
		return;
	while (journal_next(&j, &r))
		if (!r.bad && strcmp(r.type, "result") == 0 &&
			jline_get_str(r.data, "disposition", text, sizeof(text)) && text[0])
			snprintf(buf, size, "%s", text);
	journal_close(&j);
}

void tags_of_call(const struct kept *k, struct tags *ret)
{
	struct tags t = {0};

	snprintf(t.title, sizeof(t.title), "%s", k->name);
	snprintf(t.call, sizeof(t.call), "%s", k->name);
	snprintf(t.campaign, sizeof(t.campaign), "%s", k->campaign);
	snprintf(t.verdict, sizeof(t.verdict), "%s", k->verdict);
	snprintf(t.accepted_at, sizeof(t.accepted_at), "%s", k->accepted_at);
	read_disposition(k, t.disposition, sizeof(t.disposition));
	*ret = t;
}

/* "FIELD=value" in UTF-16 with its mark: ID3v2.3 knows that and Latin-1, and a name may be in any script. */
static int set(lame_global_flags *g, const char *field, const char *value)
{
	unsigned short text[FIELD_MAX];
	char both[FIELD_MAX];
	size_t n = 0, at = 0, bytes;
	uint32_t c;

	if (!*value)
		return 0;
	snprintf(both, sizeof(both), "%s=%s", field, value);
	bytes = strlen(both);
	text[n++] = 0xfeff;
	while (at < bytes && n + 3 < FIELD_MAX) {
		at += utf8_next(both + at, bytes - at, &c);
		if (c >= 0x10000) {
			text[n++] = (unsigned short)(0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		text[n++] = (unsigned short)c;
	}
	text[n] = 0;
	return lame.set_field_utf16(g, text) == 0 ? 0 : -1;
}

/* Day and time: version 2.3 has three fields of four digits for what RFC 3339 says in one. */
static int set_date(lame_global_flags *g, const char *at)
{
	int year, month, day, hour, minute;
	char text[32];
	int err;

	if (sscanf(at, "%4d-%2d-%2dT%2d:%2d", &year, &month, &day, &hour, &minute) != 5)
		return 0;
	snprintf(text, sizeof(text), "%04u", (unsigned)year % 10000);
	err = set(g, "TYER", text);
	snprintf(text, sizeof(text), "%02u%02u", (unsigned)day % 100, (unsigned)month % 100);
	err |= set(g, "TDAT", text);
	snprintf(text, sizeof(text), "%02u%02u", (unsigned)hour % 100, (unsigned)minute % 100);
	return err | set(g, "TIME", text) | set(g, "TXXX=accepted_at", at);
}

int tags_set(const struct tags *t, lame_global_flags *g)
{
	lame.tag_init(g);
	lame.tag_v2_only(g);
	return set(g, "TIT2", t->title) | set(g, "TXXX=call_id", t->call) |
		set(g, "TXXX=campaign", t->campaign) | set(g, "TXXX=disposition", t->disposition) |
		set(g, "TXXX=verdict", t->verdict) | set_date(g, t->accepted_at);
}
