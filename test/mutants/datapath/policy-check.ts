// Faults of who is asked by policy, in which direction, and for how long an answer holds.
import { mutantsOf } from '../mutant.ts';

export const ADMISSION_MUTANTS = mutantsOf('bpf/lib/policy_check.h', [
  {
    name: 'fragment-of-open-pod-refused',
    fault: 'a later fragment without its first one is refused though the pod is open',
    find: 'ct->frag_no_ports && query->policy != POLICY_OPEN',
    replace: 'ct->frag_no_ports',
  },
  {
    name: 'refusal-reads-as-admission',
    fault: 'a Deny admits',
    find: 'query->verdict.action == POLICY_ALLOW',
    replace: 'query->verdict.action >= POLICY_ALLOW',
  },
  {
    name: 'refusal-named-for-the-other-direction',
    fault: 'what egress refuses is counted as refused by ingress',
    find: 'query->direction == POLICY_EGRESS ? DROP',
    replace: 'query->direction == POLICY_INGRESS ? DROP',
  },
  {
    name: 'error-admits-its-end',
    fault: 'an ICMP error that is admitted admits the end that it seems to come from',
    find: '\tif (ct->is_error)\n\t\treturn;\n',
    replace: '',
  },
  {
    name: 'admission-of-the-other-end',
    fault: 'an admission is noted at the other end',
    find: '\tif (policy_end_is_key_source(ct, end)) {',
    replace: '\tif (!policy_end_is_key_source(ct, end)) {',
  },
  {
    name: 'admission-of-source-not-kept',
    fault: "an admission of the key's source is not written into its flow",
    find: '\t\tct->changed |= CHANGED_SOURCE;\n',
    replace: '',
  },
  {
    name: 'admission-of-destination-not-kept',
    fault: "an admission of the key's destination is not written into its flow",
    find: '\t\tct->changed |= CHANGED_DESTINATION;\n',
    replace: '',
  },
  {
    name: 'asked-in-the-other-direction',
    fault: 'the originator is asked for ingress, the responder for egress',
    find: 'end == originator ? POLICY_EGRESS : POLICY_INGRESS',
    replace: 'end == originator ? POLICY_INGRESS : POLICY_EGRESS',
  },
  {
    name: 'asked-for-itself',
    fault: "a pod's policy is asked for the pod itself instead of its peer",
    find: '.peer = *policy_end_addr(ct, other)',
    replace: '.peer = *policy_end_addr(ct, end)',
  },
  {
    name: 'asked-for-the-client-port',
    fault: "policy is asked for the originator's port",
    find: '.port = policy_end_port(ct, responder)',
    replace: '.port = policy_end_port(ct, originator)',
  },
  {
    name: 'refusing-rule-not-told',
    fault: 'the rule that refused a packet is not told',
    find: '\t\tct->rule = query.verdict.rule;',
    replace: '\t\t;',
  },
  {
    name: 'fragment-blamed-on-a-rule',
    fault: 'a fragment without ports is told to be refused by a rule',
    find: 'else if (v != DROP_FRAGMENT)',
    replace: 'else',
  },
  {
    name: 'admission-not-traced',
    fault: 'a trace is told nothing of policy',
    find: 'if (ct->traced)\n\t\tpolicy_trace',
    replace: 'if (false)\n\t\tpolicy_trace',
  },
  {
    name: 'generation-ignored',
    fault: 'a flow once admitted stays so, whatever becomes of policy',
    find: 'generation && generation == ct->generation',
    replace: 'generation',
  },
  {
    name: 'settled-for-the-other-end',
    fault: "one end's admission stands for the other's",
    find: '__u32 generation = policy_end_is_key_source(ct, end) ?',
    replace: '__u32 generation = !policy_end_is_key_source(ct, end) ?',
  },
  {
    name: 'traced-not-asked-anew',
    fault: 'a trace of a known flow is not evaluated',
    find: 'generation == ct->generation && !ct->traced',
    replace: 'generation == ct->generation',
  },
  {
    name: 'midstream-asked-one-way',
    fault: 'a connection that nobody saw open is asked in one direction only',
    find: 'if (ct_is_midstream(ct))',
    replace: 'if (false)',
  },
  {
    name: 'sender-not-asked',
    fault: "the sending pod's policy is not asked",
    find: 'v = policy_check_end(ct, ct->sender_pod_id, END_SENDER);',
    replace: 'v = VERDICT_NEXT;',
  },
  {
    name: 'receiver-not-asked',
    fault: "the receiving pod's policy is not asked",
    find: 'v = policy_check_end(ct, ct->receiver_pod_id, END_RECEIVER);',
    replace: 'v = VERDICT_NEXT;',
  },
  {
    name: 'own-node-refused',
    fault: 'policy keeps a node from its own pods',
    find: 'if (ct->flags & CT_FROM_NODE)\n\t\treturn VERDICT_NEXT;',
    replace: '',
  },
  {
    name: 'pod-not-asked-for-itself',
    fault: "what a pod sends to itself by the host's stack is admitted unasked",
    find: 'if (ct->flags & CT_FROM_NODE)',
    replace:
      'if ((ct->flags & CT_FROM_NODE) || (sender_pod_id == receiver_pod_id && sender_pod_id != NO_POD_ID))',
  },
  {
    name: 'remote-pod-asked',
    fault: "a remote pod is asked as if it were this node's",
    find: 'endpoint_is(endpoint, ENDPOINT_LOCAL_POD) ? endpoint->pod_id : NO_POD_ID',
    replace: 'endpoint ? endpoint->pod_id : NO_POD_ID',
    equivalent: 'the pod id of what is no pod of this node is 0, which is NO_POD_ID',
  },
  {
    name: 'late-answer-opens-flow',
    fault: 'an answer on its way to what policy has cut opens the flow again, the other way round',
    find: '\tif (!(ct->changed & SEEN_LONG_AGO)) {',
    replace: '\tif (false) {',
  },
  {
    name: 'responder-never-asks',
    fault: 'what the responder of a cut flow asks stays a part of that, after any silence',
    find: '\tif (!(ct->changed & SEEN_LONG_AGO)) {',
    replace: '\tif (true) {',
  },
  {
    name: 'passing-packet-enters-flow',
    fault: 'a packet that is admitted beside its flow takes the place of that',
    find: '\t\tif (ct->changed & IN_PASSING)\n\t\t\tct->state = FLOW_UNTRACKED;\n',
    replace: '',
  },
]);
