#include "text/language.h"

#include <string.h>
#include <strings.h>

static const struct text_language *const languages[] = {
	&text_en, &text_fr, &text_ar, &text_ru, &text_uk};

bool text_tag_is(const char *tag, const char *code)
{
	size_t n = strlen(code);

	return tag && strcspn(tag, "-_") == n && strncasecmp(tag, code, n) == 0;
}

const struct text_language *text_language(const char *tag)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (text_tag_is(tag, languages[i]->code))
			return languages[i];
	return NULL;
}
