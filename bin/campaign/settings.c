/* What several commands have: the options. */
#include "campaign.h"

struct settings set = {.spool = "/var/spool/callpipe"};
