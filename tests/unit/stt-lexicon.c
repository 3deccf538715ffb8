/* Pronunciations, looked up in a dictionary. */
#include "lexicon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static char path[] = "/tmp/stt-lexicon.XXXXXX";

static struct lexicon *of(const char *text)
{
	struct lexicon *l;

	if (replace_file(path, text, strlen(text)) < 0 || lexicon_open(path, &l) < 0)
		return NULL;
	return l;
}

static const char *find(const struct lexicon *l, const char *word)
{
	static char sounds[256];

	return lexicon_find(l, word, sounds, sizeof(sounds)) ? sounds : NULL;
}

static void small_test(void)
{
	struct lexicon *l = of(
		"read R EH D\nread(2) R IY D\nreader\tR IY D ER\r\nempty\nlast L AE S T");
	char little[5];

	is_str(find(l, "read"), "R EH D", "a word");
	is_str(find(l, "read(2)"), "R IY D", "said another way");
	is_str(find(l, "reader"), "R IY D ER", "a tab, and a carriage return");
	is_str(find(l, "last"), "L AE S T", "the last line, without its end");
	ok(!find(l, "rea") && !find(l, "reade") && !find(l, "") && !find(l, "R"),
		"others are not there");
	ok(!find(l, "empty"), "nor one without sounds");
	ok(!lexicon_find(l, "last", little, sizeof(little)), "nor one that is too long");
	lexicon_close(l);
}

static void each_test(const char *dictionary)
{
	struct lexicon *l;
	char line[256];
	FILE *f = fopen(dictionary, "r");
	int lines = 0, wrong = 0;

	if (!f || lexicon_open(dictionary, &l) < 0)
		abort();
	while (fgets(line, sizeof(line), f)) {
		char *sounds = strchr(line, ' ');
		const char *found;

		*sounds++ = '\0';
		sounds[strcspn(sounds, "\n")] = '\0';
		found = find(l, line);
		wrong += !found || strcmp(found, sounds) != 0;
		lines++;
	}
	ok(lines > 100000 && !wrong, "each of %d words of the model's dictionary", lines);
	fclose(f);
	lexicon_close(l);
}

int main(void)
{
	struct lexicon *l;
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	small_test();
	each_test("/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict");
	ok(!of("") && errno == ENOTSUP, "an empty one");
	unlink(path);
	ok(lexicon_open(path, &l) < 0 && errno == ENOENT, "none");
	return done_testing();
}
