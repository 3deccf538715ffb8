/* replay: main() for a fuzz target without libFuzzer.
 *
 * NAME                  replay tests/corpus/NAME and speak TAP: one line per file; an empty corpus fails
 * NAME FILE|FOLDER...   replay these
 *
 * Each input is given whole, then cut to every length (of the first MAX_CUTS bytes), then one byte longer.
 * It always ends where an allocation ends, so that AddressSanitizer sees a read beyond it.
 */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_BYTES (1 << 20)
#define MAX_CUTS 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int inputs; /* files replayed */
static int failed; /* files or folders that could not be read */

static void replay_bytes(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	/* malloc(0) may be a byte long: an empty input starts at the end of that byte. */
	uint8_t *start = size ? copy : copy + 1;
	if (size)
		memcpy(start, data, size);
	LLVMFuzzerTestOneInput(start, size);
	free(copy);
}

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = file ? malloc(MAX_BYTES + 1) : NULL;

	if (!data) {
		if (file)
			fclose(file);
		return -1;
	}
	size_t size = fread(data, 1, MAX_BYTES, file);
	int bad = ferror(file);
	fclose(file);
	if (!bad) {
		replay_bytes(data, size);
		for (size_t cut = 0; cut < size && cut < MAX_CUTS; cut++)
			replay_bytes(data, cut);
		data[size] = size ? data[0] : 0;
		replay_bytes(data, size + 1);
	}
	free(data);
	return bad ? -1 : 0;
}

static void report(const char *path, int result)
{
	inputs++;
	failed += result != 0;
	printf("%sok %d - %s\n", result ? "not " : "", inputs, path);
	/* What a crash follows must have been said. */
	fflush(stdout);
}

static void replay_path(const char *path)
{
	struct dirent **entries;
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		report(path, replay_file(path));
		return;
	}
	int n = scandir(path, &entries, NULL, alphasort);
	if (n < 0) {
		fprintf(stderr, "replay: cannot read '%s': %s\n", path, strerror(errno));
		failed++;
		return;
	}
	for (int i = 0; i < n; i++) {
		char below[4096];

		if (entries[i]->d_name[0] != '.') {
			snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
			replay_path(below);
		}
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	char corpus[4096];

	if (argc < 2) {
		snprintf(corpus, sizeof(corpus), "tests/corpus/%s", basename(argv[0]));
		replay_path(corpus);
	}
	for (int i = 1; i < argc; i++)
		replay_path(argv[i]);
	if (!inputs) {
		printf("not ok 1 - there is no corpus\n1..1\n");
		return 1;
	}
	printf("1..%d\n", inputs);
	return failed ? 1 : 0;
}
