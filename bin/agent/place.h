/* place: where a dialogue is, as JSON: what session.json and the store hold.
 *
 *	{"call":..,"service":..,"scenario":"support","state":"diagnostic","finished":false,"time":1790000000,
 *	 "variables":{..},"result":{..},"talk":[{"who":"bot","text":".."},{"who":"caller",..},..]}
 *
 * time: Unix time. variables: the scenario's own. talk: what was said and heard, "cut":true where the bot's words end
 * before their end.
 */
#ifndef AGENT_PLACE_H
#define AGENT_PLACE_H

#include "engine.h"

/* A new object; NULL: no memory. */
json_t *place_of(const struct engine *e, const char *service, int64_t now_s);
/* True if a dialogue can go on there: it is unfinished, of this scenario, and its state is still known. */
bool place_usable(const struct scenario *sc, json_t *place);

#endif
