#include "base/near.h"

#include <stdint.h>
#include <string.h>

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

size_t near_distance(const char *a, const char *b)
{
	size_t row[3][NEAR_BYTES + 1], na = strlen(a), nb = strlen(b);

	if (na > NEAR_BYTES || nb > NEAR_BYTES)
		return SIZE_MAX;
	for (size_t i = 0; i <= na; i++) {
		size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
		now[0] = i;
		for (size_t k = 1; k <= nb; k++) {
			if (i == 0) {
				now[k] = k;
				continue;
			}
			now[k] = min3(
				last[k] + 1, now[k - 1] + 1, last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
				before[k - 2] + 1 < now[k])
				now[k] = before[k - 2] + 1;
		}
	}
	return row[na % 3][nb];
}

bool near_is_slip(const char *a, const char *b)
{
	size_t na, nb;

	while (*a && *a == *b)
		a++, b++;
	na = strlen(a);
	nb = strlen(b);
	while (na && nb && a[na - 1] == b[nb - 1])
		na--, nb--;
	return na + nb <= 1 || (na == 1 && nb == 1) ||
		(na == 2 && nb == 2 && a[0] == b[1] && a[1] == b[0]);
}
