// SPDX-License-Identifier: Apache-2.0
/* One unary gRPC call over a connection: HTTP/2 with prior knowledge. */
#pragma once

#include "connection.h"
#include "grpc_request.h"
#include "grpc_response.h"

/*
 * 0 when the stream ended normally, or a negative errno: -ETIMEDOUT at the deadline, -EPROTO for a
 * reply that is not HTTP/2, -EMSGSIZE for one above BODY_LIMIT, -ECONNRESET for one cut short.
 * The caller initialises and frees `response`.
 */
int grpc__call(struct connection *connection, struct grpc_request *request,
	       struct grpc_response *response);
