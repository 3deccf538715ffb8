#include "choice.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "calllog.h"
#include "record/period.h"

const char choice_where[] =
	"($1::text IS NULL OR status = $1 OR translate(lower(disposition), '- ', '__') = $1)"
	" AND ($2::text IS NULL OR campaign_id = $2)"
	" AND " PERIOD_OF("started_at", "$3",
		"$4") " AND ($5::text IS NULL OR final_sentiment = callpipe_sentiment($5))"
		      " AND ($6::text IS NULL OR " PHONE_DIGITS_OF("phone_number", "$7") " = $6)";

/* Words that mean the same, in those that were in use. */
static const char *const same[][2] = {{"lead", "leads"}, {"interested", "leads"},
	{"interesse", "leads"}, {"pas_interesse", "not_interested"}, {"sans_reponse", "no_answer"},
	{"noanswer", "no_answer"}, {"nouveau", "new"}, {"termine", "completed"},
	{"echoue", "failed"}, {"repondu", "answered"}};

static void take_status(struct choice *c)
{
	snprintf(c->status, sizeof(c->status), "%s", set.status);
	for (char *p = c->status; *p; p++)
		*p = (char)(*p == '-' || *p == ' ' ? '_' : tolower((unsigned char)*p));
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		if (strcmp(c->status, same[i][0]) == 0)
			snprintf(c->status, sizeof(c->status), "%s", same[i][1]);
	c->params[0] = c->status;
}

static int take_sentiment(struct choice *c)
{
	static const char *const words[] = {"positive", "negative", "neutral", "interrogative",
		"positif", "negatif", "négatif", "neutre", "interrogatif"};

	c->params[4] = set.sentiment;
	for (size_t i = 0; set.sentiment && i < ARRAY_LEN(words); i++)
		if (strcasecmp(set.sentiment, words[i]) == 0)
			return 0;
	if (!set.sentiment)
		return 0;
	log_error(
		"cannot use --sentiment '%s': must be one of positive|negative|neutral|interrogative",
		set.sentiment);
	return -1;
}

static int take_phone(struct choice *c)
{
	if (!set.phone)
		return 0;
	if (!phone_digits(set.phone, set.country, c->phone)) {
		log_error("cannot use --phone '%s': no telephone number", set.phone);
		return -1;
	}
	c->params[5] = c->phone;
	c->params[6] = set.country;
	return 0;
}

int choice_make(struct choice *ret)
{
	*ret = (struct choice){0};
	if (set.status)
		take_status(ret);
	ret->params[1] = set.campaign;
	ret->params[2] = set.from;
	ret->params[3] = set.to;
	if (period_check("from", set.from) == -1 || period_check("to", set.to) == -1 ||
		take_sentiment(ret) == -1)
		return -1;
	return take_phone(ret);
}
