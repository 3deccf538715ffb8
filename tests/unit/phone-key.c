/* Telephone numbers that are one, and those that are not. */
#include <stdlib.h>

#include "record/phone-key.h"
#include "tap.h"

static void same(const char *country, const char *number, const char *want)
{
	char digits[PHONE_DIGITS_MAX + 1] = "";
	bool is;

	is = phone_digits(number, country, digits);
	if (want)
		is_str(is ? digits : "none", want, "'%s' in %s", number,
			country ? country : "no country");
	else
		ok(!is, "'%s' is none", number);
}

int main(void)
{
	uint8_t hash[SHA256_BYTES];

	same(NULL, "+33 6 12-34.56(78)", "33612345678");
	same(NULL, "0033612345678", "33612345678");
	same(NULL, "0612345678", "0612345678");
	same("33", "0612345678", "33612345678");
	same("33", "0033612345678", "33612345678");
	same("33", "+330612345678", "330612345678");
	same("33", "33612345678", "33612345678");
	same(NULL, "anonymous", NULL);
	same(NULL, "12", NULL);
	same(NULL, "", NULL);
	same(NULL, "99999999999999999999999999999999999999", "99999999999999999999999");
	ok(!phone_hash("33612345678", NULL, hash), "without a key there is no hash");
	return done_testing();
}
