// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Services: hd_service has their frontends, hd_backend and hd_backend_info what stands behind
 * them. */
#pragma once

#include "conntrack.h"

/* A frontend: what clients ask for. */
struct service_key {
	__u32 vni;
	__be16 port;
	__u8 protocol; /* IPPROTO_TCP, _UDP or _SCTP */
	__u8 pad;      /* always 0 */
	struct addr addr;
};

struct service {
	/* Number of the Service's port, the same for all its frontends; derived from its names, so
	 * it is the same after a restart. Never 0. */
	__u32 id;
	/* The list of hd_backend that new flows choose from: slots 0 to count - 1. A changed list
	 * is written under another number before this row changes. */
	__u32 backend_set;
	__u32 count;	  /* 0: new flows are rejected */
	__u32 affinity_s; /* a client keeps its backend for so long after its last flow; 0: it does
			     not */
	__u8 reserved[16];
};

/* One place of a list. */
struct backend_key {
	__u32 backend_set;
	__u32 slot;
};

struct backend {
	struct addr addr;
	__be16 port;
	__u8 pad[6]; /* always 0 */
};

/* hd_backend_info: all backends of a Service's port, those too that new flows do not choose. */
struct backend_info_key {
	__u32 service_id;
	__be16 port;
	__u8 pad[2]; /* always 0 */
	struct addr addr;
};

enum backend_condition {
	BACKEND_READY = 1, /* takes new flows */
	/* Terminates, or is not ready: connections that it has answered stay, datagrams go
	   elsewhere. */
	BACKEND_DRAINING,
};

struct backend_info {
	__u32 condition; /* enum backend_condition */
};

/* hd_affinity: which backend a client had last, of Services with session affinity. */
struct affinity_key {
	struct addr addr; /* of the client */
	__u32 service_id;
	__u32 vni;
};

struct affinity {
	__u64 seen_ns; /* CLOCK_MONOTONIC of the client's last new flow */
	struct addr addr;
	__be16 port;
	__u8 pad[6];
};

/* One end of a packet, and what it becomes. */
struct nat_change {
	struct addr from;
	struct addr to;
	__be16 from_port;
	__be16 to_port;
	__u32 l3_offset;
	__u32 l4_offset; /* 0: a later fragment, which has neither ports nor a checksum over them */
	__u8 protocol;
	__u8 is_source; /* which end it is */
	__u8 reserved[10];
};

/* hd_nat_draft: one packet's translation while it is put together: the stack has no room. */
struct service_draft {
	struct flow asked; /* the client and the frontend; a key */
	struct flow flow;  /* the client and the backend; a key */
	struct service_key frontend;
	struct backend_info_key backend;
	struct backend_key place;
	struct affinity_key client;
	struct affinity affinity;
	/* Whom the backend answers: the client, or the frontend of a client that is its own
	 * backend.
	 */
	struct addr source;
	struct nat_change change;
	__be16 client_port;	/* in `asked` */
	__be16 translated_port; /* in `flow` */
	__u32 affinity_s;
	__u32 count;
	__u8 reserved[4];
	__u8 headers[64]; /* of an answer that rejects the packet, and what it quotes */
	__u8 quote[64];
};
