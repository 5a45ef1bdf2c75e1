// Faults of reading headers.
import { mutantsOf } from '../mutant.ts';

const headers = mutantsOf('bpf/lib/parse.h', [
  {
    name: 'syn-ack-opens',
    fault: 'a SYN-ACK opens a connection',
    find: '(flags & (TCP_SYN | TCP_ACK | TCP_RST)) ^ TCP_SYN',
    replace: '(flags & (TCP_SYN | TCP_RST)) ^ TCP_SYN',
  },
  {
    name: 'fin-not-seen',
    fault: 'a FIN is not seen',
    find: '(flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) |',
    replace: '(flags & (TCP_SYN | TCP_RST | TCP_ACK)) |',
  },
  {
    name: 'rst-not-seen',
    fault: 'a RST is not seen',
    find: '(flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) |',
    replace: '(flags & (TCP_FIN | TCP_SYN | TCP_ACK)) |',
  },
  {
    name: 'syn-not-seen',
    fault: 'a SYN-ACK is an ACK',
    find: '(flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) |',
    replace: '(flags & (TCP_FIN | TCP_RST | TCP_ACK)) |',
  },
  {
    name: 'ack-not-seen',
    fault: 'an ACK is not seen',
    find: '(flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) |',
    replace: '(flags & (TCP_FIN | TCP_SYN | TCP_RST)) |',
  },
  {
    name: 'sctp-cookie-ack-not-seen',
    fault: "SCTP's COOKIE ACK is not seen",
    find: '\tcase SCTP_COOKIE_ACK:\n\t\treturn TRANSPORT_ACK;\n',
    replace: '',
  },
  {
    name: 'sctp-init-does-not-open',
    fault: "SCTP's INIT opens nothing",
    find: '\tcase SCTP_INIT:\n\t\treturn TRANSPORT_OPENS;\n',
    replace: '',
  },
  {
    name: 'sctp-abort-not-seen',
    fault: "SCTP's ABORT is not seen",
    find: '\tcase SCTP_ABORT:\n\t\treturn flags',
    replace: '\tcase SCTP_ABORT:\n\t\treturn 0;\n\t\treturn flags',
  },
  {
    name: 'sctp-abort-never-reflected',
    fault: "an ABORT that carries its receiver's own tag is looked at for its sender's",
    find: '\tcase SCTP_ABORT:\n\t\treturn flags',
    replace: '\tcase SCTP_ABORT:\n\t\treturn 0 & flags',
  },
  {
    name: 'sctp-shutdown-not-seen',
    fault: "SCTP's SHUTDOWN is not seen",
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
    find: 'if (fragment & IPV4_FRAGMENT_OFFSET)',
    replace: 'if (fragment & 0xff)',
  },
  {
    name: 'tiny-first-fragment-passes',
    fault: 'a first fragment may end before the flags of TCP',
    find: 'return pkt->fragment == FRAGMENT_FIRST && room < sizeof(struct transport_header);',
    replace: 'return false;',
  },
  {
    name: 'overlapping-fragment-passes',
    fault: 'a later fragment may overwrite the flags of TCP',
    find: 'return offset == FRAGMENT_OFFSET_TINY;',
    replace: 'return false;',
  },
  {
    name: 'tiny-sctp-fragment-passes',
    fault: 'a first fragment may end before the chunk of SCTP',
    find: 'return protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP;',
    replace: 'return protocol == IPPROTO_TCP;',
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
    fault: "an authentication header's length is read as any other's",
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
    fault: "fragments of all IPv6 datagrams are one datagram's",
    find: 'chain->fragment_id = header->id;',
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

export const PARSE_MUTANTS = [...headers, ...ipv6];
