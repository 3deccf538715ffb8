#include "make.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine.h"

size_t phrase_characters(const struct phrase *p)
{
	size_t n = 0;

	/* what continues a character in UTF-8 does not count */
	for (const char *s = p->text ? p->text : ""; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

void make_init(struct make *m, struct loop *loop, const struct voice *v, void (*changed)(void *ctx),
	void *ctx)
{
	*m = (struct make){.loop = loop, .voice = v, .changed = changed, .ctx = ctx};
	dynbuf_init(&m->audio, (size_t)v->rate_hz * 2 * MAKE_MAX_S);
	shape_init(&m->shape, v->rate_hz, 0, 0);
}

void make_free(struct make *m)
{
	make_stop(m);
	shape_free(&m->shape);
	dynbuf_free(&m->audio);
}

void make_start(struct make *m, const struct engine *e, const struct phrase *p)
{
	m->engine = e;
	m->state = MAKE_RUNNING;
	m->code = NULL;
	m->doubtful = false;
	e->start(m, p);
}

void make_stop(struct make *m)
{
	if (m->state != MAKE_RUNNING)
		return;
	m->state = MAKE_FAILED;
	m->engine->stop(m);
}

void make_format(struct make *m, int raw_hz, double gain_db)
{
	shape_free(&m->shape);
	shape_init(&m->shape, m->voice->rate_hz, raw_hz, gain_db);
}

void make_coding(struct make *m, enum wav_coding coding, int raw_hz, double gain_db)
{
	make_format(m, raw_hz, gain_db);
	shape_coding(&m->shape, coding);
}

int make_bytes(struct make *m, const void *p, size_t n)
{
	size_t before = m->audio.n;

	if (shape_add(&m->shape, p, n, &m->audio) < 0) {
		m->engine->stop(m);
		make_fail(m, "%s", m->shape.why);
		return -1;
	}
	if (m->audio.n > before)
		m->changed(m->ctx);
	return m->state == MAKE_RUNNING ? 0 : -1;
}

void make_end(struct make *m)
{
	if (shape_end(&m->shape, &m->audio) < 0) {
		make_fail(m, "%s", m->shape.why);
		return;
	}
	m->state = MAKE_DONE;
	m->changed(m->ctx);
}

void make_fail(struct make *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->why, sizeof m->why, fmt, ap);
	va_end(ap);
	m->state = MAKE_FAILED;
	m->changed(m->ctx);
}
