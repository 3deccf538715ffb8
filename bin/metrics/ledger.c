#include "ledger.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"

#define VERSION 1
#define FILE_MAX (64 << 20)

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Room for n hashes. */
static int reserve(struct ledger_day *d, size_t n)
{
	uint64_t *seen;

	if (n <= d->room)
		return 0;
	n = n < 64 ? 64 : n + n / 2;
	seen = reallocarray(d->seen, n, sizeof(*seen));
	if (!seen)
		return -1;
	d->seen = seen;
	d->room = n;
	return 0;
}

/* ---- the file ---- */

/* The days and their hashes, which are the n bytes at p. */
static int read_days(struct ledger *l, const json_t *days, const char *p, size_t n)
{
	if (json_array_size(days) > LEDGER_DAYS)
		return -1;
	for (size_t i = 0; i < json_array_size(days); i++) {
		const json_t *o = json_array_get(days, i);
		const char *day = json_string_value(json_object_get(o, "day"));
		json_int_t calls = json_integer_value(json_object_get(o, "calls"));
		struct ledger_day *d = &l->days[i];

		if (!day || strlen(day) >= LEDGER_DAY_MAX || calls < 0 || (size_t)calls > n / 8 ||
			reserve(d, (size_t)calls) == -1)
			return -1;
		snprintf(d->day, sizeof(d->day), "%s", day);
		for (d->n = 0; d->n < (size_t)calls; d->n++, p += 8, n -= 8) {
			memcpy(&d->seen[d->n], p, 8);
			d->seen[d->n] = le64toh(d->seen[d->n]);
		}
		d->sorted = d->n;
	}
	return n == 0 ? 0 : -1;
}

static int parse(struct ledger *l, const char *p, size_t n)
{
	const char *line_end = memchr(p, '\n', n);
	json_t *o, *figures;
	int err = -1;

	if (!line_end)
		return -1;
	o = json_loadb(p, (size_t)(line_end - p), 0, NULL);
	figures = json_object_get(o, "figures");
	if (json_integer_value(json_object_get(o, "version")) == VERSION &&
		json_is_object(figures) &&
		read_days(l, json_object_get(o, "days"), line_end + 1,
			n - (size_t)(line_end + 1 - p)) == 0) {
		l->figures = json_incref(figures);
		err = 0;
	}
	json_decref(o);
	return err;
}

/* The lock is a file of its own: the ledger is replaced, and a lock would stay with the old one. */
static int lock(struct ledger *l)
{
	char path[PATH_MAX];

	if (format_path(path, "%s.lock", l->path) == -1 ||
		(l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640)) == -1) {
		log_error_errno("cannot open '%s.lock'", l->path);
		return EXIT_IO;
	}
	if (flock(l->lock_fd, LOCK_EX | LOCK_NB) == -1) {
		log_error("another run is counting: '%s' is locked", path);
		return EXIT_TRY_AGAIN;
	}
	return 0;
}

int ledger_open(struct ledger *l, const char *path)
{
	size_t n;
	char *text;
	int code = 0;

	*l = (struct ledger){.lock_fd = -1};
	if (format_path(l->path, "%s", path) == -1) {
		log_error_errno("cannot open '%s'", path);
		return EXIT_USAGE;
	}
	code = lock(l);
	if (code)
		return code;
	if (read_file(path, FILE_MAX, &text, &n) == -1) {
		if (errno != ENOENT) {
			log_error_errno("cannot read '%s'", path);
			return EXIT_IO;
		}
		l->figures = json_object();
		l->changed = true;
		return l->figures ? 0 : EXIT_SYSTEM;
	}
	if (parse(l, text, n) == -1) {
		log_error(
			"cannot use '%s': it is no state of metrics, or of another version; remove it to begin anew",
			path);
		code = EXIT_DATA;
	}
	free(text);
	return code;
}

