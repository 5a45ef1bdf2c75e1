// Faults of counters and events, and of what goes through the host stack.
import { mutantsOf } from '../mutant.ts';

const told = [
  ...mutantsOf('bpf/lib/control.h', [
    {
      name: 'generation-not-read',
      fault: 'policy has one generation for ever',
      find: 'pkt->ct.generation = control->generation;',
      replace: 'pkt->ct.generation = 2;',
    },
    {
      name: 'listeners-of-another-kind',
      fault: 'who listens for one kind of event is told of the other',
      find: '(control->events & (1 << kind))',
      replace: '(control->events & (2 << kind))',
    },
    {
      name: 'second-half-of-nonce-ignored',
      fault: "half of a trace's nonce is enough",
      find: ' && nonce[1] == control->nonce[1]',
      replace: '',
    },
    {
      name: 'first-half-of-nonce-ignored',
      fault: "the other half of a trace's nonce is enough",
      find: 'nonce[0] == control->nonce[0] && ',
      replace: '',
    },
    {
      name: 'zeros-are-a-nonce',
      fault: 'while no trace is under way, a packet that ends with zeros is one',
      find: '!control->nonce[0] || ',
      replace: '',
    },
  ]),
  ...mutantsOf('bpf/lib/event.h', [
    {
      name: 'lost-event-uncounted',
      fault: 'an event that found no room is not counted',
      find: '(*lost)++;',
      replace: ';',
    },
    {
      name: 'event-of-key',
      fault: 'an event tells the ends in the order of the key',
      find: 'ct->key_reversed ? ct->key.destination : ct->key.source;',
      replace: 'ct->key.source;',
    },
    {
      name: 'event-ports-of-key',
      fault: 'an event tells the ports in the order of the key',
      find: 'ct->key_reversed ? ct->key.destination_port : ct->key.source_port;',
      replace: 'ct->key.source_port;',
    },
    {
      name: 'event-without-rule',
      fault: 'an event does not tell the rule',
      find: 'event->rule = ct->rule;',
      replace: ';',
    },
    {
      name: 'event-rules-of-key',
      fault: 'a flow tells the rules that admitted it in the order of the key',
      find: 'event->egress_rule = ct->key_reversed ? ct->destination_rule : ct->source_rule;',
      replace: 'event->egress_rule = ct->source_rule;',
    },
    {
      name: 'event-without-ingress-rule',
      fault: 'a flow does not tell the rule that admitted it at its responder',
      find: 'event->ingress_rule = ct->key_reversed ? ct->source_rule : ct->destination_rule;',
      replace: ';',
    },
    {
      name: 'drops-fill-the-ring',
      fault: 'a flood of drops leaves no room for flows',
      find: 'kind == EVENT_DROP ? EVENT_DROPS_BYTES : EVENT_RING_BYTES',
      replace: 'EVENT_RING_BYTES',
    },
    {
      name: 'event-without-device',
      fault: 'an event does not tell the device',
      find: 'event->ifindex = ct->ifindex;',
      replace: ';',
    },
    {
      name: 'delivery-told-as-drop',
      fault: 'packets that pass are told to who listens for drops',
      find: 'verdict >= DROP_MALFORMED && event_is_enabled',
      replace: 'event_is_enabled',
    },
  ]),
  ...mutantsOf('bpf/lib/finish.h', [
    {
      name: 'traced-is-counted',
      fault: 'the packet of a trace is counted',
      find: 'if (!pkt->ct.traced)',
      replace: 'if (true)',
    },
    {
      name: 'drop-passes',
      fault: 'what is counted as dropped goes on',
      find: 'return ACTION_DROP;',
      replace: 'return ACTION_NEXT;',
    },
    {
      name: 'redirect-passes',
      fault: 'what is redirected goes on to the stack',
      find: 'pkt->redirected ? ACTION_REDIRECT : ACTION_NEXT',
      replace: 'ACTION_NEXT',
    },
  ]),
  ...mutantsOf('bpf/lib/policy_drop.h', [
    {
      name: 'first-denied-packet-uncounted',
      fault: "a rule's first drop makes its row and is not counted",
      find: '__u64 first = 1;',
      replace: '__u64 first = 0;',
    },
    {
      name: 'denied-packets-uncounted',
      fault: "a rule's drops after the first one are not counted",
      find: '(*packets)++;',
      replace: ';',
    },
  ]),
  ...mutantsOf('bpf/lib/metrics.h', [
    {
      name: 'counter-of-another-verdict',
      fault: "the next verdict's counter rises",
      find: 'hook * VERDICT_MAX + verdict',
      replace: 'hook * VERDICT_MAX + verdict + 1',
    },
    {
      name: 'bytes-uncounted',
      fault: 'bytes are not counted',
      find: 'metrics->bytes += bytes;',
      replace: ';',
    },
  ]),
];

const hostPath = [
  ...mutantsOf('bpf/lib/host_path.h', [
    {
      name: 'between-local-pods-not-noted',
      fault: 'what the stack forwards between two pods of this node may be answered past it',
      find: '\tif (from_pod && to_pod)\n\t\treturn true;\n',
      replace: '',
    },
    {
      name: 'forwarded-to-remote-pod-not-noted',
      fault: 'what the stack forwards to a remote pod may be answered past it',
      find: 'return route_is_shortcut(route_find(pkt->vni, &pkt->destination));',
      replace: 'return false;',
    },
    {
      name: 'forwarded-from-remote-pod-not-noted',
      fault: 'what the stack forwards from a remote pod may be answered past it',
      find: 'return route_is_shortcut(route_find(pkt->vni, &pkt->source));',
      replace: 'return false;',
    },
    {
      name: 'icmp-error-sets-host-path',
      fault: 'an ICMP message without an answer sends answers through the stack',
      find: '!parse_is_icmp(pkt->protocol) || (pkt->ct.tcp_events & TRANSPORT_OPENS)',
      replace: 'true',
    },
    {
      name: 'answer-sets-host-path',
      fault: 'an answer through the stack sends the questions through it, too',
      find: ' ||\n\t    ct_is_via_stack(&pkt->ct))',
      replace: ')',
    },
  ]),
  ...mutantsOf('bpf/lib/forwarded.h', [
    {
      name: 'refused-question-answered',
      fault: 'a flow whose question was refused after DNAT is answered as if it had been asked',
      find: 'if (forwarded_is_unadmitted(&pkt->ct))',
      replace: 'if (false)',
    },
    {
      name: 'own-question-not-answered',
      fault: "an answer to this node's own question counts as a question",
      find: ' &&\n\t       !(ct->flags & CT_FROM_NODE)',
      replace: '',
    },
    {
      name: 'forwarded-receiver-not-asked',
      fault: 'the receiver of what the stack forwards is not asked',
      find: 'return policy_check(&pkt->ct, sender, receiver);',
      replace: 'return policy_check(&pkt->ct, sender, NO_POD_ID);',
    },
    {
      name: 'forwarded-sender-not-asked',
      fault: 'the sender of what the stack forwards is not asked',
      find: 'return policy_check(&pkt->ct, sender, receiver);',
      replace: 'return policy_check(&pkt->ct, NO_POD_ID, receiver);',
    },
  ]),
];

export const TELL_MUTANTS = [...told, ...hostPath];
