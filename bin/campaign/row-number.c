/* Numbers and dates in the cells of a table. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "row.h"

#define DIGITS "0123456789"
#define CELL_MAX 128 /* bytes of a cell that is repaired */

/* "3.3612345678E+10", all of whose digits are there. What was rounded is no number any more. */
static bool expand(const char *cell, char ret[CELL_MAX])
{
	size_t whole = strspn(cell, DIGITS), part = 0;
	const char *p = cell + whole;
	unsigned exponent;

	if (whole != 1)
		return false;
	if (*p == '.' || *p == ',')
		part = strspn(++p, DIGITS);
	if (sscanf(p + part, "%*1[eE]%3u", &exponent) != 1 || part != exponent)
		return false;
	snprintf(ret, CELL_MAX, "%.1s%.*s", cell, (int)part, p);
	return true;
}

/* "612345678.0", "612345678,00" */
static void cut_decimals(char *cell)
{
	size_t whole = strspn(cell, "+" DIGITS);

	if (whole > 5 && (cell[whole] == '.' || cell[whole] == ',') && cell[whole + 1] == '0' &&
		!cell[whole + 1 + strspn(cell + whole + 1, "0")])
		cell[whole] = '\0';
}

/* "6.12345678E+8", "3e10": a number of arithmetic, and none of a telephone. */
static bool is_scientific(const char *s, size_t n)
{
	for (size_t i = 1; i + 1 < n; i++) {
		bool letter = isalpha((unsigned char)s[i]) && !strchr("xX", s[i]);

		if (letter && isdigit((unsigned char)s[i - 1]) &&
			(isdigit((unsigned char)s[i + 1]) || strchr("+-", s[i + 1])))
			return true;
	}
	return false;
}

static int try(const char *cell, size_t n, const char *country, struct e164 *ret)
{
	char zero[CELL_MAX + 1];

	if (e164_parse(cell, n, country, ret) == 0)
		return 0;
	if (!n || *cell == '+' || *cell == '0' || !country)
		return -1;
	snprintf(zero, sizeof(zero), "0%.*s", (int)n, cell);
	return e164_parse(zero, n + 1, country, ret);
}

/* From the first digit to the first letter: "Tel: 06 12 34 56 78 (soir)". */
static int try_part(const char *part, const char *country, struct e164 *ret)
{
	size_t n;

	part += strcspn(part, "+(" DIGITS);
	n = strspn(part, "+-./ ()" DIGITS);
	while (n && !strchr(DIGITS, part[n - 1]))
		n--;
	return try(part, n, country, ret);
}

/* One of several in a cell, with words around it; "=\"06..\"". */
static int repair(char *cell, const char *country, struct e164 *ret)
{
	static const char divide[] = "/;,|\n\r";
	char whole[CELL_MAX];

	if (is_scientific(cell, strlen(cell)))
		return expand(cell, whole) ? try(whole, strlen(whole), country, ret) : -1;
	cell += strcspn(cell, "+(" DIGITS);
	cell[strcspn(cell, "\"")] = '\0';
	cut_decimals(cell);
	if (try(cell, strlen(cell), country, ret) == 0)
		return 0;
	for (char *end = cell + strlen(cell); cell < end; cell += strlen(cell) + 1) {
		char *word = strstr(cell, " ou ");

		if (!word)
			word = strstr(cell, " or ");
		if (word)
			memset(word, '/', 4);
		cell[strcspn(cell, divide)] = '\0';
		if (try_part(cell, country, ret) == 0)
			return 0;
	}
	return -1;
}

int row_number(const char *text, size_t n, const char *country, bool clean, struct e164 *ret)
{
	char cell[CELL_MAX];
	struct e164 repaired;

	if (is_scientific(text, n))
		*ret = (struct e164){.fault = E164_NOT_A_NUMBER};
	else if (e164_parse(text, n, country, ret) == 0)
		return 0;
	if (!clean || n >= sizeof(cell))
		return -1;
	memcpy(cell, text, n);
	cell[n] = '\0';
	if (repair(cell, country, &repaired) == -1)
		return -1;
	*ret = repaired;
	return 0;
}

/* Day, month and year in one of the orders people have them. */
static bool read_day(const char *s, int *year, int *month, int *day, int *used)
{
	char a, b;

	if (strspn(s, DIGITS) == 4)
		return sscanf(s, "%4d-%2d-%2d%n", year, month, day, used) == 3;
	return sscanf(s, "%2d%c%2d%c%4d%n", day, &a, month, &b, year, used) == 5 && a == b &&
		strchr("/.-", a);
}

static bool is_day(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year >= 1900 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
		day <= days[month - 1] + (month == 2 && leap);
}

/* "Z", "+02:00", "+0200", "-5", or nothing */
static bool is_offset(const char *s)
{
	int h = 0, m = 0, used = 0;

	if (!*s || strcmp(s, "Z") == 0)
		return true;
	if ((*s != '+' && *s != '-') || sscanf(s + 1, "%2d%n", &h, &used) != 1 || h < 0 || h > 14)
		return false;
	s += 1 + used;
	if (!*s)
		return true;
	s += *s == ':';
	used = 0;
	return sscanf(s, "%2d%n", &m, &used) == 1 && m >= 0 && m < 60 && used == 2 && !s[used];
}

/* " 14:30", "T14:30:00Z", "T14:30:00.123+02:00" */
static bool is_time(const char *s)
{
	int h, m, sec = 0, used = 0;

	if ((*s != ' ' && *s != 'T') || sscanf(s + 1, "%2d:%2d%n", &h, &m, &used) != 2)
		return false;
	s += 1 + used;
	if (*s == ':' && sscanf(s, ":%2d%n", &sec, &used) == 1)
		s += used;
	if (*s == '.')
		s += 1 + strspn(s + 1, DIGITS);
	return h >= 0 && h < 24 && m >= 0 && m < 60 && sec >= 0 && sec < 60 && is_offset(s);
}

int row_date(const char *text, size_t n, char ret[32])
{
	int year, month, day, used = 0;
	char s[32];

	if (n >= sizeof(s) || memchr(text, '\0', n))
		return -1;
	memcpy(s, text, n);
	s[n] = '\0';
	if (!read_day(s, &year, &month, &day, &used) || !is_day(year, month, day) ||
		strlen(s + used) > 21 || (s[used] && !is_time(s + used)))
		return -1;
	snprintf(ret, 32, "%04d-%02d-%02d%.21s", year, month, day, s + used);
	return 0;
}
