// Faults of how long flows live, and of what renews them.
import { mutantsOf } from '../mutant.ts';

const renewals = mutantsOf('bpf/lib/ct_update.h', [
  {
    name: 'time-never-renewed',
    fault: 'packets do not renew their flow',
    find: 'entry->seen_ns = ctx_now();',
    replace: ';',
    nth: 1,
  },
  {
    name: 'passing-packet-renews-nothing',
    fault:
      'packets that are admitted beside a cut flow let it end, and the next one opens it the other way round',
    find: 'entry->seen_ns = ctx_now();',
    replace: ';',
    nth: 2,
  },
  {
    name: 'entered-without-time',
    fault: 'a new flow is over at once',
    find: '\tentry->seen_ns = now;\n',
    replace: '',
  },
]);

const timeouts = mutantsOf('bpf/lib/conntrack.h', [
  {
    name: 'silent-flow-lives',
    fault: 'a flow that was silent for too long is taken for a living one',
    find: 'return !entry || ct_remaining(key, entry, now) <= 0;',
    replace: 'return !entry;',
  },
  {
    name: 'refused-packet-renews-flow',
    fault: 'a packet renews its flow before policy is asked',
    find: 'ct->changed |= CHANGED_SEEN;',
    replace: '((struct ct_entry *)entry)->seen_ns = now;',
  },
  {
    name: 'reset-flow-stays',
    fault: 'a reset flow lives as long as an established one',
    find: 'return CONFIG_GET(ct_reset_s);',
    replace: 'return CONFIG_GET(ct_established_s);',
  },
  {
    name: 'closed-flow-stays',
    fault: 'a closed flow lives as long as an established one',
    find: 'return CONFIG_GET(ct_closed_s);',
    replace: 'return CONFIG_GET(ct_established_s);',
  },
  {
    name: 'echo-stays',
    fault: 'an echo lives as long as other datagrams',
    find: 'return CONFIG_GET(ct_echo_s);',
    replace: 'return CONFIG_GET(ct_datagram_s);',
  },
  {
    name: 'unassured-datagram-stays',
    fault: 'an unassured datagram flow lives as long as an assured one',
    find: ' : CONFIG_GET(ct_unassured_s);',
    replace: '\t : CONFIG_GET(ct_datagram_s);',
  },
  {
    name: 'half-open-stays',
    fault: 'a half-open connection lives as long as an established one',
    find: 'return CONFIG_GET(ct_unassured_s);',
    replace: 'return CONFIG_GET(ct_established_s);',
  },
  {
    name: 'datagrams-stay',
    fault: 'assured datagrams live as long as connections',
    find: '? CONFIG_GET(ct_datagram_s)',
    replace: '? CONFIG_GET(ct_established_s)',
  },
  {
    name: 'datagrams-end-early',
    fault: 'assured datagrams live no longer than others',
    find: '? CONFIG_GET(ct_datagram_s)',
    replace: '? CONFIG_GET(ct_unassured_s)',
  },
  {
    name: 'half-closed-stays',
    fault: 'a half-closed connection lives as long as an established one',
    find: '? CONFIG_GET(ct_half_closed_s)',
    replace: '? CONFIG_GET(ct_established_s)',
  },
  {
    name: 'established-ends-early',
    fault: 'an established connection lives an hour',
    find: ': CONFIG_GET(ct_established_s);',
    replace: ': CONFIG_GET(ct_half_closed_s);',
  },
]);

export const LIFETIME_MUTANTS = [...renewals, ...timeouts];
