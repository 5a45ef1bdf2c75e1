// Faults of how long flows live.
import { mutantsOf } from '../mutant.ts';

const timers = mutantsOf('bpf/lib/conntrack_commit.h', [
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

const timeouts = mutantsOf('bpf/lib/conntrack.h', [
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

export const LIFETIME_MUTANTS = [...timers, ...timeouts];
