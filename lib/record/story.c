#include "record/story.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/story-build.h"

static const struct story blank = {.disposition = "",
	.transfer_to = "",
	.transfer_reason = "",
	.transfer_summary = "",
	.hangup_cause = "",
	.cause = "",
	.verdict = "",
	.language = "",
	.amd = "",
	.amd_kind = "",
	.amd_reason = "",
	.amd_confidence = -1,
	.amd_ms = -1,
	.over_ms = -1,
	.greeting = {-1, -1, -1, -1, -1, -1}};

/* All records are taken. `err` is what went wrong with them; 0, or -1 with errno and no story. */
static int finish(struct story_build *b, const struct kept *k, int err, struct story *ret)
{
	if (!b->s->verdict[0])
		b->s->verdict = story_text(b, k->verdict, strlen(k->verdict));
	story_finish(b);
	if (b->no_memory)
		err = ENOMEM;
	if (err) {
		story_close(b->s);
		errno = err;
		return -1;
	}
	*ret = *b->s;
	return 0;
}

int story_open(const struct kept *k, struct story *ret)
{
	struct story s = blank;
	struct story_build b = {.s = &s, .state = "", .key_ms = -1};
	struct journal_record r;
	struct journal j;
	int fd = kept_file(k, "events.jsonl", NULL), err;

	if (fd == -1 || journal_open(fd, &j) == -1)
		return -1;
	while (journal_next(&j, &r)) {
		if (r.bad)
			story_take_bad(&b, &r);
		else
			story_take(&b, &r);
	}
	err = j.failed ? EIO : 0;
	journal_close(&j);
	return finish(&b, k, err, ret);
}

int story_none(const struct kept *k, struct story *ret)
{
	struct story s = blank;
	struct story_build b = {.s = &s, .state = "", .key_ms = -1};

	return finish(&b, k, 0, ret);
}

void story_close(struct story *s)
{
	struct story_block *next;

	free(s->lines);
	free(s->actions);
	free(s->heards);
	free(s->states);
	free(s->errors);
	free(s->usages);
	free(s->bads);
	free(s->voices);
	json_decref(s->result);
	json_decref(s->session);
	json_decref(s->pace);
	for (struct story_block *block = s->memory; block; block = next) {
		next = block->next;
		free(block);
	}
	*s = (struct story){0};
}

const char *story_who_name(enum story_who who)
{
	return who == STORY_BOT ? "bot" : "caller";
}

const char *story_kind_name(enum story_kind kind)
{
	static const char *const names[] = {"answer", "filler", "prompt", "voice", "keys"};

	return names[kind];
}

const char *story_status_name(enum story_status status)
{
	static const char *const names[] = {
		"played", "cleared", "failed", "open", "heard", "unclear"};

	return names[status];
}
