#include "base/dl.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int dl_load(const char *soname, const struct dl_symbol *symbols)
{
	void *lib = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		errno = ENOENT;
		return -1;
	}
	for (const struct dl_symbol *s = symbols; s->name; s++)
		if (!dlsym(lib, s->name)) {
			dlclose(lib);
			errno = ENOSYS;
			return -1;
		}
	for (const struct dl_symbol *s = symbols; s->name; s++) {
		void *fn = dlsym(lib, s->name);
		memcpy(s->pointer, &fn, sizeof fn); /* C has no cast from data to function */
	}
	return 0;
}
