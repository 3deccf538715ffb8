#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/jline.h"
#include "db/copy.h"
#include "people.h"
#include "record/phone-key.h"
#include "text/fold.h"
#include "text/name.h"

#define TEXT_MAX (4 * CSV_RECORD_MAX)
#define ZONE_MAX 64 /* bytes of a time zone's name */
#define RAW_MAX 500 /* bytes of a bad line that are kept */

static const struct csv_field none;

void row_init(struct row_maker *m, struct input *in, const struct columns *columns,
	const struct row_lists *lists)
{
	*m = (struct row_maker){.in = in, .columns = columns, .lists = lists};
	dynbuf_init(&m->text, TEXT_MAX);
	dynbuf_init(&m->name, TEXT_MAX);
	dynbuf_init(&m->extra, 2 * TEXT_MAX);
	dynbuf_init(&m->json, TEXT_MAX);
}

void row_free(struct row_maker *m)
{
	dynbuf_free(&m->text);
	dynbuf_free(&m->name);
	dynbuf_free(&m->extra);
	dynbuf_free(&m->json);
}

/* ---- cells ---- */

static bool is_blank(uint32_t code)
{
	return code == ' ' || code == '\t' || code == '\r' || code == '\n' || code == 0xa0 ||
		code == 0x200b || code == 0x202f || code == 0xfeff;
}

struct csv_field row_trim(struct csv_field f)
{
	uint32_t code;

	while (f.n) {
		size_t bytes = utf8_next(f.p, f.n, &code);
		if (!is_blank(code))
			break;
		f.p += bytes;
		f.n -= bytes;
	}
	while (f.n) {
		size_t bytes = utf8_previous(f.p, f.n, &code);
		if (!is_blank(code))
			break;
		f.n -= bytes;
	}
	if (f.n > 1 && *f.p == '\'' && strchr("=@+-\t", f.p[1])) {
		f.p++;
		f.n--;
	}
	return f;
}

/* As fold_text leaves it; valid until the next call. */
static const char *folded(struct row_maker *m, struct csv_field f)
{
	return f.n <= 64 && fold_text(f.p, f.n, &m->json) == 0 ? m->json.p : "?";
}

static bool is_one_of(const char *words, const char *word)
{
	char key[80];

	snprintf(key, sizeof(key), "|%s|", word);
	return strstr(words, key);
}

static int bad(struct row_maker *m, const char *what, struct csv_field f)
{
	snprintf(m->why, sizeof(m->why), "%s '%.*s'", what, (int)utf8_cut(f.p, f.n, 40), f.p);
	return -1;
}

/* ---- what a cell is worth ---- */

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_BYTES);
}

static bool is_erased(const struct row_lists *l, const char *number)
{
	uint8_t hash[SHA256_BYTES];

	return l->n_erased && phone_hash(number, NULL, hash) &&
		bsearch(hash, l->erased, l->n_erased, SHA256_BYTES, compare_hashes);
}

static int compare_zones(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_zone(const struct row_lists *l, const char *zone)
{
	return !l->zones || bsearch(&zone, l->zones, l->n_zones, sizeof(*l->zones), compare_zones);
}

/* The country that the row names; NULL: none, or one that is not known. */
static const char *named_country(const struct row_maker *m)
{
	char word[16];
	struct csv_field f = m->value[COLUMN_COUNTRY];

	if (!f.n || f.n >= sizeof(word))
		return NULL;
	memcpy(word, f.p, f.n);
	word[f.n] = '\0';
	return e164_country(word);
}

/* One of the numbers of the row that is good. */
static int take_phone(struct row_maker *m)
{
	const struct csv_field *cells = m->cells;
	const char *named = named_country(m), *country = named ? named : m->lists->country,
		   *refusal;
	struct e164 first = {.fault = E164_EMPTY};
	bool tried = false;

	for (size_t i = 0; i < m->columns->n; i++) {
		if (m->columns->of[i] != COLUMN_PHONE || !cells[i].n)
			continue;
		if (row_number(cells[i].p, cells[i].n, country, m->lists->clean, &m->number) == 0 &&
			!e164_refusal(&m->number)) {
			m->value[COLUMN_PHONE] = cells[i];
			return 0;
		}
		if (!tried) {
			first = m->number;
			m->value[COLUMN_PHONE] = cells[i];
		}
		tried = true;
	}
	if (!tried)
		return snprintf(m->why, sizeof(m->why), "no telephone number"), -1;
	refusal = first.fault == E164_FINE ? e164_refusal(&first) : NULL;
	return bad(m, refusal ? refusal : e164_why(first.fault), m->value[COLUMN_PHONE]);
}

/* A status that stays; what another system has begun is new here. *ret: NULL, there is none. */
static int take_status(struct row_maker *m, const char **ret)
{
	struct csv_field f = m->value[COLUMN_STATUS];

	*ret = people_status_of(f.p, f.n);
	if (f.n && !*ret)
		return bad(m, "unknown status", f);
	if (*ret && (strcmp(*ret, "Queued") == 0 || strcmp(*ret, "Calling") == 0))
		*ret = "New";
	return 0;
}

static int take_priority(struct row_maker *m, const char **ret)
{
	static const struct {
		const char *words, *value;
	} values[] = {{"|0|low|basse|bas|", "0"}, {"|1|normal|normale|", "1"},
		{"|2|high|haute|haut|", "2"}, {"|3|urgent|urgente|", "3"}};
	const char *word;

	*ret = NULL;
	if (!m->value[COLUMN_PRIORITY].n)
		return 0;
	word = folded(m, m->value[COLUMN_PRIORITY]);
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (is_one_of(values[i].words, word)) {
			*ret = values[i].value;
			return 0;
		}
	}
	return bad(m, "unknown priority", m->value[COLUMN_PRIORITY]);
}

