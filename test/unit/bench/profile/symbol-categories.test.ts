// Which category functions of the kernel fall into.
import t from 'tap';
import { CATEGORIES, categoryOf } from '../../../bench/profile/symbol-categories.ts';

/** Where more than one pattern fits, and where names only look alike. */
const ROWS: readonly (readonly [string, string | undefined])[] = [
  ['_copy_to_iter', 'copy to and from user space'],
  ['rep_movs_alternative', 'copy to and from user space'],
  ['bpf_prog_a40d661be26618ac_uplink_rx', 'our programs'],
  ['lookup_nulls_elem_raw', 'our programs'],
  ['bpf_lsm_file_permission', 'system calls, select'],
  ['vxlan_gro_receive', 'merging (GRO)'],
  ['gro_cells_receive', 'merging (GRO)'],
  ['skb_gro_receive', 'merging (GRO)'],
  ['tcp_gso_segment', 'segmentation'],
  ['skb_segment', 'segmentation'],
  ['vxlan_xmit_one', 'vxlan device'],
  ['__iptunnel_pull_header', 'vxlan device'],
  ['__br_forward', 'bridges'],
  ['nf_hook_slow', 'netfilter'],
  ['__nf_conntrack_find_get', 'netfilter'],
  ['tcp_rcv_established', 'TCP, receiver'],
  ['__inet_lookup_established', 'TCP, receiver'],
  ['tcp_ack', 'TCP, sender'],
  ['tcp_wfree', 'TCP, sender'],
  ['tcp_schedule_loss_probe.part.0', 'TCP, sender'],
  ['tcp_poll', 'system calls, select'],
  ['inet_sendmsg', 'system calls, select'],
  ['inet_lookup_ifaddr_rcu', 'IP, routing'],
  ['ip_route_input_slow', 'IP, routing'],
  ['__netif_receive_skb_core.constprop.0', 'veth and queues'],
  ['enqueue_to_backlog', 'veth and queues'],
  ['enqueue_task_fair', 'waking, switching, locks'],
  ['skb_release_data', 'buffers: made, cloned, freed'],
  ['___slab_alloc', 'buffers: made, cloned, freed'],
  ['_raw_spin_unlock_irqrestore', 'waking, switching, locks'],
  ['exc_page_fault', undefined],
  ['chacha_permute', undefined],
];

for (const [symbol, name] of ROWS)
  t.test(`${symbol} is ${name ?? 'everything else'}`, t => {
    t.equal(categoryOf(symbol)?.name, name);
    t.end();
  });

t.test('each category has a name of its own, and no pattern takes everything', t => {
  t.equal(new Set(CATEGORIES.map(({ name }) => name)).size, CATEGORIES.length);
  for (const { name, symbols } of CATEGORIES) t.notOk(symbols.includes('*'), name);
  t.end();
});
