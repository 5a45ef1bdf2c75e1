// Faults of flows: how long they live, who opened them, what packets change about them.
import { mutantsOf } from '../mutant.ts';

const COMMIT = 'bpf/lib/conntrack_commit.h';
const LOOKUP = 'bpf/lib/conntrack.h';

const timers = mutantsOf(COMMIT, [
  {
    name: 'no-timer-started',
    fault: 'an answered flow gets no timer',
    find: '\tbpf_timer_start(&answered->timer, conntrack_timeout(flow, answered->flow.flags), 0);\n}',
    replace: '}',
  },
  {
    name: 'timer-never-rearmed',
    fault: 'a flow that was not silent when its timer fired is never looked at again',
    find: 'bpf_timer_start(&answered->timer, remaining, 0);',
    replace: ';',
  },
  {
    name: 'timer-deletes-nothing',
    fault: 'a timer that fires for a silent flow leaves it where it is',
    find: 'bpf_map_delete_elem(map, key);',
    replace: ';',
  },
  {
    name: 'timer-deletes-the-living',
    fault: 'a timer that fires deletes the flow, whether it was silent or not',
    find: 'if (remaining <= 0)',
    replace: 'if (remaining <= 0 || true)',
  },
  {
    name: 'timer-not-shortened',
    fault: 'the timer of a closed or reset flow still waits for five days',
    find: 'if (flags & (CONNTRACK_FIN_BOTH | CONNTRACK_RESET))',
    replace: 'if (false)',
  },
]);

const changes = mutantsOf(COMMIT, [
  {
    name: 'error-answers-flow',
    fault: 'an ICMP error about a flow counts as its answer',
    find: 'if (ct->is_error)\n\t\treturn 0;\n\tif (ct->marks',
    replace: 'if (ct->marks',
  },
  {
    name: 'reset-not-noted',
    fault: 'a reset does not end its flow',
    find: 'return CONNTRACK_RESET;',
    replace: ';',
  },
  {
    name: 'opener-answers-itself',
    fault: 'the opener’s packets answer the flow',
    find: 'if (!opener)',
    replace: 'if (opener)',
  },
  {
    name: 'fins-swapped',
    fault: 'the FIN of one end is noted as the other’s',
    find: 'opener ? CONNTRACK_FIN_OPENER : CONNTRACK_FIN_RESPONDER',
    replace: 'opener ? CONNTRACK_FIN_RESPONDER : CONNTRACK_FIN_OPENER',
  },
  {
    name: 'fin-not-noted',
    fault: 'a FIN changes nothing',
    find: 'if (ct->marks & TRANSPORT_ENDS)',
    replace: 'if (false)',
  },
  {
    name: 'node-not-written',
    fault: 'whose tunnel brought the flow is not kept',
    find: 'entry->node_id = ct->node_id;',
    replace: ';',
  },
  {
    name: 'source-generation-not-written',
    fault: 'that the source was admitted is not kept',
    find: 'entry->source_generation = ct->source_generation;',
    replace: ';',
  },
  {
    name: 'destination-generation-not-written',
    fault: 'that the destination was admitted is not kept',
    find: 'entry->destination_generation = ct->destination_generation;',
    replace: ';',
  },
  {
    name: 'source-rule-not-written',
    fault: 'the rule that admitted the source is not kept',
    find: 'entry->source_rule = ct->source_rule;',
    replace: ';',
  },
  {
    name: 'destination-rule-not-written',
    fault: 'the rule that admitted the destination is not kept',
    find: 'entry->destination_rule = ct->destination_rule;',
    replace: ';',
  },
  {
    name: 'promoted-twice',
    fault: 'an answered flow stays among the unanswered ones',
    find: 'bpf_map_delete_elem(&hd_unanswered, flow);',
    replace: ';',
  },
  {
    name: 'never-promoted',
    fault: 'an answered flow is not moved to where a flood cannot evict it',
    find: 'if (flags & CONNTRACK_ANSWERED)',
    replace: 'if (false)',
  },
  {
    name: 'reopened-beside-the-closed',
    fault: 'a connection opened anew leaves the closed one in hd_conntrack',
    find: 'bpf_map_delete_elem(&hd_conntrack, &key);',
    replace: ';',
  },
  {
    name: 'opener-lost',
    fault: 'that the key’s destination opened the flow is not kept',
    find: 'flags |= CONNTRACK_FROM_DESTINATION;',
    replace: ';',
  },
  {
    name: 'pick-up-lost',
    fault: 'that nobody saw the connection open is not kept',
    find: 'flags |= CONNTRACK_PICKED_UP;',
    replace: ';',
  },
  {
    name: 'tunnel-of-any-node-kept',
    fault: 'a node’s flow that comes by another node’s tunnel keeps the first',
    find: '(ct->flags & CONNTRACK_TUNNEL) && ct->node_id == node_id',
    replace: '(ct->flags & CONNTRACK_TUNNEL)',
  },
  {
    name: 'tunnel-change-not-kept',
    fault: 'that a known flow came by a tunnel is not written',
    find: '\tct->changed = true;\n}',
    replace: '}',
  },
  {
    name: 'traced-enters-flow',
    fault: 'the packet of a trace enters its flow',
    find: 'ct->state == FLOW_UNTRACKED || ct->traced',
    replace: 'ct->state == FLOW_UNTRACKED',
  },
  {
    name: 'new-flow-not-told',
    fault: 'who listens for new flows hears of none',
    find: 'if (control_wants(EVENT_FLOW))',
    replace: 'if (false)',
  },
  {
    name: 'new-flow-told-to-nobody',
    fault: 'new flows are told though nobody listens',
    find: 'if (control_wants(EVENT_FLOW))',
    replace: 'if (true)',
  },
]);

