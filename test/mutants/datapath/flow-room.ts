// Faults of who makes room in conntrack's tables, and of how much of it each host has.
import { mutantsOf } from '../mutant.ts';

const freed = mutantsOf('bpf/lib/ct_slot.h', [
  {
    name: 'hand-deletes-nothing',
    fault: 'the hand frees the slot of a flow that is over, and leaves the flow',
    find: 'if (bpf_map_delete_elem(&hd_ct, &slot->key))\n\t\t\treturn false;',
    replace: '',
  },
  {
    name: 'hand-deletes-the-living',
    fault: 'the hand frees whatever it meets',
    find: 'if (ct_remaining(&slot->key, entry, now) > 0 &&',
    replace: 'if (false &&',
  },
  {
    name: 'ended-counts-as-living',
    fault: 'a connection that has ended stays charged to what its ends may have living',
    find: 'if (ended && !__sync_val_compare_and_swap',
    replace: 'if (false && !__sync_val_compare_and_swap',
  },
  {
    name: 'taken-back-reset-counts-as-ended',
    fault: 'a connection whose reset was taken back counts as ended',
    find: 'else if (!ended && __sync_lock_test_and_set',
    replace: 'else if (false && __sync_lock_test_and_set',
  },
  {
    name: 'slot-not-freed',
    fault: 'the slot of a flow that is over stays taken',
    find: '\tslot->key.protocol = 0;\n\tct_slot_account',
    replace: '\tct_slot_account',
  },
  {
    name: 'source-share-not-given-back',
    fault: "the key's source stays charged with what is over",
    find: 'ct_share_add(slot->source_host, live, ended);',
    replace: ';',
  },
  {
    name: 'destination-share-not-given-back',
    fault: "the key's destination stays charged with what is over",
    find: 'ct_share_add(slot->destination_host, live, ended);',
    replace: ';',
  },
  {
    name: 'freed-slot-not-counted',
    fault: 'a freed slot counts as taken',
    find: '__sync_fetch_and_add(&aging->ring_rows, -1);',
    replace: ';',
  },
]);

const hand = mutantsOf('bpf/lib/ct_gc.h', [
  {
    name: 'hand-stands-still',
    fault: 'the hand looks at one slot for good',
    find: '__sync_fetch_and_add(&search->aging->ring_cursor, 1)',
    replace: 'search->aging->ring_cursor',
  },
  {
    name: 'many-ended-keep-their-time',
    fault: 'the connections of a host that closes many keep the whole of their time',
    find: '\t\treturn CT_LINGER_S * NSEC_PER_SEC;\n\treturn',
    replace: '\t\t;\n\treturn',
  },
  {
    name: 'hand-goes-in-order',
    fault: "the hand takes the same way in each round, and meets one host's slots side by side",
    find: 'switch (cursor / search->size % 4)',
    replace: 'switch (0)',
  },
]);

const timer = mutantsOf('bpf/lib/ct_gc.h', [
  {
    name: 'timer-not-armed',
    fault: 'no packet starts the timer',
    find: '\tif (bpf_timer_set_callback(&aging->timer, ct_timer_tick) ||\n\t    bpf_timer_start(&aging->timer, CT_SLICE_NS, 0))',
    replace: '\tif (bpf_timer_set_callback(&aging->timer, ct_timer_tick))',
  },
  {
    name: 'timer-runs-once',
    fault: 'the timer does not start itself again',
    find: '\t\tif (bpf_timer_start(&aging->timer, CT_SLICE_NS, 0))\n\t\t\taging->due_ns = 0;\n',
    replace: '',
  },
  {
    name: 'ring-not-swept',
    fault: 'the timer does not look at assured flows',
    find: 'bpf_loop(ring.size / CT_SLICES + 1, ct_gc_sweep_ring, &ring, 0);',
    replace: ';',
  },
  {
    name: 'queue-not-swept',
    fault: 'the timer does not look at unassured flows',
    find: 'bpf_loop(queue.size / CT_SLICES + 1, ct_gc_sweep_queue, &queue, 0);',
    replace: ';',
  },
  {
    name: 'queue-deletes-nothing',
    fault: 'the timer forgets an unassured flow that is over, and leaves it',
    find: 'bpf_map_delete_elem(&hd_ct_unassured, &slot->key);',
    replace: ';',
  },
  {
    name: 'queue-deletes-the-living',
    fault: 'the timer deletes an unassured flow, whether it was silent or not',
    find: 'if (remaining > 0) {',
    replace: 'if (false) {',
  },
  {
    name: 'queue-row-not-counted-out',
    fault: 'a freed row of the queue counts as taken',
    find: '__sync_fetch_and_add(&search->aging->queue_rows, -1);',
    replace: ';',
  },
  {
    name: 'queue-row-not-counted',
    fault: 'a row of the queue is not counted',
    find: '__sync_fetch_and_add(&aging->queue_rows, 1);',
    replace: ';',
  },
]);

