// Faults of which row of policy is found.
import { mutantsOf } from '../mutant.ts';

export const POLICY_MUTANTS = mutantsOf('bpf/lib/policy.h', [
  {
    name: 'policy-direction-swapped',
    fault: "a pod's ingress policy answers for egress, and the other way round",
    find: 'query->direction == POLICY_EGRESS ? pod->egress[bank] : pod->ingress[bank]',
    replace: 'query->direction == POLICY_EGRESS ? pod->ingress[bank] : pod->egress[bank]',
  },
  {
    name: 'own-node-policy-is-egress',
    fault: "an address of the own node that no object names is evaluated by the pod's egress policy",
    find: 'pod->own_node[bank] : POLICY_OPEN',
    replace: 'pod->egress[bank] : POLICY_OPEN',
  },
  {
    name: 'policy-bank-ignored',
    fault: "the first bank of a pod's policies is always active",
    find: '__u32 bank = query->bank & 1;',
    replace: '__u32 bank = 0;',
  },
  {
    name: 'cidr-bank-ignored',
    fault: "the first bank of a prefix's identity is always active",
    find: 'cidr->identity[query->bank & 1]',
    replace: 'cidr->identity[0]',
  },
  {
    name: 'identity-bank-ignored',
    fault: "the first bank of an endpoint's identity is always active",
    find: 'endpoint->identity[query->bank & 1]',
    replace: 'endpoint->identity[0]',
  },
  {
    name: 'cidr-vni-in-host-order',
    fault: 'the VNI of a prefix is looked up in the wrong byte order',
    find: '.vni = bpf_htonl(query->vni)',
    replace: '.vni = query->vni',
  },
  {
    name: 'cidr-ignored',
    fault: 'an address that is no endpoint has no identity',
    find: 'return cidr ? cidr',
    replace: 'return false ? cidr',
  },
  {
    name: 'everybody-ignored',
    fault: 'a peer without a row of its own does not get that of everybody',
    find: '\tkey.identity = 0;\n',
    replace: '',
  },
  {
    name: 'port-in-host-order',
    fault: 'the port is matched in the wrong byte order',
    find: 'bpf_ntohs(query->port)',
    replace: 'query->port',
  },
  {
    name: 'whole-port-not-matched',
    fault: 'a rule for one port is passed over',
    find: 'int bits = PORT_BITS;',
    replace: 'int bits = PORT_BITS - 1;',
  },
  {
    name: 'any-port-not-matched',
    fault: 'a rule for all ports of a protocol is passed over',
    find: 'bits >= 0 &&',
    replace: 'bits > 0 &&',
  },
  {
    name: 'port-prefix-one-bit-short',
    fault: 'a port prefix is compared with one bit less',
    find: '~(0xffff >> bits)',
    replace: '~(0x1ffff >> bits)',
  },
  {
    name: 'prefix-lengths-ignored',
    fault: 'prefix lengths that no row has are looked up, too',
    find: 'if (!(peer->prefix_lengths & (1 << bits)))',
    replace: 'if (false)',
    equivalent: 'only spares look-ups that would find nothing',
  },
  {
    name: 'any-protocol-keeps-its-protocol',
    fault: 'the row for all other protocols is looked up as one of this protocol',
    find: '\tkey.protocol = 0;\n',
    replace: '',
  },
  {
    name: 'any-protocol-keeps-its-port',
    fault: 'the row for all other protocols is looked up with a port',
    find: '\tkey.port = 0;\n',
    replace: '',
  },
  {
    name: 'absent-policy-is-open',
    fault: 'a pod whose policy is not active yet is open',
    find: 'if (query->policy == POLICY_OPEN)',
    replace: 'if (query->policy <= POLICY_OPEN)',
  },
  {
    name: 'open-policy-is-absent',
    fault: 'a pod that nothing selects is closed',
    find: 'if (query->policy == POLICY_ABSENT)',
    replace: 'if (query->policy <= POLICY_OPEN)',
    equivalent: 'the line before has answered for an open one',
  },
]);
