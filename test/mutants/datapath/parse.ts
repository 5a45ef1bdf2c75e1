// Faults of reading: headers, ports, fragments, and what an ICMP error quotes.
import { mutantsOf } from '../mutant.ts';

const headers = mutantsOf('bpf/lib/parse.h', [
  {
    name: 'syn-ack-opens',
    fault: 'a SYN-ACK opens a connection',
    find: '(flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN',
    replace: '(flags & (TCP_SYN | TCP_RST)) == TCP_SYN',
  },
  {
    name: 'fin-not-seen',
    fault: 'a FIN is not seen',
    find: 'if (flags & TCP_FIN)',
    replace: 'if (false)',
  },
  {
    name: 'rst-not-seen',
    fault: 'a RST is not seen',
    find: 'if (flags & TCP_RST)',
    replace: 'if (false)',
  },
  {
    name: 'sctp-init-does-not-open',
    fault: 'SCTP’s INIT opens nothing',
    find: '\tcase SCTP_INIT:\n\t\treturn TRANSPORT_OPENS;\n',
    replace: '',
  },
  {
    name: 'sctp-abort-not-seen',
    fault: 'SCTP’s ABORT is not seen',
    find: '\tcase SCTP_ABORT:\n\t\treturn TRANSPORT_RESETS;\n',
    replace: '',
  },
  {
    name: 'sctp-shutdown-not-seen',
    fault: 'SCTP’s SHUTDOWN is not seen',
    find: '\tcase SCTP_SHUTDOWN:\n',
    replace: '',
  },
  {
    name: 'echo-request-without-identifier',
    fault: 'all pings between two ends are one flow',
    find: 'pkt->source_port = header->echo_id;',
    replace: ';',
  },
  {
    name: 'echo-reply-without-identifier',
    fault: 'an echo reply finds no flow',
    find: 'pkt->destination_port = header->echo_id;',
    replace: ';',
  },
  {
    name: 'tcp-header-length-in-bytes',
    fault: 'the TCP header length is read in bytes',
    find: '(header->sctp_chunk >> 4) * 4',
    replace: '(header->sctp_chunk >> 4)',
  },
  {
    name: 'ports-swapped',
    fault: 'source and destination port are exchanged',
    find: 'pkt->source_port = header->source_port;\n\tpkt->destination_port = header->destination_port;',
    replace: 'pkt->source_port = header->destination_port;\n\tpkt->destination_port = header->source_port;',
  },
  {
    name: 'ports-of-later-fragment',
    fault: 'the payload of a later fragment is read as ports',
    find: 'if (pkt->fragment == FRAGMENT_LATER)\n\t\treturn VERDICT_NEXT;',
    replace: '',
  },
  {
    name: 'length-one-short',
    fault: 'an IP packet as long as its frame is malformed',
    find: 'pkt->l3_offset + length <= ctx_length(ctx)',
    replace: 'pkt->l3_offset + length < ctx_length(ctx)',
  },
  {
    name: 'length-not-checked',
    fault: 'a header may claim more bytes than there are',
    find: 'return pkt->l3_offset + length <= ctx_length(ctx);',
    replace: 'return true;',
  },
  {
    name: 'ipv4-version-ignored',
    fault: 'a header of any version is read as IPv4',
    find: 'ip->version != 4 || ',
    replace: '',
  },
  {
    name: 'ipv4-short-header-read',
    fault: 'an IPv4 header of less than 20 bytes is read',
    find: 'header_length < sizeof(*ip) || ',
    replace: '',
  },
  {
    name: 'ipv4-length-below-header',
    fault: 'an IPv4 packet shorter than its header is read',
    find: 'length < header_length ||',
    replace: '',
  },
  {
    name: 'ipv4-options-read-as-ports',
    fault: 'IPv4 options are read as the transport header',
    find: 'pkt->l4_offset = pkt->l3_offset + header_length;',
    replace: 'pkt->l4_offset = pkt->l3_offset + sizeof(*ip);',
  },
  {
    name: 'first-fragment-is-whole',
    fault: 'a first fragment counts as a whole packet',
    find: 'else if (fragment & IPV4_MORE_FRAGMENTS)',
    replace: 'else if (false)',
  },
  {
    name: 'fragment-offset-cut',
    fault: 'half of the fragment offset is ignored',
    find: 'fragment & IPV4_FRAGMENT_OFFSET',
    replace: 'fragment & 0xff',
  },
  {
    name: 'big-tcp-refused',
    fault: 'a super-packet whose header tells no length is malformed',
    find: 'if (!length && ctx_is_gso(ctx))',
    replace: 'if (false)',
  },
]);