/* A cell that only says yes or no says nothing of what it rests on. No is "", which takes a consent back. */
static void add_consent(struct row_maker *m, struct dynbuf *ret)
{
	struct csv_field f = m->value[COLUMN_CONSENT_BASIS];
	const char *word = f.n ? folded(m, f) : "?";

	if (!f.n)
		copy_null(ret);
	else if (is_one_of("|oui|yes|y|o|1|true|vrai|x|", word))
		copy_text(ret, "consent");
	else if (is_one_of("|non|no|n|0|false|faux|", word))
		copy_string(ret, "");
	else
		copy_span(ret, f.p, f.n);
}

/* As the row names it, or those of the number; in buf, or static. */
static int take_zone(struct row_maker *m, char buf[ZONE_MAX], const char **ret)
{
	struct csv_field f = m->value[COLUMN_TZ];

	*ret = m->number.zones;
	if (!f.n)
		return 0;
	if (f.n < ZONE_MAX) {
		snprintf(buf, ZONE_MAX, "%.*s", (int)f.n, f.p);
		*ret = buf;
	}
	return *ret == buf && is_zone(m->lists, buf) ? 0 : bad(m, "unknown time zone", f);
}

/* ---- rows ---- */

/* What the columns are that none of ours are, as an object of JSON; numbers that were not taken, too. */
static void collect_extra(struct row_maker *m)
{
	const struct csv_field *cells = m->cells;

	dynbuf_reset(&m->extra);
	for (size_t i = 0; i < m->columns->n; i++) {
		enum column kind = m->columns->of[i];
		const char *name = m->columns->names[i];

		if (!cells[i].n || kind == COLUMN_RESULT)
			continue;
		if (kind < COLUMN_REASON && cells[i].p == m->value[kind].p &&
			(kind != COLUMN_COUNTRY || named_country(m)))
			continue;
		dynbuf_adds(&m->extra, m->extra.n ? "," : "{");
		jline_add_quoted(&m->extra, name, strlen(name));
		dynbuf_adds(&m->extra, ":");
		jline_add_quoted(&m->extra, cells[i].p, cells[i].n);
	}
	if (m->extra.n)
		dynbuf_adds(&m->extra, "}");
}

static void add_name(struct row_maker *m, enum column column, struct dynbuf *ret)
{
	struct csv_field f = m->value[column];

	dynbuf_reset(&m->name);
	/* a formula is no name, and data as it stands */
	if (f.n && strchr("=+@-", *f.p))
		copy_span(ret, f.p, f.n);
	else if (name_case(f.p, f.n, column == COLUMN_LAST_NAME, &m->name) == 0)
		copy_span(ret, m->name.p, m->name.n);
	else
		ret->failed = true;
}

/* The country of a number that is of none stays unknown. */
static const char *country_or_null(const struct e164 *n)
{
	return strcmp(n->country, "001") == 0 ? NULL : n->country;
}

