/* campaign init: the tables, which are those of calllog(1). */
#include "campaign.h"

static const struct opt_row rows[] = {{0}};

const struct command command_init = {
	.name = "init",
	.page = {.synopsis = "init",
		.purpose = "Make the tables, or bring them up to date.",
		.see = "campaign(1), calllog(1)"},
	.rows = rows,
	.run = tables_init,
};
