// Faults of which flow a packet belongs to, and who opened it.
import { mutantsOf } from '../mutant.ts';

export const FLOW_LOOKUP_MUTANTS = mutantsOf('bpf/lib/conntrack.h', [
  {
    name: 'originator-by-key-alone',
    fault: "the key's source counts as the originator, whoever opened the flow",
    find: 'return ct->key_reversed == !!(ct->flags & CT_ORIG_IS_KEY_DST);',
    replace: 'return !ct->key_reversed;',
  },
  {
    name: 'host-path-of-the-other-direction',
    fault: "the flag of one direction sends the other one through the host's stack",
    find: 'ct->key_reversed == other ? CT_VIA_STACK_ORIG : CT_VIA_STACK_REPLY',
    replace: 'ct->key_reversed == other ? CT_VIA_STACK_REPLY : CT_VIA_STACK_ORIG',
  },
  {
    name: 'closed-not-reopened',
    fault: 'a SYN passes for a part of the closed connection',
    find: 'return ct_is_closed(ct->flags) || (ct',
    replace: 'return (ct',
  },
  {
    name: 'midstream-not-reopened',
    fault: 'a SYN passes for a part of a connection that nobody saw open',
    find: '(ct->flags & CT_MIDSTREAM) || !ct_is_originator(ct)',
    replace: '!ct_is_originator(ct)',
  },
  {
    name: 'responder-does-not-reopen',
    fault: 'a SYN of the responder passes for a part of the connection',
    find: '(ct->flags & CT_MIDSTREAM) || !ct_is_originator(ct)',
    replace: '(ct->flags & CT_MIDSTREAM)',
  },
  {
    name: 'forgotten-flow-keeps-its-flags',
    fault: "a flow that is opened anew keeps the old one's flags",
    find: '\tct->flags = 0;\n',
    replace: '',
  },
  {
    name: 'forgotten-flow-keeps-its-admission',
    fault: 'a flow that is opened anew keeps that its source was admitted',
    find: '\tct->source_generation = 0;\n',
    replace: '',
  },
  {
    name: 'any-icmp-opens',
    fault: 'any ICMP message opens a flow',
    find: 'return ct->tcp_events & TRANSPORT_OPENS;\n\treturn !ct',
    replace: 'return true;\n\treturn !ct',
  },
  {
    name: 'opened-without-ports',
    fault: 'a later fragment without its first one opens a flow',
    find: 'return !ct->frag_no_ports;',
    replace: 'return true;',
  },
  {
    name: 'icmp-message-found-alone',
    fault: 'an ICMP message that is no echo is taken for a part of a flow',
    find: 'if (!ct->untrackable)',
    replace: 'if (true)',
  },
  {
    name: 'unassured-not-found',
    fault: 'an unassured flow is not found again',
    find: 'entry = bpf_map_lookup_elem(&hd_ct_unassured, key);',
    replace: 'entry = NULL;',
  },
  {
    name: 'assured-not-found',
    fault: 'an assured flow is not found again',
    find: '\tif (!ct_is_expired(key, entry, now))\n\t\treturn entry;\n\tentry = bpf_map_lookup_elem(&hd_ct_unassured, key);\n\tif (!entry)\n\t\tentry = bpf_map_lookup_elem(&hd_ct, key);',
    replace: '\tentry = bpf_map_lookup_elem(&hd_ct_unassured, key);',
  },
  {
    name: 'assured-meanwhile-not-found',
    fault: 'a flow that another CPU assures between the two look-ups is not found',
    find: '\tif (!entry)\n\t\tentry = bpf_map_lookup_elem(&hd_ct, key);\n\treturn',
    replace: '\treturn',
  },
  {
    name: 'error-opens-flow',
    fault: 'an ICMP error whose quoted flow is unknown opens that flow',
    find: '!ct->is_error && ct_can_open(ct)',
    replace: 'ct_can_open(ct)',
    equivalent:
      'a quote counts for a flow that is found alone, and the error by itself has no mark that opens one',
  },
  {
    name: 'found-midstream-ignored',
    fault: 'a flow that nobody saw open is asked in one direction when it is met again',
    find: 'return ct->flags & CT_MIDSTREAM;',
    replace: 'return false;',
  },
]);
