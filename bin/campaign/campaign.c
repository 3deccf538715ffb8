/* campaign: outbound calls over PostgreSQL: contacts, campaigns, and the dispatcher that calls them.
 *
 * Each command has a table of options of its own, which is parsed behind its name. Without a command all of the tables
 * are one: --help shows every option there is.
 */
#include "campaign.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

static const struct command *const commands[] = {
	&command_init,
	&command_ari_check,
	&command_run,
	&command_import,
	&command_contacts,
	&command_export,
	&command_dnc,
	&command_launch,
	&command_list,
	&command_show,
	&command_set,
	&command_pause,
	&command_resume,
	&command_stop,
	&command_retry,
	&command_call,
	&command_monitor,
	&command_explain,
	&command_trunk,
	&command_caller_id,
	&command_retry_rule,
	&command_hours,
	&command_holiday,
	&command_country,
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

/* Add the rows of a command that no other has. */
static int add_rows(const struct opt_row *rows, struct opt_row all[OPT_ROWS_MAX + 1], size_t *n)
{
	for (; rows->name; rows++) {
		size_t i = 0;

		while (i < *n && strcmp(all[i].name, rows->name) != 0)
			i++;
		if (i < *n)
			continue;
		if (*n == OPT_ROWS_MAX)
			return -1;
		all[(*n)++] = *rows;
	}
	return 0;
}

/* No command is named: say so, or what there is. */
static int no_command(int argc, char **argv)
{
	static struct opt_row all[OPT_ROWS_MAX + 1];
	char purpose[1024] = "Outbound calling that calls nobody twice. Commands: ";
	struct opt_page page = {.synopsis = "command [options] [operand ...]",
		.purpose = purpose,
		.see = "calllog(1), callpipe(7)"};
	size_t n = 0, used = strlen(purpose);
	int first, status;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (add_rows(commands[i]->rows, all, &n) == -1) {
			log_error("there are more than %d options", OPT_ROWS_MAX);
			return EXIT_BUG;
		}
		used += (size_t)snprintf(purpose + used, sizeof(purpose) - used, "%s%s",
			i ? ", " : "", commands[i]->name);
	}
	snprintf(purpose + used, sizeof(purpose) - used, ". 'campaign command --help' has more.");
	status = opt_parse(&page, all, argc, argv, &first);
	if (status != -1)
		return status;
	if (!argv[first])
		log_error("name a command: see --help");
	else if (find(argv[first]))
		log_error("options stand behind the command '%s': see --help", argv[first]);
	else
		log_error("unknown command '%s': see --help", argv[first]);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const struct command *command;
	int first, status;

	if (ensure_std_fds() < 0)
		return EXIT_SYSTEM;
	log_init("campaign");
	command = argc > 1 ? find(argv[1]) : NULL;
	if (!command)
		return no_command(argc, argv);
	status = opt_parse(&command->page, command->rows, argc - 1, argv + 1, &first);
	if (status != -1)
		return status;
	return opt_finish(command->run(argv + 1 + first));
}
