/* batch: where items come from, and what the end says. */
#include "record/batch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "tap.h"

static char day[] = "day", a[] = "day/a", b[] = "day/b", gone[] = "gone", dash[] = "-",
	    ln[] = "link";
static const struct batch_page calls = {.one = "call", .many = "calls"};

static void make(const char *path, const char *file)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s%s%s", path, *file ? "/" : "", file);
	if (!*file ? mkdir(name, 0777) : close(open(name, O_CREAT | O_WRONLY, 0666)))
		abort();
}

/* stdin is this text from now on. */
static void feed(const char *text, size_t n)
{
	FILE *f = fopen("list", "w");

	fwrite(text, 1, n, f);
	fclose(f);
	if (!freopen("list", "r", stdin))
		abort();
}

/* The items, with blanks between; the code of a batch that ends each with `end`. */
static int list(
	const struct batch_page *page, char *const operands[], int end, char *buf, size_t size)
{
	struct batch *batch;
	const char *path;
	int code = batch_open(page, operands, &batch);

	buf[0] = '\0';
	if (code)
		return code;
	while ((path = batch_next(batch))) {
		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", *buf ? " " : "", path);
		batch_end(batch, end);
	}
	return batch_close(batch);
}

int main(void)
{
	static const char *const sounds[] = {".wav", ".s16", NULL};
	static const char text[] = "x/1\n\nno\0path\nx/2";
	char dir[] = "/tmp/callpipe-batch-XXXXXX", got[4096];

	log_init("test");
	if (!mkdtemp(dir) || chdir(dir))
		return 1;
	make("day", "");
	make("day/b", "");
	make("day/b", "call.json");
	make("day/a", "");
	make("day/a", "events.jsonl");
	make("day/a/sub", "");
	make("day/a/sub", "call.json");
	make("day/none", "");
	make("day/none", "z.wav");
	make("day/none", ".hidden.wav");
	make("day/none", "notes.txt");
	if (symlink("../b", "day/none/link") || symlink("day", ln))
		return 1;

	is_int(list(&calls, (char *[]){day, NULL}, 0, got, sizeof(got)), 0, "a folder is searched");
	is_str(got, "day/a day/b", "the calls in it, by name; no call is inside a call");
	is_int(list(&calls, (char *[]){b, gone, NULL}, 0, got, sizeof(got)), 0, "operands");
	is_str(got, "day/b gone", "what is no folder is an item, and the tool's to complain of");
	is_int(list(&(struct batch_page){"file", "files", sounds}, (char *[]){day, NULL},
		       BATCH_SKIPPED, got, sizeof(got)),
		0, "what is skipped is no failure");
	is_str(got, "day/none/z.wav", "files by the ends of their names, no hidden ones");
	make("day/a", "caller.s16");
	is_int(list(&(struct batch_page){"file", "files", sounds, true}, (char *[]){day, a, NULL},
		       0, got, sizeof(got)),
		0, "calls and files");
	is_str(got, "day/a day/b day/none/z.wav day/a", "a call is one item, not the files in it");
	is_int(list(&calls, (char *[]){ln, NULL}, 0, got, sizeof(got)), 0, "a link is named");
	is_str(got, "link/a link/b", "then it is followed");
	is_int(list(&calls, (char *[]){day, NULL}, EXIT_IO, got, sizeof(got)), EXIT_IO,
		"the code of the first that failed");

	feed(text, sizeof(text) - 1);
	is_int(list(&calls, (char *[]){NULL}, 0, got, sizeof(got)), EXIT_DATA,
		"a line that is no path");
	is_str(got, "x/1 x/2", "the others are done; the last line needs no end");
	feed("y\n", 2);
	is_int(list(&calls, (char *[]){a, dash, NULL}, 0, got, sizeof(got)), 0,
		"operands and a list");
	is_str(got, "day/a y", "one after the other");
	feed("", 0);
	is_int(list(&calls, (char *[]){NULL}, 0, got, sizeof(got)), 0,
		"an empty list is done at once");

	if (chdir("/"))
		return 1;
	snprintf(got, sizeof(got), "rm -rf '%s'", dir);
	return system(got) != 0 || done_testing();
}