const timeouts = mutantsOf(LOOKUP, [
  {
    name: 'silent-flow-lives',
    fault: 'a flow that was silent for too long is taken for a living one',
    find: '!entry || conntrack_remaining(&ct->key, entry, now) <= 0',
    replace: '!entry',
  },
  {
    name: 'time-never-renewed',
    fault: 'packets do not renew their flow',
    find: 'entry->seen_ns = now;',
    replace: ';',
  },
  {
    name: 'traced-renews-flow',
    fault: 'the packet of a trace renews its flow',
    find: '!ct->traced && (__s64)',
    replace: '(__s64)',
  },
  {
    name: 'reset-flow-stays',
    fault: 'a reset flow lives as long as an established one',
    find: 'return CONNTRACK_RESET_NS;',
    replace: 'return CONNTRACK_ESTABLISHED_NS;',
  },
  {
    name: 'closed-flow-stays',
    fault: 'a closed flow lives as long as an established one',
    find: 'return CONNTRACK_CLOSED_NS;',
    replace: 'return CONNTRACK_ESTABLISHED_NS;',
  },
  {
    name: 'echo-stays',
    fault: 'an echo lives as long as other datagrams',
    find: 'return CONNTRACK_ECHO_NS;',
    replace: 'return CONNTRACK_DATAGRAM_NS;',
  },
  {
    name: 'unanswered-stays',
    fault: 'an unanswered flow lives as long as an established one',
    find: 'return CONNTRACK_UNANSWERED_NS;',
    replace: 'return CONNTRACK_ESTABLISHED_NS;',
  },
  {
    name: 'datagrams-stay',
    fault: 'datagrams live as long as connections',
    find: 'return CONNTRACK_DATAGRAM_NS;',
    replace: 'return CONNTRACK_ESTABLISHED_NS;',
  },
  {
    name: 'half-closed-stays',
    fault: 'a half-closed connection lives as long as an established one',
    find: 'flags & CONNTRACK_FIN_BOTH ? CONNTRACK_HALF_CLOSED_NS : CONNTRACK_ESTABLISHED_NS',
    replace: 'CONNTRACK_ESTABLISHED_NS',
  },
  {
    name: 'established-ends-early',
    fault: 'an established connection lives an hour',
    find: 'CONNTRACK_HALF_CLOSED_NS : CONNTRACK_ESTABLISHED_NS',
    replace: 'CONNTRACK_HALF_CLOSED_NS : CONNTRACK_HALF_CLOSED_NS',
  },
]);