int ledger_save(struct ledger *l)
{
	json_t *days, *o;
	struct dynbuf b;
	char *head;
	int code = 0;

	if (!l->changed)
		return 0;
	days = json_array();
	dynbuf_init(&b, FILE_MAX);
	for (size_t i = 0; i < LEDGER_DAYS; i++)
		if (l->days[i].day[0])
			l->failed |= json_array_append_new(days,
					     json_pack("{s:s,s:I}", "day", l->days[i].day, "calls",
						     (json_int_t)l->days[i].n)) == -1;
	o = json_pack("{s:i,s:o,s:O}", "version", VERSION, "days", days, "figures", l->figures);
	head = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
	dynbuf_adds(&b, head ? head : "");
	dynbuf_adds(&b, "\n");
	for (size_t i = 0; i < LEDGER_DAYS; i++) {
		struct ledger_day *d = &l->days[i];

		if (!d->day[0])
			continue;
		qsort(d->seen, d->n, sizeof(*d->seen), by_value);
		for (size_t k = 0; k < d->n; k++) {
			uint64_t h = htole64(d->seen[k]);

			dynbuf_add(&b, &h, sizeof(h));
		}
	}
	if (!head || l->failed || dynbuf_failed(&b))
		errno = ENOMEM, code = EXIT_IO;
	if (code || replace_file(l->path, b.p, b.n) == -1) {
		log_error_errno("cannot write '%s'", l->path);
		code = EXIT_IO;
	}
	free(head);
	json_decref(o);
	dynbuf_free(&b);
	return code;
}

void ledger_close(struct ledger *l)
{
	for (size_t i = 0; i < LEDGER_DAYS; i++)
		free(l->days[i].seen);
	json_decref(l->figures);
	if (l->lock_fd != -1)
		close(l->lock_fd);
	*l = (struct ledger){.lock_fd = -1};
}

/* ---- calls ---- */

struct ledger_day *ledger_day(struct ledger *l, const char *day)
{
	struct ledger_day *oldest = &l->days[0];

	for (size_t i = 0; i < LEDGER_DAYS; i++)
		if (strcmp(l->days[i].day, day) == 0)
			return &l->days[i];
	for (size_t i = 1; i < LEDGER_DAYS; i++)
		if (strcmp(l->days[i].day, oldest->day) < 0)
			oldest = &l->days[i];
	snprintf(oldest->day, sizeof(oldest->day), "%s", day);
	oldest->n = oldest->sorted = 0;
	return oldest;
}

/* Those of this run are few, and behind the sorted ones. */
bool ledger_seen(const struct ledger_day *d, const char *call)
{
	uint64_t h = hash_text(call);

	if (d->sorted && bsearch(&h, d->seen, d->sorted, sizeof(h), by_value))
		return true;
	for (size_t i = d->sorted; i < d->n; i++)
		if (d->seen[i] == h)
			return true;
	return false;
}

int ledger_see(struct ledger *l, struct ledger_day *d, const char *call)
{
	if (reserve(d, d->n + 1) == -1)
		return -1;
	l->changed = true;
	d->seen[d->n++] = hash_text(call);
	if (d->n - d->sorted > 256) {
		qsort(d->seen, d->n, sizeof(*d->seen), by_value);
		d->sorted = d->n;
	}
	return 0;
}

/* ---- figures ---- */

/* True if labels may be a new series. Those of one set of a histogram stay together: its sum, which comes first, makes
 * room for its buckets. */
static bool has_room(const json_t *series, const char *labels, const char *part)
{
	char sum[1100];

	if (!*part)
		return json_object_size(series) < LEDGER_SERIES_MAX;
	snprintf(sum, sizeof(sum), "%.*s" LEDGER_SUM, (int)(part - labels), labels);
	return json_object_get(series, sum) || json_object_size(series) < LEDGER_BUCKETS_MAX;
}

void ledger_add(struct ledger *l, const char *family, const char *labels, double value)
{
	json_t *series = json_object_get(l->figures, family), *old;
	const char *quote = strrchr(labels, '"'), *part = quote ? quote + 1 : "";
	char other[64];

	if (!isfinite(value) || value < 0)
		return;
	l->changed = true;
	if (!series) {
		series = json_object();
		l->failed |= json_object_set_new(l->figures, family, series) == -1;
	}
	old = json_object_get(series, labels);
	if (!old && !has_room(series, labels, part)) {
		snprintf(other, sizeof(other), "other=\"1\"%.40s", part);
		labels = other;
		old = json_object_get(series, labels);
	}
	value += json_number_value(old);
	l->failed |= json_object_set_new(series, labels, json_real(fmin(value, DBL_MAX))) == -1;
}
