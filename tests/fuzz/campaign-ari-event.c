/* ari-event: any bytes as a message of Asterisk. Whatever is read is text and in range. */
#include "ari-event.h"

#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_text(const char *s)
{
	return utf8_valid(s, strlen(s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = fuzz_copy(data, size);
	const char *why = NULL;
	struct ari_event e;

	if (ari_event_parse(p, size, &e, &why) == 0) {
		const struct ari_channel *c = &e.channel;
		const char *at = json_string_value(json_object_get(e.json, "timestamp"));

		MUST(is_text(e.app) && is_text(c->id));
		MUST(*c->id || e.kind == ARI_OTHER || e.kind == ARI_REPLACED);
		MUST(strlen(c->id) < ARI_ID_MAX);
		MUST(is_text(e.dialstatus) && is_text(e.cause_txt) &&
			is_text(ari_variable(c, "AMDSTATUS")));
		MUST(e.cause >= -1 && e.cause <= 127 && e.tech_cause >= 0 && e.tech_cause <= 999);
		MUST(c->state <= ARI_BUSY);
		MUST(!at || ari_time_ms(at) >= 0);
		ari_event_free(&e);
	} else {
		MUST(why && *why);
	}
	free(p);
	return 0;
}
