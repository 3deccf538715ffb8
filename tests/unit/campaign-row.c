/* Numbers and dates in the cells of a table, and what stands around them. */
#include "row.h"

#include "tap.h"

static void number(const char *cell, bool clean, const char *want)
{
	struct e164 n;
	int err = row_number(cell, strlen(cell), "FR", clean, &n);

	is_str(err ? "none" : n.number, want, "'%s'%s", cell, clean ? ", cleaned" : "");
}

static void date(const char *cell, const char *want)
{
	char got[32] = "";

	is_str(row_date(cell, strlen(cell), got) ? "none" : got, want, "'%s'", cell);
}

static void trimmed(const char *cell, const char *want)
{
	struct csv_field f = row_trim((struct csv_field){cell, strlen(cell)});
	char got[64];

	snprintf(got, sizeof(got), "%.*s", (int)f.n, f.p);
	is_str(got, want, "'%s' trimmed", cell);
}

int main(void)
{
	number("06 12 34 56 78", false, "+33612345678");
	number("6.12345678E+8", false, "none");
	number("6.12345678E+8", true, "+33612345678");
	number("12345678e8", false, "none");
	number("12345678e8", true, "none");
	number("1,2345678e8", true, "none");
	number("06 12 34 56 78 x5", true, "+33612345678");
	number("06 12 34 56 78 apres 18h", true, "+33612345678");
	number("6,12345678e8", true, "+33612345678");
	number("3.3612345678E+10", true, "+33612345678");
	number("3.36E+10", true, "none");
	number("3.361234567E+10", true, "none");
	number("612345678.0", true, "+33612345678");
	number("33612345678,00", true, "+33612345678");
	number("=\"0612345678\"", true, "+33612345678");
	number("Mobile : 06.12.34.56.78 (soir)", true, "+33612345678");
	number("12 / 06 12 34 56 78", true, "+33612345678");
	number("0612345678 ou 0112345678", true, "+33612345678");
	number("0612345678, 0112345678", true, "+33612345678");
	number("", true, "none");
	number("n/a", true, "none");
	number("12345", true, "none");
	date("2026-11-26", "2026-11-26");
	date("26/11/2026", "2026-11-26");
	date("1.2.2026", "2026-02-01");
	date("26-11-2026 14:30", "2026-11-26 14:30");
	date("2026-11-26T14:30:15Z", "2026-11-26T14:30:15Z");
	date("2026-11-26 14:30:15.25+02:00", "2026-11-26 14:30:15.25+02:00");
	date("29/02/2024", "2024-02-29");
	date("29/02/2026", "none");
	date("2026-13-01", "none");
	date("32/01/2026", "none");
	date("26/11-2026", "none");
	date("26/11/26", "none");
	date("2026-11-26 25:00", "none");
	date("2026-11-26 14:30+99:00", "none");
	date("2026-11-26 14:30 now", "none");
	date("now()", "none");
	date("2026-11-26 14:30:15.123456789012345+02:00", "none");
	date("", "none");
	trimmed(" \t a b \xc2\xa0", "a b");
	trimmed("'=1+1", "=1+1");
	trimmed("'+33 6", "+33 6");
	trimmed("'tis", "'tis");
	trimmed("'", "'");
	trimmed("\xe2\x80\x8b", "");
	return done_testing();
}
