/* monitor: the view of a campaign that runs.
 */
#ifndef CAMPAIGN_MONITOR_H
#define CAMPAIGN_MONITOR_H

#include "base/util.h"

/* Watch a campaign until it is over, or somebody has had enough. */
int monitor_watch(const char *id) MUST_USE;

#endif
