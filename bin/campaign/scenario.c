#include "scenario.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"

const char *scenario_folder;

/* The recordings of a campaign: see pipelines/qualify. */
static const char *const recordings[] = {
	"hello", "retry", "q1", "q2", "q3", "is_leads", "confirm", "bye_success", "bye_failed"};

static bool is_name(const char *name)
{
	return *name && *name != '.' && strlen(name) <= 64 &&
		!name[strspn(
			name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")];
}

static bool is_there(const char *folder, const char *name, const char *file)
{
	char path[PATH_MAX];
	struct stat st;

	return format_path(path, "%s/%s/%s", folder, name, file) == 0 && stat(path, &st) == 0;
}

int scenario_check(const char *name)
{
	char standard[PATH_MAX], file[40], missing[160] = "";
	const char *folder = scenario_folder && *scenario_folder ? scenario_folder : standard;
	size_t used = 0;

	if (strcmp(name, "qualify") == 0)
		return 0;
	if (!is_name(name)) {
		log_error(
			"cannot use the scenario '%s': it is the name of a folder, of letters, digits, _ . and -",
			name);
		return -1;
	}
	if (format_path(standard, "%s/campaigns", set.spool) == -1 ||
		!is_there(folder, name, ".")) {
		log_error("there is no scenario '%s' in '%s'", name, folder);
		return -1;
	}
	for (size_t i = 0; i < ARRAY_LEN(recordings); i++) {
		snprintf(file, sizeof(file), "%s.wav", recordings[i]);
		if (!is_there(folder, name, file))
			used += (size_t)snprintf(missing + used, sizeof(missing) - used, "%s%s",
				used ? ", " : "", file);
	}
	if (!used)
		return 0;
	log_error("the scenario '%s' in '%s' is not whole: %s missing", name, folder, missing);
	return -1;
}