static int add_good(struct row_maker *m, int64_t line, struct dynbuf *ret)
{
	const struct csv_field *v = m->value;
	const char *status, *priority, *zone;
	char zone_named[ZONE_MAX], when[32] = "";

	if (take_status(m, &status) == -1 || take_priority(m, &priority) == -1 ||
		take_zone(m, zone_named, &zone) == -1)
		return -1;
	if (v[COLUMN_CONSENT_AT].n &&
		row_date(v[COLUMN_CONSENT_AT].p, v[COLUMN_CONSENT_AT].n, when) == -1)
		return bad(m, "no date", v[COLUMN_CONSENT_AT]);
	copy_int(ret, line);
	copy_null(ret);
	copy_null(ret);
	copy_text(ret, m->number.number);
	copy_span(ret, v[COLUMN_PHONE].p, v[COLUMN_PHONE].n);
	add_name(m, COLUMN_FIRST_NAME, ret);
	add_name(m, COLUMN_LAST_NAME, ret);
	for (enum column c = COLUMN_EMAIL; c <= COLUMN_NOTES; c++)
		copy_span(ret, v[c].p, v[c].n);
	copy_json(ret, m->extra.p);
	copy_text(ret, status);
	copy_text(ret, priority);
	copy_text(ret, zone);
	copy_text(ret, country_or_null(&m->number));
	copy_text(ret, e164_type_name(m->number.type));
	add_consent(m, ret);
	copy_text(ret, when);
	copy_span(ret, v[COLUMN_CONSENT_PROOF].p, v[COLUMN_CONSENT_PROOF].n);
	copy_end(ret);
	return 0;
}

/* A line that is not taken. Of who was erased nothing is kept. */
static enum row_kind add_bad(
	struct row_maker *m, struct csv_field raw, int64_t line, struct dynbuf *ret)
{
	copy_int(ret, line);
	copy_text(ret, m->why);
	copy_span(ret, raw.p, utf8_cut(raw.p, raw.n, RAW_MAX));
	for (int i = 0; i < 16; i++)
		copy_null(ret);
	copy_end(ret);
	return ROW_BAD;
}

/* What is wrong with the record as such. -1: why. */
static int check_record(struct row_maker *m, const struct csv_record *r)
{
	size_t n = m->columns->n, used = r->n;

	while (r->fault == CSV_FINE && used && !row_trim(r->fields[used - 1]).n)
		used--;
	if (r->fault != CSV_FINE)
		snprintf(m->why, sizeof(m->why), "%s", csv_why(r->fault));
	else if (used > n)
		snprintf(m->why, sizeof(m->why), "%zu columns, and the header has %zu", used, n);
	else if (memchr(r->raw.p, '\0', r->raw.n))
		snprintf(m->why, sizeof(m->why), "a NUL character is in it");
	else if (!r->ended && r->n < n)
		snprintf(m->why, sizeof(m->why), "it is cut off: %zu columns of %zu", r->n, n);
	else
		return 0;
	return -1;
}

/* The cells, and the first one that is not empty of each kind. Whether there are any. */
static bool take_cells(struct row_maker *m, const struct csv_record *r, bool windows)
{
	struct csv_field *cells = m->cells;
	bool any = false;

	memset(m->value, 0, sizeof(m->value));
	memset(cells, 0, m->columns->n * sizeof(*cells));
	dynbuf_reset(&m->text);
	/* pointers into it stay good */
	if (windows && !dynbuf_room(&m->text, 3 * r->raw.n))
		return true;
	for (size_t i = 0; i < m->columns->n; i++) {
		enum column kind = m->columns->of[i];

		cells[i] = i < r->n ? row_trim(input_text(m->in, r->fields[i], windows, &m->text))
				    : none;
		any |= cells[i].n > 0;
		if (kind < COLUMN_EXTRA && !m->value[kind].n)
			m->value[kind] = cells[i];
	}
	return any;
}

enum row_kind row_make(
	struct row_maker *m, const struct csv_record *r, int64_t line, struct dynbuf *ret)
{
	struct csv_field raw = r->raw;
	bool windows = input_is_windows(m->in, raw);
	size_t before = ret->n;

	m->number = (struct e164){.fault = E164_EMPTY};
	if (r->fault == CSV_FINE && !take_cells(m, r, windows))
		return ROW_BLANK;
	if (check_record(m, r) == 0 && take_phone(m) == 0) {
		if (is_erased(m->lists, m->number.number)) {
			snprintf(m->why, sizeof(m->why),
				"the person of this number was erased, and is not to be called");
			return add_bad(m, none, line, ret);
		}
		collect_extra(m);
		if (add_good(m, line, ret) == 0)
			return ROW_GOOD;
		dynbuf_truncate(ret, before);
	}
	dynbuf_reset(&m->name);
	if (windows && dynbuf_room(&m->name, 3 * raw.n))
		raw = input_text(m->in, raw, true, &m->name);
	return add_bad(m, raw, line, ret);
}
