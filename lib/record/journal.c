#include "record/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int journal_open(int fd, struct journal *ret)
{
	FILE *f = fdopen(fd, "r");

	if (!f) {
		close(fd);
		return -1;
	}
	*ret = (struct journal){.file = f};
	dynbuf_init(&ret->line, JOURNAL_LINE_MAX);
	return 0;
}

/* What is missing to make it a record; NULL: nothing. */
static const char *parse(struct journal_record *r)
{
	struct jspan v;

	if (jline_check(r->line.p, r->line.n) == -1)
		return "no JSON object";
	if (!jline_get(r->line, "seq", &v) || !jline_int(v, &r->seq) || r->seq < 1)
		return "no seq";
	if (!jline_get(r->line, "t", &v) || !jline_int(v, &r->t_ms) || r->t_ms < 0 ||
		r->t_ms > JOURNAL_MS_MAX)
		return "no t";
	if (!jline_get_str(r->line, "type", r->type, sizeof(r->type)) || !r->type[0])
		return "no type";
	if (!jline_get(r->line, "data", &r->data) || r->data.p[0] != '{')
		return "no data";
	return NULL;
}

/* The next line, its line feed included; what is beyond JOURNAL_LINE_MAX is read and dropped. False: there is none. */
static bool read_line(struct journal *j, bool *ret_long)
{
	char some[512];
	size_t n;
	int c = 0;

	dynbuf_reset(&j->line);
	while (c != EOF && c != '\n') {
		for (n = 0; n < sizeof(some) && c != '\n' && (c = getc_unlocked(j->file)) != EOF;)
			some[n++] = (char)c;
		if (!dynbuf_failed(&j->line))
			(void)!dynbuf_add(&j->line, some, n);
	}
	j->failed = ferror(j->file);
	*ret_long = dynbuf_failed(&j->line);
	return j->line.n > 0 && !j->failed;
}

bool journal_next(struct journal *j, struct journal_record *ret)
{
	struct journal_record r = {0};
	bool too_long;

	if (!j->file || !read_line(j, &too_long))
		return false;
	r.number = ++j->number;
	r.line = (struct jspan){j->line.p, j->line.n};
	if (too_long)
		r.bad = "longer than 1 MiB";
	else if (r.line.p[r.line.n - 1] != '\n')
		r.bad = "cut off";
	else
		r.line.n--;
	if (!r.bad)
		r.bad = parse(&r);
	if (!r.bad) {
		r.missing = max_i64(0, r.seq - j->last_seq - 1);
		j->last_seq = max_i64(j->last_seq, r.seq);
	}
	*ret = r;
	return true;
}

void journal_close(struct journal *j)
{
	if (j->file)
		fclose(j->file);
	dynbuf_free(&j->line);
	j->file = NULL;
}
