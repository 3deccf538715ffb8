/* campaign: what Asterisk dials over a trunk: checked, filled and looked for by the same rule. */
#include "endpoint.h"

#include "tap.h"

static const char *filled(const char *template, const char *phone)
{
	static char ret[ENDPOINT_MAX];

	return endpoint_fill(ret, template, phone) == 0 ? ret : "-";
}

static const char *place(const char *template)
{
	static char ret[2 * ENDPOINT_MAX + 1];
	struct endpoint_place p;

	if (endpoint_place(template, &p) == -1)
		return "-";
	snprintf(ret, sizeof(ret), "%s %s", p.technology, p.name);
	return ret;
}

static void good(void)
{
	static const struct {
		const char *template, *filled, *place;
	} of[] = {
		{"PJSIP/%s@trunk", "PJSIP/+33612345678@trunk", "PJSIP trunk"},
		{"PJSIP/%n@trunk", "PJSIP/33612345678@trunk", "PJSIP trunk"},
		{"PJSIP/0%n@a@b", "PJSIP/033612345678@a@b", "PJSIP b"},
		{"PJSIP/trunk/sip:%s@host", "PJSIP/trunk/sip:+33612345678@host", "PJSIP trunk"},
		{"IAX2/carrier/%s", "IAX2/carrier/+33612345678", "IAX2 carrier"},
		{"PJSIP/%n@50%%", "PJSIP/33612345678@50%", "PJSIP 50%"},
		{"PJSIP/%%n%s@%%s", "PJSIP/%n+33612345678@%s", "PJSIP %s"},
		{"PJSIP/%s", "PJSIP/+33612345678", "-"},
		{"PJSIP/%s@", "PJSIP/+33612345678@", "-"},
		{"PJSIP/%n@my trunk/2", "PJSIP/33612345678@my trunk/2", "-"},
		{"Local/%s@context", "Local/+33612345678@context", "-"},
	};

	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		ok(endpoint_check(of[i].template), "'%s' is one", of[i].template);
		is_str(filled(of[i].template, "+33612345678"), of[i].filled, "filled");
		is_str(place(of[i].template), of[i].place, "and its place");
	}
	is_str(filled("PJSIP/%n@t", "112"), "PJSIP/112@t", "a number without a +");
}

static void bad(void)
{
	static const char *const of[] = {"", "%s", "trunk", "PJSIP/trunk", "PJSIP/%%s@trunk",
		"PJSIP/%s%s@trunk", "PJSIP/%s@%n", "PJSIP/%d@trunk", "PJSIP/%s@trunk%", "PJSIP/%",
		"/%s@trunk", "%s/trunk", "%%/%s@trunk", "PJSIP%s@trunk"};

	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		ok(!endpoint_check(of[i]), "'%s' is none", of[i]);
		is_str(filled(of[i], "+33612345678"), "-", "nor filled");
		is_str(place(of[i]), "-", "nor looked for");
	}
}

/* Nothing is cut off: it would be another number. */
static void lengths(void)
{
	char template[ENDPOINT_MAX + 1];

	for (int n = ENDPOINT_MAX - 20; n < ENDPOINT_MAX; n++) {
		snprintf(template, sizeof(template), "PJSIP/%%s@%0*d", n - 9, 0);
		if (endpoint_check(template) != (n - 2 + 16 < ENDPOINT_MAX))
			ok(false, "%d bytes", n);
		if (strlen(filled(template, "+12")) != (n + 1 < ENDPOINT_MAX ? (size_t)n + 1 : 1))
			ok(false, "%d bytes, filled", n);
	}
	ok(true, "one that is too long for a number is none");
}

int main(void)
{
	good();
	bad();
	lengths();
	return done_testing();
}
