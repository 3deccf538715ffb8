#include "people.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "campaign.h"
#include "text/fold.h"

/* Words, folded, that mean a status: those of systems before this one. callpipe_status() of the tables has the same. */
static const struct {
	const char *status, *words;
} statuses[] = {
	{"New", "|new|nouveau|nouveaux|"},
	{"Queued", "|queued|en file|en attente|"},
	{"Calling", "|calling|en cours|en appel|"},
	{"Leads", "|leads|lead|interested|interesse|interesses|"},
	{"Not_interested", "|not interested|notinterested|pas interesse|non interesse|refus|"},
	{"No_answer", "|no answer|noanswer|absent|pas de reponse|sans reponse|"},
};

const char *people_status_of(const char *word, size_t n)
{
	const char *status = NULL;
	struct dynbuf folded;
	char key[80];

	dynbuf_init(&folded, 256);
	if (n <= 64 && fold_text(word, n, &folded) == 0 && folded.n) {
		snprintf(key, sizeof(key), "|%s|", folded.p);
		for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
			if (strstr(statuses[i].words, key))
				status = statuses[i].status;
	}
	dynbuf_free(&folded);
	return status;
}

int people_status(const char *word, const char **ret)
{
	*ret = word ? people_status_of(word, strlen(word)) : NULL;
	if (!word || *ret)
		return 0;
	log_error(
		"cannot use --status '%s': must be one of New|Queued|Calling|Leads|Not_interested|No_answer",
		word);
	return -1;
}

int people_country(const char **ret, int *ret_status)
{
	*ret = set.country ? e164_country(set.country) : NULL;
	if (!set.country || *ret)
		return 0;
	*ret_status = opt_refuse(&set.country, "no such country: FR, or 33");
	return -1;
}

int people_number(const char *word, const char *option, struct e164 *ret)
{
	const char *country;
	int status;

	if (people_country(&country, &status) == -1)
		return status;
	if (e164_parse(word, strlen(word), country, ret) == 0)
		return EXIT_OK;
	log_error("cannot use %s%s%s'%s': %s", option ? "--" : "", option ? option : "",
		option ? " " : "", word, e164_why(ret->fault));
	return EXIT_USAGE;
}
