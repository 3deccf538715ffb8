#include "alone.h"

#include <stdio.h>

#include "audio/file.h"
#include "base/log.h"
#include "codec/jline.h"
#include "hear.h"

struct alone {
	const char *path; /* the file */
	bool table;
	struct hear hear;
};

static void print_json(const struct alone *a, const struct judge_event *ev)
{
	struct dynbuf b;

	dynbuf_init(&b, 2 * PATH_MAX + 512);
	dynbuf_adds(&b, "{");
	jline_add_str(&b, "file", a->path);
	judge_event_add(&b, ev);
	dynbuf_adds(&b, "}\n");
	fwrite(b.p, 1, b.n, stdout);
	dynbuf_free(&b);
}

static void print_table(const struct alone *a, const struct judge_event *ev)
{
	printf("%8.2f  %-8s %-11s %4.2f  %s%s%s\n", (double)ev->at_ms / 1000,
		verdict_name(ev->verdict), ev->kind ? ev->kind : "", (double)ev->confidence,
		ev->reason, ev->message ? "; a message can be left: " : "",
		ev->message ? ev->message : "");
}

static void on_event(void *ctx, const struct judge_event *ev)
{
	const struct alone *a = ctx;

	if (a->table)
		print_table(a, ev);
	else
		print_json(a, ev);
}

/* All of a file that is needed; -1 with a message. */
static int file_hear(struct alone *a)
{
	struct audio_file *file;
	int status = audio_file_open(a->path, a->hear.ear.rate_hz, &file);

	if (status == 0) {
		if (a->table)
			printf("%s\n%8s  %-8s %-11s %4s  why\n", a->path, "seconds", "who", "",
				"sure");
		status = ear_file(&a->hear.ear, file);
		audio_file_close(file);
	}
	if (status < 0)
		log_error("cannot read '%s': %s", a->path, audio_file_error());
	hear_end(&a->hear);
	return status;
}

static int file_run(const char *path, int rate_hz, const struct judge_set *set, bool table)
{
	static struct alone a;
	int status = EXIT_OK;

	a = (struct alone){.path = path, .table = table};
	hear_init(&a.hear, set, on_event, &a);
	if (ear_open(&a.hear.ear, rate_hz) < 0) {
		log_error_errno("cannot open the detector");
		return EXIT_SYSTEM;
	}
	if (file_hear(&a) < 0)
		status = EXIT_DATA;
	ear_close(&a.hear.ear);
	return status;
}

int alone_run(char *const paths[], int rate_hz, const struct judge_set *set, bool table)
{
	int status = EXIT_OK;

	for (int i = 0; paths[i]; i++) {
		int rc = file_run(paths[i], rate_hz, set, table);

		status = status ? status : rc;
	}
	return status;
}
