// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ICMP and ICMPv6 message types (RFC 792, 4443, 4861, 3810). The kernel's own headers for them drag
 * in libc's. */
#pragma once

enum icmp_type {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_SOURCE_QUENCH = 4,
	ICMP_REDIRECT = 5,
	ICMP_ECHO_REQUEST = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER_PROBLEM = 12,
};

enum icmp_unreachable_code {
	ICMP_UNREACHABLE_PORT = 3,
};

enum icmpv6_unreachable_code {
	ICMPV6_UNREACHABLE_PORT = 4,
};

enum icmpv6_type {
	ICMPV6_UNREACHABLE = 1,
	ICMPV6_ERROR_LAST = 127, /* all types up to here are errors */
	ICMPV6_ECHO_REQUEST = 128,
	ICMPV6_ECHO_REPLY = 129,
	MLD_QUERY = 130,
	MLD_DONE = 132,
	ND_ROUTER_SOLICITATION = 133,
	ND_ROUTER_ADVERTISEMENT = 134,
	ND_SOLICITATION = 135,
	ND_ADVERTISEMENT = 136,
	ND_REDIRECT = 137,
	MLD2_REPORT = 143,
};
