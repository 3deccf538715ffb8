/* Dates and times. */
#include <string.h>

#include "text/speaker.h"

static bool is_date(const struct date *d)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return d->month >= 1 && d->month <= 12 && d->day >= 1 && d->day <= days[d->month - 1];
}

/* h:mm at i, seconds and fractions of them passed over; 0: none. */
static size_t read_clock(const struct speaker *s, size_t i, struct time_of_day *ret)
{
	size_t end, more;

	*ret = (struct time_of_day){.hour = speaker_digits(s, i, 1, 2, &end)};
	if (ret->hour < 0 || ret->hour > 23 || s->p[end] != ':')
		return 0;
	ret->minute = speaker_digits(s, end + 1, 2, 2, &end);
	if (ret->minute < 0 || ret->minute > 59)
		return 0;
	if (s->p[end] == ':' && speaker_digits(s, end + 1, 2, 2, &more) >= 0)
		end = more;
	return end;
}

/* 2026-12-24, with or without a time behind it. */
static size_t read_iso(struct speaker *s, size_t i)
{
	struct time_of_day t;
	struct date d;
	size_t end, behind;

	d.year = speaker_digits(s, i, 4, 4, &end);
	char sign = s->p[end];
	if (d.year < 0 || (sign != '-' && sign != '/'))
		return 0;
	d.month = speaker_digits(s, end + 1, 2, 2, &end);
	if (d.month < 0 || s->p[end] != sign)
		return 0;
	d.day = speaker_digits(s, end + 1, 2, 2, &end);
	d.month_first = false;
	if (d.day < 0 || !is_date(&d))
		return 0;
	s->language->say_date(&d, s->before, s->ret);
	if (s->p[end] != 'T' || (behind = read_clock(s, end + 1, &t)) == 0)
		return end;
	dynbuf_adds(s->ret, ", ");
	s->language->say_time(&t, "", s->ret);
	if (s->p[behind] == '.')
		for (behind++; is_digit(s->p[behind]);)
			behind++;
	return s->p[behind] == 'Z' ? behind + 1 : behind;
}

/* The word that makes the number before i a year; NULL: there is none. *ret_end is behind it. */
static const struct year_word *year_word_at(const struct speaker *s, size_t i, size_t *ret_end)
{
	size_t at = speaker_blank(s, i);

	for (const struct year_word *y = s->language->years; y && y->written; y++) {
		size_t n = speaker_listed(s, at, y->written, true);
		if (n > 0 && (!y->before || strcmp(y->before, s->before) == 0)) {
			/* A period that ends the sentence is left. */
			*ret_end = at + n - (s->p[at + n - 1] == '.' && at + n == s->n);
			return y;
		}
	}
	return NULL;
}

static size_t behind_year(const struct speaker *s, size_t i)
{
	size_t end;

	return year_word_at(s, i, &end) ? end : i;
}

/* 24/12/2026, 24.12.26. */
static size_t read_numeric(struct speaker *s, size_t i)
{
	struct date d = {.month_first = false};
	size_t end;

	d.day = speaker_digits(s, i, 1, 2, &end);
	char sign = s->p[end];
	if (d.day < 0 || (sign != '/' && sign != '.' && sign != '-'))
		return 0;
	d.month = speaker_digits(s, end + 1, 1, 2, &end);
	if (d.month < 0 || s->p[end] != sign)
		return 0;
	size_t year = end + 1;
	d.year = speaker_digits(s, year, 2, 4, &end);
	if (d.year < 0 || end - year == 3 || (sign == '-' && end - year == 2) ||
		((s->p[end] == sign || s->p[end] == ' ') && is_digit(s->p[end + 1])))
		return 0;
	if (end - year == 2)
		d.year += 2000;
	if ((s->month_first && d.day <= 12) || d.month > 12) {
		int day = d.month;
		d.month = d.day;
		d.day = day;
		d.month_first = true;
	}
	if (!is_date(&d))
		return 0;
	s->language->say_date(&d, s->before, s->ret);
	return behind_year(s, end);
}

/* The month that is written at i; 0: none. */
static int month_at(const struct speaker *s, size_t i, size_t *ret_end)
{
	for (int month = 0; month < 12; month++) {
		size_t n = speaker_listed(s, i, s->language->months[month], true);
		if (n > 0) {
			*ret_end = i + n;
			return month + 1;
		}
	}
	return 0;
}

/* Behind the ending of an ordinal at i, if there is one. */
static size_t behind_ordinal(const struct speaker *s, size_t i)
{
	return i + speaker_listed(s, i, s->language->ordinals, true);
}