const ipv6 = mutantsOf('bpf/lib/parse_ipv6.h', [
  {
    name: 'seven-extensions',
    fault: 'one extension header less than promised is followed',
    find: 'IPV6_EXTENSIONS_MAX = 8',
    replace: 'IPV6_EXTENSIONS_MAX = 7',
  },
  {
    name: 'hop-by-hop-not-followed',
    fault: 'a hop-by-hop header hides the ports',
    find: 'next_header == IPPROTO_HOPOPTS || ',
    replace: '',
  },
  {
    name: 'routing-header-not-followed',
    fault: 'a routing header hides the ports',
    find: 'next_header == IPPROTO_ROUTING ||',
    replace: '',
  },
  {
    name: 'destination-options-not-followed',
    fault: 'destination options hide the ports',
    find: 'next_header == IPPROTO_DSTOPTS || ',
    replace: '',
  },
  {
    name: 'authentication-header-not-followed',
    fault: 'an authentication header hides the ports',
    find: 'next_header == IPPROTO_AH ||',
    replace: '',
  },
  {
    name: 'authentication-header-in-eights',
    fault: 'an authentication header’s length is read as any other’s',
    find: 'if (type == IPPROTO_AH)\n\t\treturn (header->length + 2) * 4;',
    replace: '',
  },
  {
    name: 'ipv6-first-fragment-is-whole',
    fault: 'a first IPv6 fragment counts as a whole packet',
    find: 'else if (fragment & IPV6_MORE_FRAGMENTS)',
    replace: 'else if (false)',
  },
  {
    name: 'ipv6-fragment-without-id',
    fault: 'fragments of all IPv6 datagrams are one datagram’s',
    find: 'pkt->fragment_id = header->id;',
    replace: ';',
  },
  {
    name: 'ipv6-traffic-class-halved',
    fault: 'half of the traffic class is read',
    find: 'ip->priority << 4 | ip->flow_lbl[0] >> 4',
    replace: 'ip->priority << 4',
  },
  {
    name: 'mapped-source-read',
    fault: 'an IPv6 packet may have an IPv4-mapped source',
    find: 'addr_is_ipv4(&pkt->source) || ',
    replace: '',
  },
  {
    name: 'mapped-destination-read',
    fault: 'an IPv6 packet may have an IPv4-mapped destination',
    find: ' || addr_is_ipv4(&pkt->destination)',
    replace: '',
  },
  {
    name: 'ipv6-version-ignored',
    fault: 'a header of any version is read as IPv6',
    find: 'ip->version != 6 || ',
    replace: '',
  },
]);

