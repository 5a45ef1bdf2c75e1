// Faults of which numbers of TCP and SCTP are a flow's own.
import { mutantsOf } from '../mutant.ts';

export const FLOW_NUMBER_MUTANTS = mutantsOf('bpf/lib/conntrack_numbers.h', [
  {
    name: 'ends-swapped',
    fault: "one end's numbers are noted as the other's",
    find: 'ct->swapped ? &entry->destination_end : &entry->source_end',
    replace: 'ct->swapped ? &entry->source_end : &entry->destination_end',
  },
  {
    name: 'numbers-never-noted',
    fault: 'numbers are noted once and never again',
    find: 'return !noted || (distance',
    replace: 'return !noted || (false && distance',
  },
  {
    name: 'numbers-jump',
    fault: 'a forged segment moves the window to its own number',
    find: ' && distance < CONNTRACK_SEQUENCE_JUMP',
    replace: '',
  },
  {
    name: 'any-refusal-believed',
    fault: 'a RST with any number refuses a SYN',
    find: 'return (ct->marks & TRANSPORT_ACK) &&\n\t       ct->acknowledged - opener->sequence - 1 < CONNTRACK_SEQUENCE_AHEAD;',
    replace: 'return ct->marks & TRANSPORT_ACK;',
  },
  {
    name: 'refusal-not-believed',
    fault: 'a SYN cannot be refused',
    find: ' || conntrack_refuses_syn(ct, receiver)',
    replace: '',
  },
  {
    name: 'old-rst-believed',
    fault: 'a RST may be as old as data that is sent again',
    find: 'ct->marks & TRANSPORT_RESETS ? 0 : CONNTRACK_SEQUENCE_AHEAD',
    replace: 'CONNTRACK_SEQUENCE_AHEAD',
  },
  {
    name: 'window-without-beginning',
    fault: 'any number from before is in the window',
    find: 'return ct->sequence - oldest + slack <= flight + CONNTRACK_SEQUENCE_AHEAD + slack;',
    replace: 'return (__s32)(ct->sequence - oldest) <= (__s32)(flight + CONNTRACK_SEQUENCE_AHEAD);',
  },
  {
    name: 'window-without-end',
    fault: 'any number from ahead is in the window',
    find: 'return ct->sequence - oldest + slack <= flight + CONNTRACK_SEQUENCE_AHEAD + slack;',
    replace: 'return (__s32)(ct->sequence - oldest + slack) >= 0;',
  },
  {
    name: 'sctp-abort-with-any-tag',
    fault: 'an ABORT with any tag ends its association',
    find: 'return !sender->sequence || ct->sequence == sender->sequence;',
    replace: 'return true;',
  },
]);