const lookups = mutantsOf(LOOKUP, [
  {
    name: 'opener-by-key-alone',
    fault: 'the key’s source counts as the opener, whoever opened the flow',
    find: 'return ct->swapped == !!(ct->flags & CONNTRACK_FROM_DESTINATION);',
    replace: 'return !ct->swapped;',
  },
  {
    name: 'host-path-of-the-other-direction',
    fault: 'the flag of one direction sends the other one through the host’s stack',
    find: 'ct->swapped == other ? CONNTRACK_HOST_PATH : CONNTRACK_HOST_PATH_BACK',
    replace: 'ct->swapped == other ? CONNTRACK_HOST_PATH_BACK : CONNTRACK_HOST_PATH',
  },
  {
    name: 'closed-not-reopened',
    fault: 'a SYN passes for a part of the closed connection',
    find: 'return conntrack_is_closed(ct->flags) || (ct',
    replace: 'return (ct',
  },
  {
    name: 'picked-up-not-reopened',
    fault: 'a SYN passes for a part of a connection that nobody saw open',
    find: '(ct->flags & CONNTRACK_PICKED_UP) ||\n\t       !conntrack_is_opener(ct)',
    replace: '!conntrack_is_opener(ct)',
  },
  {
    name: 'responder-does-not-reopen',
    fault: 'a SYN of the responder passes for a part of the connection',
    find: '(ct->flags & CONNTRACK_PICKED_UP) ||\n\t       !conntrack_is_opener(ct)',
    replace: '(ct->flags & CONNTRACK_PICKED_UP)',
  },
  {
    name: 'forgotten-flow-keeps-its-flags',
    fault: 'a flow that is opened anew keeps the old one’s flags',
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
    find: 'return ct->marks & TRANSPORT_OPENS;\n\treturn !ct',
    replace: 'return true;\n\treturn !ct',
  },
  {
    name: 'opened-without-ports',
    fault: 'a later fragment without its first one opens a flow',
    find: 'return !ct->ports_unknown;',
    replace: 'return true;',
  },
  {
    name: 'icmp-message-found-alone',
    fault: 'an ICMP message that is no echo is taken for a part of a flow',
    find: '!ct->is_alone && (conntrack_take',
    replace: '(conntrack_take',
  },
  {
    name: 'unanswered-not-found',
    fault: 'an unanswered flow is not found again',
    find: 'conntrack_take(ct, bpf_map_lookup_elem(&hd_unanswered, key), now)',
    replace: 'false',
  },
  {
    name: 'answered-not-found',
    fault: 'an answered flow is not found again',
    find: '(conntrack_take(ct, conntrack_get_answered(key), now) ||',
    replace: '(false ||',
  },
  {
    name: 'error-opens-flow',
    fault: 'an ICMP error whose quoted flow is unknown opens that flow',
    find: '!ct->is_error && conntrack_can_open(ct)',
    replace: 'conntrack_can_open(ct)',
  },
  {
    name: 'quote-not-reversed',
    fault: 'an ICMP error belongs to the flow in the quoted packet’s own direction',
    find: '\tflow_reverse(&ct->key);\n\tif (!addr_equal',
    replace: '\tif (!addr_equal',
  },
  {
    name: 'quote-of-anybody',
    fault: 'an ICMP error is admitted to whoever did not send what it quotes',
    find: '\tif (!addr_equal(&ct->key.destination, &pkt->destination))\n\t\treturn false;\n',
    replace: '',
  },
  {
    name: 'found-pick-up-ignored',
    fault: 'a flow that nobody saw open is asked in one direction when it is met again',
    find: 'return ct->flags & CONNTRACK_PICKED_UP;',
    replace: 'return false;',
  },
]);

export const CONNTRACK_MUTANTS = [...timers, ...changes, ...timeouts, ...lookups];
