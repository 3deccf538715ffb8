#include "record/found.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "record/output.h"
#include "record/tables.h"

static enum exit_code find(const struct found *f, FILE *out)
{
	enum exit_code code = EXIT_OK;
	struct db db;

	if (tables_open(&db, &code) == -1)
		return code;
	if (table_write(&db, f->sql, f->params, f->n, f->form, f->upright, out) == -1 &&
		db.fault != DB_FINE)
		code = tables_say(&db, f->what);
	db_close(&db);
	return code;
}

/* Something that can only be written as it is: a device, a pipe. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* dirfd of the folder that the path is in, and the name there. -1 with errno. */
static int open_folder(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	*ret_name = slash ? slash + 1 : path;
	if (format_path(folder, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".") ==
		-1)
		return -1;
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum exit_code find_to(const struct found *f, FILE *out)
{
	enum exit_code code = find(f, out);
	bool failed = ferror(out) | (fflush(out) == EOF);

	return code ? code : failed ? EXIT_IO : EXIT_OK;
}

/* A file that is whole or not there. */
static enum exit_code find_into(const struct found *f, const char *path)
{
	bool special = is_special(path);
	struct output o = {.fd = -1};
	enum exit_code code = EXIT_IO;
	const char *name;
	FILE *out = NULL;
	int dirfd;

	errno = 0;
	dirfd = open_folder(path, &name);
	if (special)
		out = fopen(path, "we");
	else if (dirfd != -1 && output_open(&o, dirfd, name) == 0)
		out = fdopen(fcntl(o.fd, F_DUPFD_CLOEXEC, 3), "w");
	if (out)
		code = find_to(f, out);
	if (!out || (!code && !special && output_commit(&o) == -1) || (code == EXIT_IO && errno))
		log_error_errno("cannot write '%s'", path);
	if (!out)
		code = EXIT_IO;
	output_drop(&o);
	if (out)
		(void)fclose(out);
	if (dirfd != -1)
		close(dirfd);
	return code;
}

enum exit_code found_write(const struct found *f)
{
	if (f->output && strcmp(f->output, "-") != 0)
		return find_into(f, f->output);
	return find(f, stdout);
}
