#include "alone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audio/file.h"
#include "base/log.h"
#include "codec/jline.h"
#include "hear.h"
#include "plot.h"

struct alone {
	const char *path; /* the file */
	bool table;
	bool drawn; /* there is to be a plot */
	struct hear hear;
	struct endpoint endpoint;
	struct plot plot;
	int64_t started_ms; /* of the turn under way */
};

static void print_json(const struct alone *a, const struct endpoint_event *ev)
{
	struct dynbuf b;

	dynbuf_init(&b, 2 * PATH_MAX + 512);
	dynbuf_adds(&b, "{");
	jline_add_str(&b, "file", a->path);
	jline_add_int(&b, "turn", ev->turn);
	jline_add_int(&b, "start", a->started_ms);
	jline_add_int(&b, "end", ev->at_ms);
	jline_add_str(&b, "cause", ev->cause);
	dynbuf_adds(&b, "}\n");
	fwrite(b.p, 1, b.n, stdout);
	dynbuf_free(&b);
}

static void print_table(const struct alone *a, const struct endpoint_event *ev)
{
	printf("%6lld %10.2f %10.2f %10.2f  %s\n", (long long)ev->turn,
		(double)a->started_ms / 1000, (double)ev->at_ms / 1000,
		(double)(ev->at_ms - a->started_ms) / 1000, ev->cause);
}

static void on_event(void *ctx, const struct endpoint_event *ev)
{
	struct alone *a = ctx;

	if (a->drawn)
		plot_event(&a->plot, ev, a->endpoint.now_ms);
	if (ev->what == ENDPOINT_STARTED)
		a->started_ms = ev->at_ms;
	else if (a->table)
		print_table(a, ev);
	else
		print_json(a, ev);
}

static void on_frame(void *ctx, const struct endpoint_frame *f)
{
	struct alone *a = ctx;

	endpoint_frame(&a->endpoint, f);
	if (a->drawn)
		plot_add(&a->plot, f, &a->endpoint);
}

/* All of a file; -1 with a message. */
static int file_hear(struct alone *a)
{
	struct audio_file *file;
	int status = audio_file_open(a->path, a->hear.ear.rate_hz, &file);

	if (status == 0) {
		if (a->table)
			printf("%s\n  turn      start        end     length  end by\n", a->path);
		status = ear_file(&a->hear.ear, file);
		audio_file_close(file);
	}
	if (status < 0)
		log_error("cannot read '%s': %s", a->path, audio_file_error());
	endpoint_end(&a->endpoint);
	return status;
}

static int file_run(
	const char *path, int rate_hz, const struct endpoint_set *set, const char *plot, bool table)
{
	static struct alone a;
	int status = EXIT_OK;

	a = (struct alone){.path = path, .table = table, .drawn = plot};
	hear_init(&a.hear, on_frame, &a);
	if (ear_open(&a.hear.ear, rate_hz) < 0) {
		log_error_errno("cannot open the detector");
		return EXIT_SYSTEM;
	}
	endpoint_init(&a.endpoint, set, on_event, &a);
	plot_init(&a.plot);
	if (file_hear(&a) < 0)
		status = EXIT_DATA;
	if (plot && plot_write(&a.plot, plot, path) < 0) {
		log_error_errno("cannot write '%s'", plot);
		status = EXIT_IO;
	}
	plot_free(&a.plot);
	ear_close(&a.hear.ear);
	return status;
}

int alone_run(char *const paths[], int rate_hz, const struct endpoint_set *set, const char *plot,
	bool table)
{
	int status = EXIT_OK;

	for (int i = 0; paths[i]; i++) {
		int rc = file_run(paths[i], rate_hz, set, plot, table);

		status = status ? status : rc;
	}
	return status;
}
