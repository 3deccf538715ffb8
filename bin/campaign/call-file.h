/* call-file: a row of campaign_claim, and what of it goes with the call: variables of the channel for the dialplan, and the
 * file that as-answer(1) makes call.json of (--from-dir).
 */
#ifndef CAMPAIGN_CALL_FILE_H
#define CAMPAIGN_CALL_FILE_H

#include <jansson.h>

#include "db/db-loop.h"

/* Texts of the row, and gone with it; "": null. */
struct claim {
	const char *call_id; /* also of the channel, and the UUID of AudioSocket */
	const char *phone;   /* +33612345678 */
	const char *caller_id;
	const char *campaign_id, *scenario, *contact_id;
	const char *vars; /* an object of JSON */
	const char *endpoint;
	int64_t ring_s, talk_s;
};

/* The columns that call_file_read takes, in its order. */
#define CLAIM_COLUMNS \
	"call_id, phone, caller_id, campaign_id, scenario, contact_id, vars, endpoint, ring_s, talk_s"
void call_file_read(const struct db_row *row, struct claim *ret);

/* CALLUUID, CALLPIPE_CAMPAIGN, CALLPIPE_SCENARIO, CALLPIPE_TALK_S. NULL: no memory. */
json_t *call_file_variables(const struct claim *c) MUST_USE;
/* dir NULL: nothing is written, or removed. errno on -1. */
int call_file_write(const char *dir, const struct claim *c) MUST_USE;
void call_file_remove(const char *dir, const char *call_id);

#endif