/* 24 December 2026, 24th of December, 1er janvier. */
static size_t read_named(struct speaker *s, size_t i)
{
	struct date d = {.month_first = false};
	size_t end, year;

	d.day = speaker_digits(s, i, 1, 2, &end);
	if (d.day < 0)
		return 0;
	end = behind_ordinal(s, end);
	if (s->p[end] != ' ')
		return 0;
	size_t of = speaker_listed(s, end + 1, "of |de |من ", false);
	d.month = month_at(s, end + 1 + of, &end);
	if (d.month == 0 || !is_date(&d))
		return 0;
	size_t behind = s->p[end] == ',' ? end + 1 : end;
	if (s->p[behind] == ' ' && (d.year = speaker_digits(s, behind + 1, 4, 4, &year)) > 0)
		end = behind_year(s, year);
	else
		d.year = 0;
	s->language->say_date(&d, s->before, s->ret);
	return end;
}

size_t moment_read_date(struct speaker *s, size_t i)
{
	size_t end = read_iso(s, i);

	if (end == 0)
		end = read_numeric(s, i);
	return end > 0 ? end : read_named(s, i);
}

size_t moment_read_month(struct speaker *s, size_t i)
{
	struct date d = {.month_first = true};
	size_t end, year;

	if (strcmp(s->language->code, "en") != 0 || (d.month = month_at(s, i, &end)) == 0 ||
		s->p[end] != ' ')
		return 0;
	d.day = speaker_digits(s, end + 1, 1, 2, &end);
	if (d.day < 0 || !is_date(&d))
		return 0;
	end = behind_ordinal(s, end);
	if (speaker_in_word(s, end) || s->p[end] == ':' ||
		(s->p[end] == '.' && is_digit(s->p[end + 1])))
		return 0;
	size_t behind = s->p[end] == ',' ? end + 1 : end;
	if (s->p[behind] == ' ' && (d.year = speaker_digits(s, behind + 1, 4, 4, &year)) > 0)
		end = year;
	else
		d.year = 0;
	s->language->say_date(&d, s->before, s->ret);
	return end;
}

size_t moment_read_year(struct speaker *s, size_t i)
{
	size_t end;
	int year = speaker_digits(s, i, 4, 4, &end);
	const struct year_word *word = year > 1000 && year < 2200 ? year_word_at(s, end, &end)
								  : NULL;

	if (!word)
		return 0;
	s->language->say_ordinal((uint64_t)year, word->ending, s->ret);
	dynbuf_addf(s->ret, " %s", word->said);
	return end;
}

bool moment_is_range(const struct speaker *s, size_t i)
{
	struct time_of_day t;
	size_t end = read_clock(s, i, &t);
	size_t dash = end == 0                     ? 0
		: s->p[end] == '-'                 ? 1
		: strncmp(s->p + end, "–", 3) == 0 ? 3
						   : 0;

	return dash > 0 && read_clock(s, end + dash, &t) > 0;
}

/* What says which half of the day it is; 0: nothing does. */
static int half_at(const struct speaker *s, size_t i, size_t *ret_end)
{
	size_t at = speaker_blank(s, i);
	size_t am = speaker_listed(s, at, s->language->am, true),
	       pm = speaker_listed(s, at, s->language->pm, true);

	if (am == 0 && pm == 0)
		return 0;
	*ret_end = at + (am > 0 ? am : pm);
	return am > 0 ? 'a' : 'p';
}

/* 14h30, 9 h: French. */
static size_t read_french(const struct speaker *s, size_t i, struct time_of_day *t)
{
	size_t end, minutes;

	*t = (struct time_of_day){.hour = speaker_digits(s, i, 1, 2, &end)};
	end = speaker_blank(s, end);
	if (t->hour < 0 || t->hour > 23 || s->p[end] != 'h')
		return 0;
	end++;
	t->minute = speaker_digits(s, speaker_blank(s, end), 2, 2, &minutes);
	if (t->minute >= 0 && t->minute <= 59 && !speaker_in_word(s, minutes))
		return minutes;
	t->minute = 0;
	return speaker_in_word(s, end) ? 0 : end;
}

size_t moment_read_time(struct speaker *s, size_t i)
{
	struct time_of_day t;
	size_t end = read_clock(s, i, &t), behind = end;

	if (end == 0 && strcmp(s->language->code, "fr") == 0)
		end = behind = read_french(s, i, &t);
	if (end == 0) {
		t = (struct time_of_day){.hour = speaker_digits(s, i, 1, 2, &behind)};
		if (t.hour < 1 || t.hour > 12)
			return 0;
	}
	t.half = half_at(s, behind, &end);
	if (end == 0)
		return 0;
	bool period = t.half && s->p[end - 1] == '.' && end == s->n;
	s->language->say_time(&t, s->before, s->ret);
	return end - period;
}
