/* write: what requests of all engines have in common.
 *
 * JSON is written by hand, in one order: what is the same in two requests is the same in bytes.
 */
#ifndef CALLPIPE_MODEL_WRITE_H
#define CALLPIPE_MODEL_WRITE_H

#include "model/chat.h"
#include "model/models.h"

/* The messages of a conversation in order, as vendors want them: what one side says in several is one; what nobody heard
 * is none; results go with their call. */
struct write_walk {
	const struct chat *chat; /* set it, the rest 0 */
	size_t next;
	enum chat_role role;              /* CHAT_USER or CHAT_ASSISTANT */
	const struct chat_message *calls; /* the assistant calls tools; NULL: it does not */
};

/* True: the next one, its words in text, which is emptied before: none only if there are calls. */
bool write_next(struct write_walk *w, struct dynbuf *text);

/* The result of a call, emptied before; why there is none, if so: true. */
bool write_result(const struct chat *c, const char *call_id, struct dynbuf *text);

/* `,"key":value` for each parameter but null, and the one named (NULL: none). */
void write_parameters(struct dynbuf *b, const json_t *parameters, const char *but);
void write_json(struct dynbuf *b, const json_t *v);
/* Ask for a JSON object of a schema in words. */
void write_schema_text(struct dynbuf *b, const json_t *schema);
/* Vendors keep to a schema to the letter only if every object has all its properties required, and no others. */
bool write_strict(const json_t *schema);

#endif
