/* model: language models asked for the dialogue: questions of the engine become those of model/ask.h, and what comes of
 * them becomes events.
 */
#ifndef AGENT_MODEL_H
#define AGENT_MODEL_H

#include "base/loop.h"
#include "engine.h"
#include "model/models.h"
#include "stream/price.h"

/* What comes: see engine_model; and, for the stream alone, `usage` and `error`. data is borrowed. */
typedef void model_event(
	void *ctx, const char *type, json_t *data, const struct chat_turn *thinking);

struct model_line; /* opaque */

/* NULL: it has been said why not. Nothing is connected to before it is asked. price: of tokens; NULL: they have none. */
struct model_line *model_open(const struct models *models, const struct price *price,
	struct loop *loop, model_event *event, void *ctx) MUST_USE;
/* NULL is nothing. */
void model_close(struct model_line *m);
/* Have a connection made, so that the first question need not; but for the first time, nothing. */
void model_warm(struct model_line *m);
/* Ask; event is never called from here. -1: no memory. */
int model_ask(struct model_line *m, const struct engine_question *q) MUST_USE;
/* Nothing comes any more. */
void model_cancel(struct model_line *m);
/* Between questions: keep the talk short; it has to stay until model_close. */
void model_fold(struct model_line *m, struct chat *chat);

#endif
