// SPDX-License-Identifier: Apache-2.0
/* Percent-encoding of text in gRPC trailers. */
#pragma once

/* Decodes in place. Text that is not `%XX`, and `%00`, stays as it is. */
void percent__decode(char *text);
