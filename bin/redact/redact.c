/* redact: personal data out of what is left of a call. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "document.h"
#include "folder.h"
#include "record/each.h"

#define INPUT_MAX (256 << 20) /* bytes of a text on stdin: it is gone through twice */
#define STATES_MAX 64

static struct settings {
	const char *style;
	bool filter;
	bool force;
	const char *format;
	const char *customer;
	const char *states;
} set = {
	.style = "marker",
	.states = "name,identity,identification,identify,nom,prenom,surname",
};

static const struct opt_row rows[] = {
	{"filter", 'F', OPT_FLAG, NULL, NULL,
		"from stdin to stdout: a journal, a transcript, any text", &set.filter},
	{"format", 0, OPT_CHOICE, "auto|journal|json|text", NULL, "the same, of that form",
		&set.format},
	{"style", 's', OPT_CHOICE, "marker|partial", NULL, "[PHONE_1], or +38067***1234",
		&set.style},
	{"customer", 'c', OPT_STR, "N[-M]", NULL,
		"customer numbers of so many digits are personal data", &set.customer},
	{"name-states", 'n', OPT_STR, "LIST", NULL,
		"states of a scenario in which the caller says a name", &set.states},
	{"force", 'f', OPT_FLAG, NULL, NULL, "mask again what has been masked", &set.force},
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] [call-directory ...]",
	.purpose = "Mask the personal data in what is left of calls, or in any text.",
	.see = "assemble(1), callpipe-calldir(5), callpipe(7)",
};

/* "4", "4-8" */
static int take_customer(struct redactor *r)
{
	char text[32];
	int64_t least, most;

	if (!set.customer || !*set.customer)
		return EXIT_OK;
	snprintf(text, sizeof(text), "%s", set.customer);
	char *dash = strchr(text, '-');
	if (dash)
		*dash++ = '\0';
	if (parse_int(text, 1, 24, &least) < 0 ||
		parse_int(dash ? dash : text, least, 24, &most) < 0) {
		log_error(
			"cannot use --customer '%s': must be a number of digits, 1 to 24, or two: 4-8",
			set.customer);
		return EXIT_USAGE;
	}
	r->customer_least = (int)least;
	r->customer_most = (int)most;
	return EXIT_OK;
}

/* 0, or an exit code after a message. */
static int open_redactor(struct redactor *r)
{
	const char *states[STATES_MAX + 1] = {NULL};
	char *list = strdup(set.states), *save = NULL;
	size_t n = 0;
	int err = -1;

	if (list) {
		for (char *s = strtok_r(list, ", ", &save); s && n < STATES_MAX;
			s = strtok_r(NULL, ", ", &save))
			states[n++] = s;
		err = redactor_open(r, states);
		free(list);
	}
	if (err) {
		log_error("no memory for the languages");
		return EXIT_SYSTEM;
	}
	r->partial = strcmp(set.style, "partial") == 0;
	return take_customer(r);
}

/* All of stdin. */
static int read_all(struct dynbuf *ret)
{
	ssize_t n;

	dynbuf_init(ret, INPUT_MAX);
	for (;;) {
		void *room = dynbuf_room(ret, 65536);
		if (!room) {
			log_error("cannot take stdin: more than %d MiB", INPUT_MAX >> 20);
			return EXIT_DATA;
		}
		n = read(STDIN_FILENO, room, 65536);
		if (n == 0)
			return EXIT_OK;
		if (n < 0 && errno != EINTR) {
			log_error_errno("cannot read stdin");
			return EXIT_IO;
		}
		if (n > 0)
			dynbuf_grow(ret, (size_t)n);
	}
}

static enum document_form form_of(const struct dynbuf *in)
{
	if (!set.format || strcmp(set.format, "auto") == 0)
		return document_form(in->p, in->n);
	if (strcmp(set.format, "journal") == 0)
		return DOCUMENT_JOURNAL;
	if (strcmp(set.format, "json") == 0)
		return DOCUMENT_JSON;
	return DOCUMENT_TEXT;
}

static int filter(struct redactor *r)
{
	struct dynbuf in, out;
	int code = read_all(&in);

	dynbuf_init(&out, 2 * (size_t)INPUT_MAX);
	if (code == EXIT_OK)
		code = document_mask(r, form_of(&in), "stdin", in.p, in.n, &out);
	/* What failed as a whole may be half masked: nothing of it goes out. */
	if ((code == EXIT_OK || code == EXIT_DATA) && out.n > 0 &&
		fwrite(out.p, 1, out.n, stdout) != out.n)
		code = code ? code : EXIT_IO;
	dynbuf_free(&in);
	dynbuf_free(&out);
	return opt_finish(code);
}

static int each(struct redactor *r, char *const operands[])
{
	char settings[512];
	struct folder_work work = {.r = r, .settings = settings, .again = set.force};

	snprintf(settings, sizeof(settings), "style=%s customer=%d-%d name-states=%s", set.style,
		r->customer_least, r->customer_most, set.states);
	return opt_finish(each_call(operands, folder_redact, &work));
}

static int run(struct redactor *r, char *const operands[])
{
	bool text = set.filter || set.format;
	int code = text ? opt_no_operands(operands) : -1;

	if (code >= 0)
		return code;
	if (text && set.force) {
		log_error("cannot use --force with --filter: see --help");
		return EXIT_USAGE;
	}
	return text ? filter(r) : each(r, operands);
}

int main(int argc, char **argv)
{
	struct redactor r;
	int first, code;

	log_init("redact");
	code = opt_parse(&page, rows, argc, argv, &first);
	if (code >= 0)
		return code;
	code = open_redactor(&r);
	if (code == EXIT_OK)
		code = run(&r, argv + first);
	redactor_close(&r);
	return code;
}
