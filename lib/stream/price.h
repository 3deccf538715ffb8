/* price: what is used, in money, by a table in a file.
 *
 *	{"currency":"EUR","prices":{
 *		"openai gpt-transcribe":{"second":0.00009},
 *		"anthropic claude-x":{"input_token":3e-6,"cached_token":3e-7,"output_token":1.5e-5},
 *		"command":{"second":0}}}
 *
 * A key is an engine and a model, with a blank between, or an engine: all its other models. What has no price has no
 * cost, which is not the same as one of 0.
 */
#ifndef CALLPIPE_STREAM_PRICE_H
#define CALLPIPE_STREAM_PRICE_H

#include "base/dynbuf.h"

#define PRICE_WHY_MAX 256

struct price; /* the table */

/* Its row in the options of a tool (base/opt.h). */
#define PRICE_OPTION(set) \
	{ \
		"prices", 0, OPT_STR, "FILE", "CALLPIPE_PRICES", \
			"what things cost: see callpipe(7), Prices", &(set) \
	}

/* The file of CALLPIPE_PRICES; NULL or "": none, *ret is NULL. -1: it cannot be used; why, as the end of a message. */
int price_open(const char *path, struct price **ret, char why[PRICE_WHY_MAX]) MUST_USE;
void price_close(struct price *p);
/* The cost of n units ("seconds", "characters", "input_tokens", "output_tokens", "cached_tokens"); -1: it has no price.
 * model NULL: the engine has none. */
double price_of(
	const struct price *p, const char *engine, const char *model, const char *unit, double n);
/* The data of a `usage` event. */
int price_usage(struct dynbuf *data, const struct price *p, const char *stage, const char *engine,
	const char *model, const char *unit, double n);

#endif
