// Faults of what an ICMP error quotes, and of who may send one.
import { mutantsOf } from '../mutant.ts';

export const QUOTE_MUTANTS = mutantsOf('bpf/lib/quote.h', [
  {
    name: 'quote-not-reversed',
    fault: "an ICMP error belongs to the flow in the quoted packet's own direction",
    find: '\tflow_reverse(&ct->key);\n\treturn addr_equal',
    replace: '\treturn addr_equal',
  },
  {
    name: 'quote-of-anybody',
    fault: 'an ICMP error is admitted to whoever did not send what it quotes',
    find: 'addr_equal(&ends->destination, &ct->key.destination) &&',
    replace: '',
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
    find: 'quote->l4_offset += ip.ihl * 4;',
    replace: 'quote->l4_offset += sizeof(ip);',
  },
  {
    name: 'quoted-protocol-ignored',
    fault: 'a quoted packet is taken for one of ICMP',
    find: 'flow->protocol = ip.protocol;',
    replace: 'flow->protocol = IPPROTO_ICMP;',
  },
  {
    name: 'quoted-extensions-not-walked',
    fault: 'the first extension header of a quoted packet is read as its ports',
    find: 'if (ipv6_chain_walk(ctx, &chain) != VERDICT_NEXT)',
    replace: 'if (false)',
  },
  {
    name: 'quoted-later-fragment-has-ports',
    fault: 'the payload of a quoted later fragment is read as ports, of IPv4',
    find: 'quote->is_later = ip.frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET);',
    replace: ';',
  },
  {
    name: 'quoted-later-fragment-has-ports-ipv6',
    fault: 'the payload of a quoted later fragment is read as ports, of IPv6',
    find: 'quote->is_later = chain.fragment == FRAGMENT_LATER;',
    replace: ';',
  },
  {
    name: 'quoted-stray-fragment-found',
    fault: 'a quoted later fragment whose first one nobody sent has the ports of an earlier packet',
    find: 'parsed = !ct->frag_no_ports;',
    replace: '',
  },
  {
    name: 'error-from-any-pod',
    fault: 'an ICMP error of a pod that is no end of the flow is admitted by it',
    find: 'return endpoint_is_node(endpoint);',
    replace: 'return true;',
  },
  {
    name: 'error-from-no-node',
    fault: 'an ICMP error of a node on the path is not admitted',
    find: 'return endpoint_is_node(endpoint);',
    replace: 'return false;',
  },
  {
    name: 'error-from-no-router',
    fault: 'an ICMP error of a router outside is not admitted',
    find: 'return (!route || (route->flags & ROUTE_REPLY_ONLY)) && !quote_path_is_ours(flow);',
    replace: 'return false;',
  },
  {
    name: 'error-from-unknown-pod',
    fault: 'an ICMP error from an address of a pod CIDR that no pod has is admitted',
    find: '(!route || (route->flags & ROUTE_REPLY_ONLY))',
    replace: 'true',
  },
  {
    name: 'error-of-router-between-siblings',
    fault: 'a host outside tells of a flow between two pods of the node',
    find: 'if (endpoint_is(endpoint_find(flow->vni, &flow->source), ENDPOINT_LOCAL_POD))',
    replace: 'if (false)',
  },
  {
    name: 'error-of-router-inside-tunnel',
    fault: 'a host outside tells of a flow inside the overlay',
    find: 'return route && route->kind == ROUTE_OVERLAY;',
    replace: 'return false;',
  },
  {
    name: 'ports-of-any-quote',
    fault: 'the first bytes of a quoted GRE or ESP packet are taken for ports',
    find: 'if (!parse_is_icmp(flow->protocol) && !parse_has_ports(flow->protocol))',
    replace: 'if (false)',
  },
]);
