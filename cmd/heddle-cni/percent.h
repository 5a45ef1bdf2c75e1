// SPDX-License-Identifier: Apache-2.0
/* Percent-encoding, as gRPC carries text in its trailers. */
#pragma once

/* Decodes in place. What is no `%XX` stays as it is, and no NUL comes out. */
void percent__decode(char *text);
