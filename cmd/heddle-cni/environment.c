// SPDX-License-Identifier: Apache-2.0
#include "environment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(n)		  (1u << (n))

static const char *const command_names[] = {
	[COMMAND_ADD] = "ADD", [COMMAND_DEL] = "DEL",	    [COMMAND_CHECK] = "CHECK",
	[COMMAND_GC] = "GC",   [COMMAND_STATUS] = "STATUS", [COMMAND_VERSION] = "VERSION",
};

/* Commands that need all that they are given; the others do what they can with the variables that
 * they require. */
#define STRICT (BIT(COMMAND_ADD) | BIT(COMMAND_CHECK))

/* The variables that each command requires: the specification's tables of CNI operations. */
static const struct variable {
	const char *name;
	size_t offset;
	unsigned int required_by;
} variables[] = {
	{ "CNI_CONTAINERID", offsetof(struct environment, container_id),
	  BIT(COMMAND_ADD) | BIT(COMMAND_DEL) | BIT(COMMAND_CHECK) },
	{ "CNI_NETNS", offsetof(struct environment, netns), BIT(COMMAND_ADD) | BIT(COMMAND_CHECK) },
	{ "CNI_IFNAME", offsetof(struct environment, ifname),
	  BIT(COMMAND_ADD) | BIT(COMMAND_DEL) | BIT(COMMAND_CHECK) },
	{ "CNI_ARGS", offsetof(struct environment, args), 0 },
	{ "CNI_PATH", offsetof(struct environment, path), 0 },
};

struct name_list {
	char text[128];
};

static void name_list__add(struct name_list *list, const char *name)
{
	size_t length = strlen(list->text);

	snprintf(list->text + length, sizeof(list->text) - length, "%s%s", length ? ", " : "",
		 name);
}

static int read_command(struct environment *environment, struct failure *failure)
{
	const char *name = getenv("CNI_COMMAND");

	if (!name || !*name)
		return fail(failure, CNI_INVALID_ENVIRONMENT, "CNI_COMMAND is not set");
	for (size_t i = 0; i < ARRAY_SIZE(command_names); i++) {
		if (strcmp(name, command_names[i]) == 0) {
			environment->command = (enum command)i;
			return 0;
		}
	}
	return fail(failure, CNI_INVALID_ENVIRONMENT,
		    "CNI_COMMAND '%.64s' is not one of ADD, DEL, CHECK, GC, STATUS, VERSION", name);
}

int environment__read(struct environment *environment, struct failure *failure)
{
	struct name_list unset = {}, malformed = {};

	if (read_command(environment, failure))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const struct variable *variable = &variables[i];
		const char *value = getenv(variable->name);
		bool required = variable->required_by & BIT(environment->command);

		if (!value)
			value = "";
		if (!*value && required)
			name_list__add(&unset, variable->name);
		if (!utf8__is_valid(value)) {
			if (required || STRICT & BIT(environment->command))
				name_list__add(&malformed, variable->name);
			value = "";
		}
		memcpy((char *)environment + variable->offset, &value, sizeof(value));
	}
	if (*unset.text)
		return fail(failure, CNI_INVALID_ENVIRONMENT,
			    "%s needs variables that are not set: %s",
			    command_names[environment->command], unset.text);
	if (*malformed.text)
		return fail(failure, CNI_INVALID_ENVIRONMENT, "not valid UTF-8: %s",
			    malformed.text);
	return 0;
}
