#include "model/ask.h"

#include <stdio.h>

int asker_open(struct asker *a, const char *stage, const struct models *m, struct loop *loop,
	char why[HTTP_WHY_MAX])
{
	int status = 0;

	*a = (struct asker){.models = m, .loop = loop};
	http_init(&a->http, loop);
	for (size_t i = 0; i < m->n && status == 0; i++) {
		const struct model *model = &m->model[i];
		const struct provider_spec spec = {
			.stage = stage,
			.engine = model->engine->name,
			.name = model->name,
			.url = model->url,
			.auth = model->engine->auth,
			.header = model->engine->auth_header,
			.secrets = {model->secret},
			.needs_key = model->secret,
		};
		status = provider_open(&a->provider[i], &spec, &a->http, why);
		/* One that is named has to be there, wherever it goes. */
		if (status == 0 && model->secret && !a->provider[i].auth_value)
			status = provider_no_key(&spec, why);
		/* Where there is another one to ask, that is better than to ask this one again. */
		a->provider[i].attempts_max = i + 1 < m->n ? 1 : 0;
	}
	if (status != 0) {
		for (size_t i = 0; i < m->n; i++)
			provider_close(&a->provider[i]);
		http_free(&a->http);
	}
	return status;
}

void asker_close(struct asker *a)
{
	ask_fold_cancel(a);
	while (a->drained)
		ask_drop(a->drained);
	for (size_t i = 0; i < a->models->n; i++)
		provider_close(&a->provider[i]);
	http_free(&a->http);
}

void asker_warm(struct asker *a)
{
	http_warm(&a->http, a->provider[0].base);
}
