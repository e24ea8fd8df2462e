// SPDX-License-Identifier: MIT
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/near.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A closed standard descriptor would be given to the next file that is opened, and messages would be written into it.
 */
static bool descriptors_fill(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) != fd)
			return false;
	return true;
}

/* The exit code of a text that was printed to standard output. */
static int printed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	perror("gridpq: standard output takes no more");
	return gpq_status_exit_code(GPQ_E_SYSTEM);
}

static int completion_print(const char *shell)
{
	if (shell && strcmp(shell, "bash") == 0) {
		gpq_cli_completion_bash(stdout);
	} else if (shell && strcmp(shell, "zsh") == 0) {
		gpq_cli_completion_zsh(stdout);
	} else {
		fputs("gridpq: completion is made for bash and zsh; say gridpq completion bash\n", stderr);
		return gpq_status_exit_code(GPQ_E_USAGE);
	}
	return printed();
}

/* Words that stand in place of a verb. Returns -1 where 'word' is none. */
static int other_word(const char *word, const char *next)
{
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		puts("gridpq " GPQ_VERSION);
		return printed();
	}
	if (strcmp(word, "completion") == 0)
		return completion_print(next);
	if (strcmp(word, "man") == 0) {
		gpq_cli_manual(stdout);
		return printed();
	}
	bool help = strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
	if (!help)
		return -1;
	if (next && gpq_cli_verb_find(next) != GPQ_N_VERBS)
		gpq_cli_help_verb(stdout, gpq_cli_verb_find(next));
	else
		gpq_cli_help_program(stdout);
	return printed();
}

int main(int argc, char **argv)
{
	static struct gpq_cli_arguments arguments; /* 50 KiB, once */
	if (!descriptors_fill())
		return gpq_status_exit_code(GPQ_E_SYSTEM);
	if (argc < 2) {
		gpq_cli_help_program(stderr);
		return gpq_status_exit_code(GPQ_E_USAGE);
	}
	enum gpq_cli_verb verb = gpq_cli_verb_find(argv[1]);
	if (verb == GPQ_N_VERBS) {
		int code = other_word(argv[1], argv[2]);
		if (code >= 0)
			return code;
		const char *near = gpq_cli_near_verb(argv[1]);
		fprintf(stderr, "gridpq: there is no verb '%s'%s%s; see gridpq --help\n", argv[1],
			near ? "; did you mean " : "", near ? near : "");
		return gpq_status_exit_code(GPQ_E_USAGE);
	}
	if (!gpq_cli_arguments_parse(verb, argc - 2, argv + 2, &arguments))
		return gpq_status_exit_code(GPQ_E_USAGE);
	if (arguments.help) {
		gpq_cli_help_verb(stdout, verb);
		return printed();
	}
	return gpq_cli_verbs[verb].run(&arguments);
}
