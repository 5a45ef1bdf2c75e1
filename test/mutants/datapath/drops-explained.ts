// Of the generated mutants: those that no test can tell from the product, and why.
import type { Explanations } from './dropped-verdicts.ts';

const NEVER_NULL = { equivalent: 'the argument is never NULL: the verifier alone wants that to be asked' };

export const DROPS_EXPLAINED: Explanations = {
  'policy_check_ends-DROP_POLICY_ABSENT': NEVER_NULL,
  'ct_update-DROP_CONNTRACK_FULL': NEVER_NULL,
  'ipv6_chain_walk-DROP_MALFORMED': NEVER_NULL,
  'underlay_antispoof-DROP_MALFORMED': NEVER_NULL,
  'parse_netfilter-DROP_MALFORMED': NEVER_NULL,
  'parse_transport-DROP_MALFORMED': NEVER_NULL,
  'ct_create-DROP_CONNTRACK_FULL': NEVER_NULL,
  'ct_create-DROP_CONNTRACK_FULL-3': {
    equivalent: 'an entry that was made a moment ago is evicted in between by another CPU alone',
  },
  'encap_send-DROP_ENCAP-2': {
    equivalent: 'what else bpf_skb_adjust_room() could refuse here it refuses for want of memory alone',
  },
  'nd_reply-DROP_MALFORMED': {
    equivalent: 'bpf_skb_change_tail() to 86 bytes fails for want of memory alone',
  },
  'overlay_tx-DROP_ETHERTYPE': {
    equivalent: 'a tagged frame that is not parsed has no family, for which the next line drops it',
  },
  'parse_frame-DROP_MALFORMED': {
    equivalent:
      'no device gives a frame without a whole Ethernet header, and an inner one has no family then',
  },
};
