/* scenario: what is said on a call: qualify, which comes with the tools, or a folder of recordings.
 */
#ifndef CAMPAIGN_SCENARIO_H
#define CAMPAIGN_SCENARIO_H

#include "campaign.h"

/* Is there such a scenario? -1: what is missing has been said. */
int scenario_check(const char *name) MUST_USE;
extern const char *scenario_folder;
#define SCENARIO_OPTIONS \
	{"campaigns", 0, OPT_STR, "DIR", "CALLPIPE_CAMPAIGNS", \
		"where the folders of recordings are", &scenario_folder}, \
	{ \
		OPTION_SPOOL \
	}

#endif
