/* app-amd: what Asterisk's AMD() would say of calls, for scripts/bench amd: its rules, written anew from their description.
 *
 * usage: app-amd WORDS FILE.s16 ...     WORDS: maximum_number_of_words; the rest is what amd.conf comes with:
 * initial silence 2500 ms, greeting 1500, silence after it 800, in all 5000, word at least 100, between words 50, word at
 * most 5000, threshold 256. A line per file: STATUS CAUSE MS FILE.
 * A frame of 20 ms is silent if the mean of |sample| is below the threshold. Source: Asterisk, amd.conf and AMD().
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FRAME 160 /* samples of 20 ms at 8 kHz */
#define MS 20

struct call {
	int total_ms, silence_ms, voice_ms, word_ms, words;
	int initial, greeting, in_word; /* states */
};

static int mean(const int16_t *samples)
{
	int sum = 0;

	for (int i = 0; i < FRAME; i++)
		sum += abs(samples[i]);
	return sum / FRAME;
}

static const char *silent(struct call *c, const char **cause)
{
	c->silence_ms += MS;
	if (c->silence_ms >= 50) {
		c->in_word = 0;
		c->word_ms = 0;
	}
	*cause = "INITIALSILENCE";
	if (c->initial && c->silence_ms >= 2500)
		return "MACHINE";
	*cause = "HUMAN";
	return c->greeting && c->silence_ms >= 800 ? "HUMAN" : NULL;
}

static const char *voiced(struct call *c, int words, const char **cause)
{
	c->silence_ms = 0;
	c->word_ms += MS;
	c->voice_ms += MS;
	if (c->word_ms >= 100 && !c->in_word) {
		c->words++;
		c->in_word = 1;
	}
	*cause = "MAXWORDLENGTH";
	if (c->word_ms >= 5000)
		return "MACHINE";
	*cause = "MAXWORDS";
	if (c->words >= words)
		return "MACHINE";
	*cause = "LONGGREETING";
	if (c->greeting && c->voice_ms >= 1500)
		return "MACHINE";
	if (c->word_ms >= 100 && !c->greeting) {
		c->initial = 0;
		c->greeting = 1;
	}
	return NULL;
}

static const char *judge(FILE *f, int words, struct call *c, const char **cause)
{
	int16_t samples[FRAME];
	const char *status = NULL;

	*c = (struct call){.initial = 1, .in_word = 1};
	while (!status && fread(samples, sizeof(*samples), FRAME, f) == FRAME) {
		c->total_ms += MS;
		*cause = "TOOLONG";
		if (c->total_ms >= 5000)
			return "NOTSURE";
		status = mean(samples) < 256 ? silent(c, cause) : voiced(c, words, cause);
	}
	if (!status)
		*cause = "-";
	return status ? status : "HANGUP";
}

int main(int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		const char *cause = "-", *status;
		struct call c;

		if (!f) {
			perror(argv[i]);
			return 1;
		}
		status = judge(f, atoi(argv[1]), &c, &cause);
		fclose(f);
		printf("%s %s %d %s\n", status, cause, c.total_ms, argv[i]);
	}
	return 0;
}
