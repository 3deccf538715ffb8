#include "pronounce.h"

#include <stdio.h>
#include <string.h>

#define PART_MAX 64 /* bytes of a word between two joints, with the NUL */

/* The longest that matches counts; where: '^' at the beginning of the word, '$' at its end, ' ' anywhere, 'e' before
 * e, i or y. */
static const struct rule {
	const char *letters, *phones;
	char where;
} rules[] = {
	{"ation", "EY SH AH N", '$'},
	{"tion", "SH AH N", '$'},
	{"sion", "ZH AH N", '$'},
	{"ture", "CH ER", '$'},
	{"eigh", "EY", ' '},
	{"ough", "AO", ' '},
	{"augh", "AO", ' '},
	{"ight", "AY T", ' '},
	{"ing", "IH NG", '$'},
	{"ous", "AH S", '$'},
	{"ies", "IY Z", '$'},
	{"tch", "CH", ' '},
	{"dge", "JH", ' '},
	{"igh", "AY", ' '},
	{"air", "EH R", ' '},
	{"ear", "IH R", ' '},
	{"eer", "IH R", ' '},
	{"our", "AO R", ' '},
	{"oor", "AO R", ' '},
	{"qu", "K W", ' '},
	{"ch", "CH", ' '},
	{"ck", "K", ' '},
	{"sh", "SH", ' '},
	{"th", "TH", ' '},
	{"ph", "F", ' '},
	{"wh", "W", ' '},
	{"kn", "N", '^'},
	{"wr", "R", '^'},
	{"gh", "G", ' '},
	{"ng", "NG", '$'},
	{"nk", "NG K", ' '},
	{"sc", "S", 'e'},
	{"ee", "IY", ' '},
	{"ea", "IY", ' '},
	{"ai", "EY", ' '},
	{"ay", "EY", ' '},
	{"oa", "OW", ' '},
	{"oo", "UW", ' '},
	{"ou", "AW", ' '},
	{"ow", "OW", '$'},
	{"ow", "AW", ' '},
	{"oi", "OY", ' '},
	{"oy", "OY", ' '},
	{"au", "AO", ' '},
	{"aw", "AO", ' '},
	{"ew", "UW", ' '},
	{"ey", "IY", '$'},
	{"ei", "EY", ' '},
	{"ie", "IY", ' '},
	{"ue", "UW", '$'},
	{"ar", "AA R", ' '},
	{"er", "ER", ' '},
	{"ir", "ER", ' '},
	{"or", "AO R", ' '},
	{"ur", "ER", ' '},
	{"le", "AH L", '$'},
	{"es", "IH Z", '$'},
	{"ed", "D", '$'},
	{"bb", "B", ' '},
	{"cc", "K", ' '},
	{"dd", "D", ' '},
	{"ff", "F", ' '},
	{"gg", "G", ' '},
	{"ll", "L", ' '},
	{"mm", "M", ' '},
	{"nn", "N", ' '},
	{"pp", "P", ' '},
	{"rr", "R", ' '},
	{"ss", "S", ' '},
	{"tt", "T", ' '},
	{"zz", "Z", ' '},
	{"c", "S", 'e'},
	{"g", "JH", 'e'},
	{"y", "Y", '^'},
	{"y", "IY", '$'},
	{"x", "Z", '^'},
	{"a", "AH", '$'},
	{"e", "", '$'},
	{"i", "IY", '$'},
	{"o", "OW", '$'},
	{"a", "AE", ' '},
	{"b", "B", ' '},
	{"c", "K", ' '},
	{"d", "D", ' '},
	{"e", "EH", ' '},
	{"f", "F", ' '},
	{"g", "G", ' '},
	{"h", "HH", ' '},
	{"i", "IH", ' '},
	{"j", "JH", ' '},
	{"k", "K", ' '},
	{"l", "L", ' '},
	{"m", "M", ' '},
	{"n", "N", ' '},
	{"o", "AA", ' '},
	{"p", "P", ' '},
	{"q", "K", ' '},
	{"r", "R", ' '},
	{"s", "S", ' '},
	{"t", "T", ' '},
	{"u", "AH", ' '},
	{"v", "V", ' '},
	{"w", "W", ' '},
	{"x", "K S", ' '},
	{"y", "IH", ' '},
	{"z", "Z", ' '},
};

/* Names of the letters. */
static const char *const names[26] = {"EY", "B IY", "S IY", "D IY", "IY", "EH F", "JH IY", "EY CH",
	"AY", "JH EY", "K EY", "EH L", "EH M", "EH N", "OW", "P IY", "K Y UW", "AA R", "EH S",
	"T IY", "Y UW", "V IY", "D AH B AH L Y UW", "EH K S", "W AY", "Z IY"};

/* A vowel, one consonant, and an e at the end, such as "ade": the vowel says its name. */
static const char *magic_e(const char *s)
{
	static const char vowels[] = "aeiou";
	static const char *const phones[] = {"EY", "IY", "AY", "OW", "UW"};
	const char *v = strchr(vowels, s[0]);

	if (!v || !s[1] || strchr("aeiouywxr", s[1]) || s[2] != 'e' || s[3])
		return NULL;
	return phones[v - vowels];
}

static bool matches(const struct rule *r, const char *word, const char *s)
{
	size_t n = strlen(r->letters);

	if (strncmp(s, r->letters, n) != 0)
		return false;
	switch (r->where) {
	case '^':
		return s == word;
	case '$':
		return s != word && !s[n];
	case 'e':
		return s[n] && strchr("eiy", s[n]);
	default:
		return true;
	}
}

static int phones_add(char *phones, size_t size, const char *more)
{
	size_t n = strlen(phones);

	if (!*more)
		return 0;
	if (n + strlen(more) + 2 > size)
		return -1;
	if (n)
		phones[n++] = ' ';
	snprintf(phones + n, size - n, "%s", more);
	return 0;
}

static int spell(const char *word, char *phones, size_t size)
{
	for (; *word; word++)
		if (phones_add(phones, size, names[*word - 'a']) < 0)
			return -1;
	return 0;
}

/* A word of letters alone. */
static int speak(const char *word, char *phones, size_t size)
{
	const char *s = word;

	if (!strpbrk(word, "aeiouy"))
		return spell(word, phones, size);
	while (*s) {
		const struct rule *best = NULL;
		const char *magic = magic_e(s);

		for (const struct rule *r = rules; r < rules + ARRAY_LEN(rules); r++)
			if (matches(r, word, s) &&
				(!best || strlen(r->letters) > strlen(best->letters)))
				best = r;
		if (!best || phones_add(phones, size, magic ? magic : best->phones) < 0)
			return -1;
		s += magic ? 1 : strlen(best->letters);
	}
	return 0;
}

int pronounce_word(const char *word, char *phones, size_t size)
{
	char part[PART_MAX];
	size_t n = 0;

	*phones = '\0';
	for (;; word++) {
		if (*word >= 'a' && *word <= 'z' && n + 1 < sizeof(part)) {
			part[n++] = *word;
		} else if (*word == '\'') {
			continue; /* heard in no word */
		} else if (!*word || *word == '-' || *word == '.') {
			part[n] = '\0';
			if (n && speak(part, phones, size) < 0)
				return -1;
			n = 0;
			if (!*word)
				break;
		} else {
			return -1;
		}
	}
	return *phones ? 0 : -1;
}
