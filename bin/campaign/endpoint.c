#include "endpoint.h"

#include <stdio.h>
#include <string.h>

/* What text stands for a % and the letter behind it; NULL: nothing. */
static const char *meaning(char letter, const char *phone)
{
	switch (letter) {
	case 's':
		return phone;
	case 'n':
		return *phone == '+' ? phone + 1 : phone;
	case '%':
		return "%";
	default:
		return NULL;
	}
}

int endpoint_fill(char ret[ENDPOINT_MAX], const char *template, const char *phone)
{
	size_t n = 0;
	int numbers = 0;

	for (const char *p = template; *p; p++) {
		char one[2] = {*p, '\0'};
		const char *text = one;

		if (*p == '%') {
			p++;
			text = meaning(*p, phone);
			numbers += *p != '%';
		}
		if (!text || n + strlen(text) >= ENDPOINT_MAX)
			return -1;
		n += (size_t)snprintf(ret + n, ENDPOINT_MAX - n, "%s", text);
	}
	/* a technology, and the number behind it: no number has a slash */
	return numbers == 1 && strcspn(template, "%/") > 0 &&
			template[strcspn(template, "%/")] == '/'
		? 0
		: -1;
}

bool endpoint_check(const char *template)
{
	char filled[ENDPOINT_MAX];

	return endpoint_fill(filled, template, "+123456789012345") == 0; /* the longest */
}

int endpoint_place(const char *template, struct endpoint_place *ret)
{
	static const char mark[] = "\001"; /* where the number stands */
	char filled[ENDPOINT_MAX], *name, *end;

	if (endpoint_fill(filled, template, mark) == -1)
		return -1;
	name = strchr(filled, '/');
	*name++ = '\0';
	end = strchr(name, '/');
	if (end) /* trunk/sip:%s@host */
		*end = '\0';
	else if (strrchr(name, '@'))
		name = strrchr(name, '@') + 1;
	if (strcmp(filled, "Local") == 0 || !*name || strchr(name, *mark))
		return -1;
	snprintf(ret->technology, sizeof(ret->technology), "%s", filled);
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	return 0;
}
