// SPDX-License-Identifier: Apache-2.0
/* An error in the CNI specification's terms. */
#pragma once

/* Error codes of the CNI specification 1.1.0; those from 100 on are the plugin's own. */
enum cni_error {
	CNI_INCOMPATIBLE_VERSION = 1,
	CNI_INVALID_ENVIRONMENT = 4,
	CNI_IO_FAILURE = 5,
	CNI_DECODING_FAILURE = 6,
	CNI_INVALID_CONFIG = 7,
	CNI_TRY_AGAIN_LATER = 11,
	CNI_NOT_AVAILABLE = 50,
	/* The daemon's reply is malformed. */
	CNI_MALFORMED_REPLY = 100,
};

struct failure {
	int code;
	/* One sentence. */
	char message[2048];
	/* A hint for the diagnosis, or empty. */
	char details[2048];
};

/* Sets code and message, and returns -1, for `return fail(…)`. */
int fail(struct failure *failure, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Appends to the message. */
void fail_also(struct failure *failure, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void fail_details(struct failure *failure, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
