// SPDX-License-Identifier: Apache-2.0
/* One unary gRPC call over a connection: HTTP/2 with prior knowledge, one message there, one back.
 */
#pragma once

#include "connection.h"
#include "grpc_request.h"
#include "grpc_response.h"

/*
 * 0 when the stream ended in order, or a negative errno: -ETIMEDOUT at the deadline, -EPROTO for
 * what is no HTTP/2, -EMSGSIZE for an answer past all measure, -ECONNRESET for one broken off.
 * `response` is initialised by the caller, who also frees it.
 */
int grpc__call(struct connection *connection, struct grpc_request *request,
	       struct grpc_response *response);
