// SPDX-License-Identifier: Apache-2.0
#include "netns.h"

#include <stdlib.h>
#include <unistd.h>

#include "utf8.h"

const char *netns__resolve(const char *path, char resolved[PATH_MAX])
{
	if (*path != '/' || access(path, F_OK))
		return "";
	return realpath(path, resolved) && utf8__is_valid(resolved) ? resolved : path;
}
