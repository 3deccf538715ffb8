#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/e164.h"
#include "text/fold.h"

#define NAME_MAX_BYTES 200 /* of a name that is looked at */
#define SHOWN_MAX 5        /* names in a message */

/* Names as fold_text leaves them. */
static const struct alias {
	enum column column;
	const char *names; /* with | between and at both ends */
	bool weak; /* they mean it only if no other column does: a number may be that of a customer */
} aliases[] = {
	{COLUMN_PHONE,
		"|phone|phone number|phone no|phone1|phone 1|phone2|phone 2|phone e164|telephone|telephones|telephone 1|telephone 2"
		"|telephone number|telephone mobile|telephone portable|telephone fixe|tel|tel 1|tel 2|tel1|tel2|tel mobile|tel portable"
		"|tel fixe|mobile|mobile phone|mobile number|cell|cell phone|cellphone|portable|gsm|fixe|home phone|work phone"
		"|business phone|numero de telephone|numero telephone|numero de tel|numero tel|numero de portable"
		"|numero de mobile|num tel|num telephone|n de telephone|n telephone|n tel|no de telephone|no tel|msisdn"
		"|contact number|"},
	{COLUMN_PHONE, "|numero|num|number|no|n|", true},
	{COLUMN_FIRST_NAME, "|first name|firstname|first|given name|forename|prenom|prenoms|"},
	{COLUMN_LAST_NAME, "|last name|lastname|last|surname|family name|nom|nom de famille|"},
	{COLUMN_LAST_NAME,
		"|name|full name|nom complet|nom prenom|nom et prenom|contact|contact name|", true},
	{COLUMN_EMAIL,
		"|email|e mail|mail|email address|e mail address|courriel|adresse email|adresse e mail|adresse mail|adresse courriel|"},
	{COLUMN_COMPANY,
		"|company|company name|organisation|organization|entreprise|societe|nom de la societe|raison sociale|etablissement"
		"|compagnie|employer|"},
	{COLUMN_NOTES,
		"|notes|note|comment|comments|commentaire|commentaires|remarque|remarques|remark|remarks|observation|observations|"},
	{COLUMN_STATUS, "|status|statut|etat|"},
	{COLUMN_PRIORITY, "|priority|priorite|"},
	{COLUMN_CONSENT_BASIS,
		"|consent basis|consent|consentement|legal basis|base legale|base du consentement|opt in|optin|"},
	{COLUMN_CONSENT_AT,
		"|consent at|consent date|consented at|date of consent|date consentement|date de consentement|date du consentement"
		"|opt in date|date opt in|"},
	{COLUMN_CONSENT_PROOF,
		"|consent proof|proof|proof of consent|preuve|preuve consentement|preuve de consentement|preuve du consentement|"},
	{COLUMN_TZ, "|tz|timezone|time zone|fuseau|fuseau horaire|"},
	{COLUMN_COUNTRY, "|country|country code|pays|code pays|"},
	{COLUMN_REASON, "|reason|raison|motif|"},
	{COLUMN_SCOPE, "|scope|campaign|campaign id|campagne|"},
	{COLUMN_RESULT,
		"|lead id|contact id|attempts|last attempt|imported at|audio recording path|last call date|last call duration"
		"|last call result|amd result|final sentiment|is interested|total calls|transcription complete|line type|import id|phone raw"
		"|refused at|created at|updated at|"},
};

static bool is_alias(const char *names, const char *name)
{
	const char *at = strstr(names, name);
	size_t n = strlen(name);

	while (at && (at[-1] != '|' || at[n] != '|'))
		at = strstr(at + 1, name);
	return at;
}

static const struct alias *find_alias(const char *name, size_t n)
{
	const struct alias *found = NULL;
	struct dynbuf folded;

	dynbuf_init(&folded, 4 * NAME_MAX_BYTES);
	if (n <= NAME_MAX_BYTES && fold_text(name, n, &folded) == 0 && folded.n)
		for (size_t i = 0; i < ARRAY_LEN(aliases) && !found; i++)
			if (is_alias(aliases[i].names, folded.p))
				found = &aliases[i];
	dynbuf_free(&folded);
	return found;
}

/* How good a header this is with that delimiter: names that are known, then how many there are. */
static size_t judge(struct input *in, const char *p, size_t n, char delimiter)
{
	struct csv_record r;
	size_t known = 0;
	bool windows;

	in->csv.delimiter = delimiter;
	if (!csv_next(&in->csv, p, n, in->ended, &r))
		return 0;
	if (r.fault != CSV_FINE && r.fault != CSV_TOO_MANY) /* these are columns all the same */
		return 0;
	windows = in->encoding == INPUT_UTF8 && !utf8_valid(r.raw.p, r.raw.n);
	for (size_t i = 0; i < r.n; i++) {
		struct csv_field f;

		dynbuf_reset(&in->text);
		f = input_text(in, r.fields[i], windows, &in->text);
		known += find_alias(f.p, f.n) != NULL;
	}
	return known * CSV_FIELDS_MAX * 2 + r.n;
}

/* "sep=;": how a spreadsheet says it. The line is taken. */
static bool take_sep(struct input *in, const char *p, size_t n)
{
	size_t line = 5;

	if (n < 6 || strncasecmp(p, "sep=", 4) != 0 || (p[5] != '\n' && p[5] != '\r'))
		return false;
	in->csv.delimiter = p[4];
	line += p[5] == '\r' && n > 6 && p[6] == '\n' ? 2 : 1;
	in->at += line;
	in->line++;
	return true;
}

