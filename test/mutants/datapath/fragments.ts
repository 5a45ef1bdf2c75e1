// Faults of fragments, and of what an ICMP error quotes.
import { mutantsOf } from '../mutant.ts';

const fragments = mutantsOf('bpf/lib/fragment.h', [
  {
    name: 'fragment-remembered-for-ever',
    fault: 'the ports of a first fragment hold for datagrams of much later',
    find: '!ports || (__s64)(ctx_now() - ports->seen_ns) >= FRAGMENT_TIMEOUT_NS',
    replace: '!ports',
  },
  {
    name: 'fragment-of-any-datagram',
    fault: "fragments of all datagrams between two ends are one datagram's",
    find: '\t\t.id = id,\n',
    replace: '',
  },
  {
    name: 'fragment-of-any-protocol',
    fault: "fragments of all protocols between two ends are one datagram's",
    find: 'addr_is_ipv4(&ct->key.source) ? ct->key.protocol : 0',
    replace: '0',
  },
  {
    name: 'fragment-by-its-own-next-header',
    fault: 'an IPv6 fragment that names another next header than the first one is of another datagram',
    find: 'addr_is_ipv4(&ct->key.source) ? ct->key.protocol : 0',
    replace: 'ct->key.protocol',
  },
  {
    name: 'fragment-protocol-not-noted',
    fault: 'the protocol of a first fragment is not noted',
    find: '\tports.protocol = ct->key.protocol;\n',
    replace: '',
  },
  {
    name: 'fragment-protocol-not-taken',
    fault: "a later fragment's flow is of the protocol that its own header names",
    find: 'ct->key.protocol = ports->protocol;',
    replace: ';',
  },
  {
    name: 'recalled-protocol-not-taken',
    fault: 'a later fragment is taken for the protocol that its own header names',
    find: 'pkt->protocol = pkt->ct.key.protocol;',
    replace: ';',
  },
  {
    name: 'fragment-of-any-source',
    fault: "fragments from all sources are one datagram's",
    find: '\t\t.source = ct->key.source,\n',
    replace: '',
  },
  {
    name: 'too-big-not-recalled',
    fault: 'that the first fragment did not fit is not asked',
    find: 'ports->destination_port;\n\treturn ports->to_stack;',
    replace: 'ports->destination_port;\n\treturn FRAGMENT_BY_FLOW;',
  },
  {
    name: 'traced-fragment-remembered',
    fault: 'the first fragment of a trace is remembered',
    find: '!ct || ct->traced)\n\t\treturn FRAGMENT_BY_FLOW;\n\tports.source_port',
    replace: '!ct)\n\t\treturn FRAGMENT_BY_FLOW;\n\tports.source_port',
  },
  {
    name: 'overtaken-first-goes-its-way',
    fault: 'a first fragment that was overtaken does not follow the others to the stack',
    find: 'ports.to_stack = FRAGMENT_OVERTAKEN;',
    replace: ';',
  },
  {
    name: 'first-fragment-twice-goes-its-way',
    fault: 'a first fragment that comes twice sends what follows it past the stack',
    find: 'return known->no_ports || (',
    replace: 'return known->no_ports || (false && ',
  },
  {
    name: 'overtaken-by-another-datagram',
    fault: 'a first fragment of another flow with the same number goes to the stack, too',
    find: 'known->source_port == ports->source_port &&\n\t\t\t\t   known->destination_port == ports->destination_port',
    replace: 'true',
  },
  {
    name: 'overtaking-not-noted',
    fault: 'that a fragment has overtaken its first one is not noted',
    find: 'if (pkt->ct.frag_no_ports && !pkt->ct.frag_to_stack)',
    replace: 'if (false)',
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
    fault: 'ICMP "unreachable" belongs to no flow',
    find: 'type == ICMP_UNREACHABLE || ',
    replace: '',
  },
  {
    name: 'time-exceeded-is-no-error',
    fault: 'ICMP "time exceeded" belongs to no flow',
    find: 'type == ICMP_TIME_EXCEEDED || ',
    replace: '',
  },
  {
    name: 'parameter-problem-is-no-error',
    fault: 'ICMP "parameter problem" belongs to no flow',
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

export const FRAGMENT_MUTANTS = [...fragments, ...quotes];
