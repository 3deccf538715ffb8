#include "text/language.h"

#include <string.h>
#include <strings.h>

static const struct text_language *const languages[] = {
	&text_en, &text_fr, &text_ar, &text_ru, &text_uk};

const struct text_language *text_language(const char *tag)
{
	if (!tag)
		return NULL;
	size_t n = strcspn(tag, "-_");
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (n == strlen(languages[i]->code) && strncasecmp(tag, languages[i]->code, n) == 0)
			return languages[i];
	return NULL;
}
