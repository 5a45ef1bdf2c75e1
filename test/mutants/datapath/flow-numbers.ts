// Faults of which numbers of TCP and SCTP are a flow's own.
import { mutantsOf } from '../mutant.ts';

export const FLOW_NUMBER_MUTANTS = mutantsOf('bpf/lib/ct_numbers.h', [
  {
    name: 'ends-swapped',
    fault: "one end's numbers are noted as the other's",
    find: 'ct->key_reversed ? &entry->destination_end : &entry->source_end',
    replace: 'ct->key_reversed ? &entry->source_end : &entry->destination_end',
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
    find: ' && distance < CT_SEQUENCE_JUMP',
    replace: '',
  },
  {
    name: 'any-refusal-believed',
    fault: 'a RST with any number refuses a SYN',
    find: 'return (ct->tcp_events & TRANSPORT_ACK) &&\n\t       ct->acknowledged - originator->sequence - 1 < CT_SEQUENCE_AHEAD;',
    replace: 'return ct->tcp_events & TRANSPORT_ACK;',
  },
  {
    name: 'refusal-not-believed',
    fault: 'a SYN cannot be refused',
    find: ' || ct_refuses_syn(ct, receiver)',
    replace: '',
  },
  {
    name: 'old-rst-believed',
    fault: 'a RST may be as old as data that is sent again',
    find: 'ct->tcp_events & TRANSPORT_RESETS ? 0 : CT_SEQUENCE_AHEAD',
    replace: 'CT_SEQUENCE_AHEAD',
  },
  {
    name: 'window-without-beginning',
    fault: 'any number from before is in the window',
    find: 'return ct->sequence - oldest + slack <= flight + CT_SEQUENCE_AHEAD + slack;',
    replace: 'return (__s32)(ct->sequence - oldest) <= (__s32)(flight + CT_SEQUENCE_AHEAD);',
  },
  {
    name: 'window-without-end',
    fault: 'any number from ahead is in the window',
    find: 'return ct->sequence - oldest + slack <= flight + CT_SEQUENCE_AHEAD + slack;',
    replace: 'return (__s32)(ct->sequence - oldest + slack) >= 0;',
  },
  {
    name: 'sctp-abort-with-any-tag',
    fault: 'an ABORT with any tag ends its association',
    find: 'return !sender->sequence || ct->sequence == sender->sequence;',
    replace: 'return true;',
  },
]);
