// Faults of what an admitted packet changes about its flow.
import { mutantsOf } from '../mutant.ts';

export const FLOW_CHANGE_MUTANTS = mutantsOf('bpf/lib/conntrack_commit.h', [
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
    fault: "the opener's packets answer the flow",
    find: 'if (!opener)',
    replace: 'if (opener)',
  },
  {
    name: 'fins-swapped',
    fault: "the FIN of one end is noted as the other's",
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
    fault: "that the key's destination opened the flow is not kept",
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
    fault: "a node's flow that comes by another node's tunnel keeps the first",
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