const fragments = mutantsOf('bpf/lib/fragment.h', [
  {
    name: 'fragment-remembered-for-ever',
    fault: 'the ports of a first fragment hold for datagrams of much later',
    find: '!ports || (__s64)(ctx_now() - ports->seen_ns) >= FRAGMENT_TIMEOUT_NS',
    replace: '!ports',
  },
  {
    name: 'fragment-of-any-datagram',
    fault: 'fragments of all datagrams between two ends are one datagram’s',
    find: '\t\t.id = id,\n',
    replace: '',
  },
  {
    name: 'fragment-of-any-protocol',
    fault: 'fragments of all protocols between two ends are one datagram’s',
    find: '\t\t.protocol = ct->key.protocol,\n',
    replace: '',
  },
  {
    name: 'fragment-of-any-source',
    fault: 'fragments from all sources are one datagram’s',
    find: '\t\t.source = ct->key.source,\n',
    replace: '',
  },
  {
    name: 'too-big-not-recalled',
    fault: 'that the first fragment did not fit is not asked',
    find: 'return ports->too_big;',
    replace: 'return false;',
  },
  {
    name: 'traced-fragment-remembered',
    fault: 'the first fragment of a trace is remembered',
    find: '!ct || ct->traced',
    replace: '!ct',
  },
  {
    name: 'recalled-ports-swapped',
    fault: 'a later fragment gets the ports of its first one exchanged',
    find: 'ct->key.source_port = ports->source_port;\n\tct->key.destination_port = ports->destination_port;',
    replace:
      'ct->key.source_port = ports->destination_port;\n\tct->key.destination_port = ports->source_port;',
  },
  {
    name: 'recalled-ports-not-taken',
    fault: 'a later fragment does not get the ports of its first one',
    find: 'pkt->destination_port = pkt->ct.key.destination_port;',
    replace: ';',
  },
]);

const quotes = mutantsOf('bpf/lib/flow.h', [
  {
    name: 'icmpv6-echo-is-error',
    fault: 'an ICMPv6 echo request is read as an error',
    find: 'type <= ICMPV6_ERROR_LAST',
    replace: 'type <= ICMPV6_ECHO_REQUEST',
  },
  {
    name: 'unreachable-is-no-error',
    fault: 'ICMP “unreachable” belongs to no flow',
    find: 'type == ICMP_UNREACHABLE || ',
    replace: '',
  },
  {
    name: 'time-exceeded-is-no-error',
    fault: 'ICMP “time exceeded” belongs to no flow',
    find: 'type == ICMP_TIME_EXCEEDED || ',
    replace: '',
  },
  {
    name: 'parameter-problem-is-no-error',
    fault: 'ICMP “parameter problem” belongs to no flow',
    find: ' || type == ICMP_PARAMETER_PROBLEM',
    replace: '',
  },
  {
    name: 'error-of-later-fragment',
    fault: 'a later fragment is read as an ICMP error',
    find: '\tif (pkt->fragment == FRAGMENT_LATER)\n\t\treturn false;\n\tif (pkt->protocol == IPPROTO_ICMPV6)',
    replace: '\tif (pkt->protocol == IPPROTO_ICMPV6)',
  },
  {
    name: 'quoted-ports-swapped',
    fault: 'the ports of a quoted packet are exchanged',
    find: 'flow->source_port = transport[0];\n\t\tflow->destination_port = transport[1];',
    replace: 'flow->source_port = transport[1];\n\t\tflow->destination_port = transport[0];',
  },
  {
    name: 'quoted-request-without-identifier',
    fault: 'an error about a ping belongs to no flow',
    find: 'flow->source_port = transport[2];',
    replace: ';',
  },
  {
    name: 'quoted-reply-without-identifier',
    fault: 'an error about an echo reply belongs to no flow',
    find: 'flow->destination_port = transport[2];',
    replace: ';',
  },
  {
    name: 'quoted-options-read-as-ports',
    fault: 'IPv4 options of a quoted packet are read as its ports',
    find: 'offset += ip.ihl * 4;',
    replace: 'offset += sizeof(ip);',
  },
  {
    name: 'quoted-protocol-ignored',
    fault: 'a quoted packet is taken for one of the error’s own protocol',
    find: 'flow->protocol = ip.protocol;',
    replace: 'flow->protocol = pkt->protocol;',
  },
  {
    name: 'reversed-without-ports',
    fault: 'the other direction of a flow keeps its ports',
    find: '\tflow->source_port = flow->destination_port;\n',
    replace: '',
  },
  {
    name: 'order-without-lower-half',
    fault: 'the ends of a flow are not ordered by the lower half of their addresses',
    find: '\tif (a->halves[1] != b->halves[1])\n\t\treturn a->halves[1] < b->halves[1];\n',
    replace: '',
  },
]);

export const PARSE_MUTANTS = [...headers, ...ipv6, ...fragments, ...quotes];
