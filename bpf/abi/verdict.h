// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The outcome of a packet at a hook. Every stage returns one; finish() counts it once and maps it
 * to an action. */
#pragma once

#include "types.h"

enum hook {
	HOOK_POD_TX,
	HOOK_POD_RX,
	HOOK_UPLINK_RX,
	HOOK_UPLINK_XDP,
	HOOK_OVERLAY_TX,
	HOOK_OVERLAY_RX,
	HOOK_FORWARD,
	HOOK_INPUT,
	HOOK_POSTROUTING,
	HOOK_UPLINK_TX,
	HOOK_MAX,
};

enum verdict {
	/* The next stage decides. Never final. */
	VERDICT_NEXT,

	/* Ends here: redirected, or answered in place. */
	REDIRECT_POD,	      /* into a local pod, past the host's stack */
	REDIRECT_HOST,	      /* to this node itself, through the overlay device */
	REDIRECT_OVERLAY,     /* encapsulated here, sent out of the uplink */
	REDIRECT_KERNEL,      /* through the kernel's vxlan: BPF cannot encapsulate it */
	REDIRECT_DIRECT,      /* unencapsulated to its node, past the host's stack */
	ANSWER_ARP,	      /* a pod's ARP request, answered in place */
	ANSWER_ND,	      /* a pod's neighbour solicitation, answered in place */
	ANSWER_SERVICE_EMPTY, /* a Service without a backend: ICMP port unreachable, in place */
	ANSWER_SERVICE_PORT,  /* a port that no Service has at its address: the same */

	/* Goes on to the host's stack or the next program. */
	PASS_UNMANAGED,	  /* left to the host's stack: not Heddle's, or admitted by forward */
	PASS_HOST,	  /* a pod's packet to this node or to the outside world */
	PASS_POD,	  /* from the host's stack to a local pod */
	PASS_TTL,	  /* expired: the host's stack answers as a router */
	PASS_UNREACHABLE, /* an unassigned address of this node's pod CIDR: the host's stack answers
			   */
	PASS_TOO_BIG,	  /* does not fit its path: the host's stack answers or fragments */
	PASS_FRAGMENT,	/* its datagram's first fragment was overtaken: the stack reassembles it */
	PASS_HOST_PATH, /* belongs to a flow that netfilter translated */
	PASS_SLOW_PATH, /* a foreign qdisc or filter is attached to the pod's device */
	PASS_VALIDATED_EARLIER, /* validated by an earlier hook */
	PASS_VALIDATED_TUNNEL,	/* admitted tunnel packet: decapsulated later, or by the kernel */

	/* Ended here: dropped, named for the cause. */
	DROP_MALFORMED,		  /* headers cut short or inconsistent */
	DROP_ETHERTYPE,		  /* neither IP nor ARP, or in a VLAN, from or to a pod */
	DROP_EXTENSION,		  /* more IPv6 extension headers than are parsed */
	DROP_IFACE_UNKNOWN,	  /* the device belongs to no registered pod */
	DROP_SOURCE_MAC,	  /* a pod sent from a MAC that is not its own */
	DROP_SOURCE_ADDRESS,	  /* a pod sent from an address that is not its own */
	DROP_DESTINATION_MAC,	  /* a pod sent to a MAC that is not its gateway's */
	DROP_DESTINATION_ADDRESS, /* loopback or unspecified: no address to send to */
	DROP_ARP_SPOOF,		  /* a pod claimed an address by ARP that is not its own */
	DROP_ND_SPOOF,		  /* a pod claimed an address by ND, or sent RA or redirect */
	DROP_NEIGHBOUR,	       /* a pod's DAD, MLD and other link-local messages: not forwarded */
	DROP_MULTICAST,	       /* multicast or broadcast: not carried */
	DROP_POD_TUNNEL,       /* VXLAN on our port from a pod, or towards a node by DNAT */
	DROP_TUNNEL_MALFORMED, /* VXLAN header or inner frame is not what RFC 7348 says */
	DROP_TUNNEL_SOURCE,    /* outer source is no known node */
	DROP_TUNNEL_VNI,       /* the VNI is not ours */
	DROP_TUNNEL_INNER_SOURCE, /* inner source does not belong to the sending node */
	DROP_TUNNEL_DESTINATION,  /* inner destination is neither a local pod nor this node */
	DROP_TUNNEL_ECN,	  /* outer CE, inner Not-ECT (RFC 6040) */
	DROP_NATIVE_SOURCE,	  /* plain packet with a source that may only come encapsulated */
	DROP_NATIVE_DEVICE,	  /* plain packet of a direct route, on another device */
	DROP_NATIVE_MAC,	  /* plain packet of a direct route, not from its owner's MAC */
	DROP_ROUTE_MISSING,	  /* the host's stack sent to the overlay what no route covers */
	DROP_ENCAP,		  /* no room or no address of this node for the outer headers */
	DROP_DECAP,		  /* the kernel refused to remove the outer headers */
	DROP_POLICY_EGRESS,	  /* policy does not let this pod send that */
	DROP_POLICY_INGRESS,	  /* policy does not let this pod receive that */
	DROP_POLICY_ABSENT,	  /* no policy is active for the pod yet */
	DROP_FRAGMENT, /* a later fragment without its first one, and nothing reassembles them */
	DROP_CONNTRACK_FULL, /* hd_ct_unassured refused a new flow */
	DROP_TUPLE_TAKEN,    /* DNAT led to another flow's tuple; the retry gets another port */
	DROP_FRAGMENT_TINY,  /* a fragment that leaves out, or overwrites, TCP's flags (RFC 1858) */
	DROP_SERVICE,	     /* to a Service's address, but nothing that a Service has ports for */

	VERDICT_MAX,
};