const entries = mutantsOf('bpf/lib/ct_update.h', [
  {
    name: 'not-queued',
    fault: 'nobody looks after a new flow',
    find: 'ct_enqueue(aging, &key);',
    replace: ';',
  },
]);

const slots = mutantsOf('bpf/lib/ct_confirm.h', [
  {
    name: 'slot-does-not-name-flow',
    fault: 'the slot of an assured flow does not name it',
    find: 'slot->key = ct->key;',
    replace: ';',
  },
  {
    name: 'entry-does-not-know-slot',
    fault: 'an assured flow does not know its slot',
    find: 'entry->slot = index;',
    replace: ';',
  },
  {
    name: 'slot-kept-over-share',
    fault: 'a flow over its share keeps the slot that it has found',
    find: '\t\tslot->key.protocol = 0;\n\t\treturn false;',
    replace: '\t\treturn false;',
  },
  {
    name: 'slot-not-counted',
    fault: 'the slot of an assured flow is not counted',
    find: '__sync_fetch_and_add(&aging->ring_rows, 1);',
    replace: ';',
  },
  {
    name: 'server-elsewhere-charged',
    fault: 'a host elsewhere is charged with what pods open to it',
    find: 'if (!end->opened && !endpoint_is(end->endpoint, ENDPOINT_LOCAL_POD))',
    replace: 'if (false)',
  },
  {
    name: 'client-elsewhere-not-charged',
    fault: 'a host elsewhere is charged with nothing',
    find: 'if (!end->opened && !endpoint_is(end->endpoint, ENDPOINT_LOCAL_POD))',
    replace: 'if (!endpoint_is(end->endpoint, ENDPOINT_LOCAL_POD))',
  },
  {
    name: 'share-not-charged',
    fault: 'nobody is charged with a flow',
    find: '\tct_share_add(end->row, 1, 0);\n',
    replace: '',
  },
  {
    name: 'no-reserve-at-server',
    fault: "one client uses up a server's share for all others",
    find: 'if (!end->opened && is_small)',
    replace: 'if (false)',
  },
  {
    name: 'no-reserve-in-table',
    fault: 'those who have much use up the table',
    find: 'if (!is_small && ct_is_reserved(aging, rows))',
    replace: 'if (false)',
  },
  {
    name: 'refused-share-not-given-back',
    fault: "the key's source stays charged when the destination has had its share",
    find: '\tif (slot->destination_host != CT_NO_SLOT)\n\t\treturn true;\n\tct_share_add(slot->source_host, -1, 0);',
    replace: '\tif (slot->destination_host != CT_NO_SLOT)\n\t\treturn true;',
  },
  {
    name: 'source-over-share-kept',
    fault: "a flow is kept though the key's source has had its share",
    find: 'if (slot->source_host == CT_NO_SLOT)',
    replace: 'if (false)',
  },
  {
    name: 'destination-over-share-kept',
    fault: "a flow is kept though the key's destination has had its share",
    find: 'if (slot->destination_host != CT_NO_SLOT)',
    replace: 'if (true)',
  },
]);

const shares = mutantsOf('bpf/lib/ct_share.h', [
  {
    name: 'shares-not-kept',
    fault: 'anybody may have all rows',
    find: 'share->live >= limit || share->ended >= limit',
    replace: 'false',
  },
  {
    name: 'ended-without-limit',
    fault: 'what has ended may fill the table',
    find: 'share->live >= limit || share->ended >= limit',
    replace: 'share->live >= limit',
  },
  {
    name: 'pod-has-share-of-a-host',
    fault: 'a pod has an eighth of the table',
    find: 'CT_SHARE_POD = 2',
    replace: 'CT_SHARE_POD = 3',
  },
  {
    name: 'host-has-share-of-a-pod',
    fault: 'a host outside has a quarter of the table',
    find: 'CT_SHARE_HOST = 3',
    replace: 'CT_SHARE_HOST = 2',
  },
  {
    name: 'one-share-for-all',
    fault: 'all hosts have one share together',
    find: 'return low >> 48;',
    replace: 'return 0;',
  },
]);

export const ROOM_MUTANTS = [...freed, ...hand, ...timer, ...entries, ...slots, ...shares];