static int guess(struct input *in)
{
	static const char delimiters[] = ",;\t|";
	char best = ',';
	size_t most = 0, n;
	const char *p;

	if (input_peek(in, &p, &n) == -1)
		return -1;
	if (take_sep(in, p, n))
		return 0;
	for (const char *d = delimiters; *d; d++) {
		size_t this = judge(in, p, n, *d);
		if (this > most) {
			most = this;
			best = *d;
		}
	}
	in->csv.delimiter = best;
	return 0;
}

static bool is_blank(const struct csv_record *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->fields[i].n; k++)
			if (!strchr(" \t", r->fields[i].p[k]) || !r->fields[i].p[k])
				return false;
	return true;
}

static int no_phone(struct input *in, const struct columns *c)
{
	size_t used = (size_t)snprintf(in->why, sizeof(in->why),
		"no column of it is a telephone number, as 'phone': it has");

	for (size_t i = 0; i < c->n && i < SHOWN_MAX && used < sizeof(in->why); i++)
		used += (size_t)snprintf(in->why + used, sizeof(in->why) - used, "%s '%.*s'",
			i ? "," : "", (int)utf8_cut(c->names[i], strlen(c->names[i]), 20),
			c->names[i]);
	if (c->n > SHOWN_MAX && used < sizeof(in->why))
		snprintf(in->why + used, sizeof(in->why) - used, ", ..");
	for (char *at = in->why; (at = strpbrk(at, "\r\n")) != NULL;)
		*at = ' ';
	return -1;
}

static struct csv_field name_of(struct input *in, struct csv_field f, bool windows)
{
	dynbuf_reset(&in->text);
	f = input_text(in, f, windows, &in->text);
	while (f.n && strchr(" \t", f.p[f.n - 1]))
		f.n--;
	while (f.n && strchr(" \t", *f.p))
		f.p++, f.n--;
	return f;
}

/* A name that an earlier column has gets a number, so that both can be kept. */
static char *unlike_others(const struct columns *c, struct csv_field f)
{
	char *name = strndup(f.p, f.n);
	int same = 1;

	for (size_t i = 0; name && i < c->n; i++) {
		if (strcmp(c->names[i], name) != 0)
			continue;
		free(name);
		if (asprintf(&name, "%.*s %d", (int)f.n, f.p, ++same) == -1)
			return NULL;
		i = SIZE_MAX; /* once more, from the first one */
	}
	return name;
}

static int take_names(struct input *in, const struct csv_record *r, struct columns *ret)
{
	const struct alias *found[CSV_FIELDS_MAX];
	bool windows = input_is_windows(in, r->raw);

	for (size_t i = 0; i < r->n; i++) {
		struct csv_field f = name_of(in, r->fields[i], windows);

		ret->names[i] = unlike_others(ret, f);
		if (!ret->names[i]) {
			snprintf(in->why, sizeof(in->why), "no memory");
			return -1;
		}
		ret->n++;
		found[i] = find_alias(f.p, f.n);
		ret->of[i] = found[i] && !found[i]->weak ? found[i]->column : COLUMN_EXTRA;
		ret->has[ret->of[i]] = true;
	}
	for (size_t i = 0; i < r->n; i++)
		if (found[i] && found[i]->weak && !ret->has[found[i]->column])
			ret->of[i] = found[i]->column;
	for (size_t i = 0; i < r->n; i++)
		ret->has[ret->of[i]] = true;
	return ret->has[COLUMN_PHONE] ? 0 : no_phone(in, ret);
}

/* The first line of a list is a line as any other: it is to be read again. */
static bool take_list(struct columns *c, const char *country)
{
	for (size_t i = 0; i < c->n; i++) {
		struct e164 n;

		if (e164_parse(c->names[i], strlen(c->names[i]), country, &n) == 0) {
			c->of[i] = COLUMN_PHONE;
			c->has[COLUMN_PHONE] = true;
		}
	}
	return c->has[COLUMN_PHONE];
}

static int read_header(struct input *in, bool list, const char *country, struct columns *ret)
{
	struct csv_record r;
	int64_t line;
	size_t at;
	int got;

	*ret = (struct columns){.n = 0};
	if (guess(in) == -1)
		return -1;
	do {
		at = in->at; /* all of a record is in the buffer: input_peek has filled it */
		got = input_next(in, &r, &line);
	} while (got == 1 && r.fault == CSV_FINE && is_blank(&r));
	if (got == -1)
		return -1;
	if (got == 0)
		snprintf(in->why, sizeof(in->why), "it is empty");
	else if (r.fault != CSV_FINE)
		snprintf(in->why, sizeof(in->why), "its first line is no header: %s",
			csv_why(r.fault));
	else if (take_names(in, &r, ret) == 0)
		return 0;
	else if (list && take_list(ret, country)) {
		in->at = at;
		in->line = line;
		return 0;
	}
	return -1;
}

int columns_read(struct input *in, struct columns *ret)
{
	return read_header(in, false, NULL, ret);
}

int columns_read_list(struct input *in, const char *country, struct columns *ret)
{
	return read_header(in, true, country, ret);
}

void columns_free(struct columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->names[i]);
	c->n = 0;
}
