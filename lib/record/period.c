#include "record/period.h"

#include <ctype.h>
#include <string.h>

#include "base/log.h"

#define DIGITS "0123456789"

static bool is_date(const char *s)
{
	static const char form[] = "dddd-dd-dd";

	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != form[i])
			return false;
	s += strlen(form);
	return !*s ||
		((*s == ' ' || *s == 'T') && isdigit((unsigned char)s[1]) &&
			!s[1 + strspn(s + 1, DIGITS ":.+-Z")]);
}

int period_check(const char *option, const char *value)
{
	if (!value || is_date(value))
		return 0;
	log_error(
		"cannot use --%s '%s': must be a day, YYYY-MM-DD, or a time of one, YYYY-MM-DD HH:MM",
		option, value);
	return -1;
}
