#include "ari-event.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *type;
	enum ari_kind kind;
} kinds[] = {
	{"StasisStart", ARI_STASIS_START},
	{"ChannelStateChange", ARI_STATE_CHANGE},
	{"Dial", ARI_DIAL},
	{"ChannelDestroyed", ARI_DESTROYED},
	{"ApplicationReplaced", ARI_REPLACED},
};

static const char *const states[] = {
	[ARI_STATE_NONE] = "",
	[ARI_DOWN] = "Down",
	[ARI_RESERVED] = "Rsrvd",
	[ARI_OFFHOOK] = "OffHook",
	[ARI_DIALING] = "Dialing",
	[ARI_RING] = "Ring",
	[ARI_RINGING] = "Ringing",
	[ARI_UP] = "Up",
	[ARI_BUSY] = "Busy",
};

static enum ari_state state_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strcmp(states[i], word) == 0)
			return (enum ari_state)i;
	return ARI_STATE_NONE;
}

/* "" for what is not there, or no text. A NUL inside of one cuts it off: jansson refuses those. */
static const char *text(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

/* A number within [min, max], or none. */
static int number(const json_t *object, const char *key, int min, int max, int none)
{
	const json_t *v = json_object_get(object, key);
	json_int_t n = json_integer_value(v);

	return json_is_integer(v) && n >= min && n <= max ? (int)n : none;
}

/* n digits at *p, or -1; *p is moved behind them. */
static int digits(const char **p, int n)
{
	int v = 0;

	for (; n > 0; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		v = v * 10 + (**p - '0');
	}
	return v;
}

/* "+0000", "-0330", "+01:00" or "Z" in s; false: none of these. */
static bool zone(const char *p, int *ret_s)
{
	int sign = *p == '-' ? -1 : 1, h, m;

	*ret_s = 0;
	if (*p == 'Z')
		return p[1] == '\0';
	if (*p != '+' && *p != '-')
		return false;
	p++;
	h = digits(&p, 2);
	if (h >= 0 && *p == ':')
		p++;
	m = h >= 0 ? digits(&p, 2) : -1;
	*ret_s = sign * (h * 60 + m) * 60;
	return m >= 0 && m < 60 && h < 24 && *p == '\0';
}

int64_t ari_time_ms(const char *s)
{
	struct tm tm = {0};
	int *const part[] = {
		&tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec};
	static const char behind[] = "--T::";
	int ms = 0, east_s;

	for (size_t i = 0; i < ARRAY_LEN(part); i++) {
		*part[i] = digits(&s, i == 0 ? 4 : 2);
		if (*part[i] < 0 || (i < ARRAY_LEN(part) - 1 && *s++ != behind[i]))
			return 0;
	}
	if (*s == '.') {
		s++;
		ms = digits(&s, 3);
	}
	if (ms < 0 || !zone(s, &east_s) || tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 ||
		tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 ||
		tm.tm_sec > 60)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return max_i64(((int64_t)timegm(&tm) - east_s) * 1000 + ms, 0);
}

int ari_channel_read(const json_t *json, struct ari_channel *ret)
{
	const json_t *variables = json_object_get(json, "channelvars");
	struct ari_channel c = {
		.id = text(json, "id"),
		.state = state_of(text(json, "state")),
		.variables = json_is_object(variables) ? variables : NULL,
	};

	if (strlen(c.id) >= ARI_ID_MAX)
		c.id = "";
	*ret = c;
	return *c.id ? 0 : -1;
}

const char *ari_variable(const struct ari_channel *c, const char *name)
{
	return text(c->variables, name);
}

static enum ari_kind kind_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].type, type) == 0)
			return kinds[i].kind;
	return ARI_OTHER;
}

/* What is said beside the channel. */
static void read_rest(struct ari_event *e)
{
	const json_t *json = e->json;

	e->app = text(json, "application");
	e->dialstatus = text(json, "dialstatus");
	e->cause = number(json, "cause", 0, 127, -1);
	e->tech_cause = number(json, "tech_cause", 0, 999, 0);
	e->cause_txt = text(json, "cause_txt");
}

/* Those that mean nothing without a channel. */
static bool needs_channel(enum ari_kind kind)
{
	return kind != ARI_OTHER && kind != ARI_REPLACED;
}

static const char *read_event(struct ari_event *e)
{
	const char *type, *who;

	if (!json_is_object(e->json))
		return e->json ? "it is no object" : "it is no JSON";
	type = text(e->json, "type");
	if (!*type)
		return "it has no type";
	e->kind = kind_of(type);
	who = e->kind == ARI_DIAL ? "peer" : "channel";
	if (ari_channel_read(json_object_get(e->json, who), &e->channel) == -1 &&
		needs_channel(e->kind))
		return "it is about a channel without an id";
	read_rest(e);
	return NULL;
}

int ari_event_parse(const void *p, size_t n, struct ari_event *ret, const char **why)
{
	struct ari_event e = {.json = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL)};
	const char *wrong = read_event(&e);

	if (wrong) {
		*why = wrong;
		json_decref(e.json);
		return -1;
	}
	*ret = e;
	return 0;
}

void ari_event_free(struct ari_event *e)
{
	json_decref(e->json);
	e->json = NULL;
}
