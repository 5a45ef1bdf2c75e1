// Faults of which flows are assured, and of how they come to hd_ct.
import { mutantsOf } from '../mutant.ts';

const proofs = mutantsOf('bpf/lib/ct_assure.h', [
  {
    name: 'sequence-not-written',
    fault: 'the number that an end has sent is not kept',
    find: 'end->sequence = ct->sequence;',
    replace: ';',
  },
  {
    name: 'acknowledgement-not-written',
    fault: 'the number that an end has acknowledged is not kept',
    find: 'end->acknowledged = ct->acknowledged;',
    replace: ';',
  },
  {
    name: 'reopening-not-noted',
    fault: 'the SYN on the ports of a forgotten connection is not noted',
    find: 'entry->reopening_ack = ct_expected_ack(ct);',
    replace: ';',
  },
  {
    name: 'any-syn-ack-reopens',
    fault: 'a SYN-ACK that acknowledges no SYN brings its numbers',
    find: ' ||\n\t    entry->reopening_ack != (tcp ? ct->acknowledged : ct->sequence)',
    replace: '',
  },
  {
    name: 'reopened-stays-half-closed',
    fault: 'the FIN of a forgotten connection counts for the next one',
    find: '__sync_fetch_and_and(&entry->flags, ~(CT_FIN_BOTH | CT_RESET_ANY));',
    replace: ';',
  },
  {
    name: 'tags-of-the-forgotten-stay',
    fault: 'an association on the ports of a forgotten one is known by its tags',
    find: 'if (ct->key.protocol == IPPROTO_SCTP)\n\t\treturn !ct->is_error && (ct->tcp_events & (TRANSPORT_OPENS | TRANSPORT_ACK));',
    replace: 'if (ct->key.protocol == IPPROTO_SCTP)\n\t\treturn false;',
  },
  {
    name: 'any-ack-assures',
    fault: 'an ACK of any number assures a connection',
    find: ' &&\n\t    ct->acknowledged == entry->handshake_ack',
    replace: '',
  },
  {
    name: 'handshake-acknowledged-one-short',
    fault: "the SYN-ACK's own number is not counted",
    find: 'entry->handshake_ack = ct->sequence + 1;',
    replace: 'entry->handshake_ack = ct->sequence;',
  },
  {
    name: 'handshake-not-noted',
    fault: "the SYN-ACK's number is not kept",
    find: 'entry->handshake_ack = ct->sequence + 1;',
    replace: ';',
  },
  {
    name: 'cookie-ack-assures-nothing',
    fault: "SCTP's COOKIE ACK assures nothing",
    find: 'if (!originator && ct->key.protocol == IPPROTO_SCTP',
    replace: 'if (false && ct->key.protocol == IPPROTO_SCTP',
  },
  {
    name: 'one-end-assures',
    fault: 'many packets of one end assure a flow',
    find: '>= CT_ASSURED_PACKETS &&\n',
    replace: '>= CT_ASSURED_PACKETS ||\n',
  },
  {
    name: 'syns-assure',
    fault: 'SYNs and SYN-ACKs that are sent again assure a connection',
    find: 'ct->is_error || (ct->tcp_events & (TRANSPORT_RESETS | TRANSPORT_SYN))',
    replace: 'ct->is_error || (ct->tcp_events & TRANSPORT_RESETS)',
  },
  {
    name: 'refusals-assure',
    fault: 'packets that are answered with RST assure a connection',
    find: 'ct->is_error || (ct->tcp_events & (TRANSPORT_RESETS | TRANSPORT_SYN))',
    replace: 'ct->is_error || (ct->tcp_events & TRANSPORT_SYN)',
  },
  {
    name: 'assured-not-noted',
    fault: 'no flow is assured',
    find: '__sync_fetch_and_or(&entry->flags, CT_ASSURED);',
    replace: ';',
  },
]);

const counts = mutantsOf('bpf/lib/ct_numbers.h', [
  {
    name: 'two-packets-assure',
    fault: 'two questions and their answers assure a flow',
    find: 'CT_ASSURED_PACKETS = 3',
    replace: 'CT_ASSURED_PACKETS = 2',
  },
  {
    name: 'three-packets-assure-nothing',
    fault: 'only a fourth packet of each end assures a flow',
    find: 'CT_ASSURED_PACKETS = 3',
    replace: 'CT_ASSURED_PACKETS = 4',
  },
  {
    name: 'packets-not-counted',
    fault: 'datagrams assure nothing',
    find: 'ct->changed |= CHANGED_COUNT;',
    replace: ';',
  },
]);

const moves = mutantsOf('bpf/lib/ct_confirm.h', [
  {
    name: 'promoted-twice',
    fault: 'an assured flow stays in hd_ct_unassured, too',
    find: 'bpf_map_delete_elem(&hd_ct_unassured, key);',
    replace: ';',
  },
  {
    name: 'moving-for-good',
    fault: 'a flow that has moved is said to move still',
    find: '__sync_fetch_and_and(&kept->flags, ~CT_MOVING);',
    replace: ';',
  },
  {
    name: 'moving-without-room',
    fault: 'a flow that found no room is said to move still',
    find: '__sync_fetch_and_and(&entry->flags, ~CT_MOVING);',
    replace: ';',
  },
]);

export const ASSURANCE_MUTANTS = [...proofs, ...counts, ...moves];
