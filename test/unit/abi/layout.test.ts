// What the kernel asks of keys and names, held against the layouts that BTF gave us.
import type { Layout } from 'libbpf-ts';
import t from 'tap';
import { MAPS } from '../../../loader/abi/abi.gen.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';

/** Which bytes some member covers; anything that is no struct covers all of its own, and so does what is the kernel's alone. */
function covered(layout: Layout): boolean[] {
  const isWhole = (layout.kind !== 'struct' && layout.kind !== 'union') || layout.name === 'bpf_timer';
  if (isWhole) return Array<boolean>(layout.size).fill(true);
  const bytes = Array<boolean>(layout.size).fill(false);
  for (const member of layout.members) {
    covered(member.layout).forEach((isCovered, index) => {
      bytes[member.offset + index] ||= isCovered;
    });
  }
  return bytes;
}

for (const name of MAP_NAMES) {
  const { key, value } = MAPS[name];
  for (const part of [key, value])
    t.ok(part === undefined || covered(part).every(Boolean), `every byte of ${name} belongs to a member`);
  t.ok(name.length <= 15, `the kernel keeps the whole name of ${name}`);
}
t.ok(MAP_NAMES.length > 0, 'there are maps');
t.strictSame(
  MAP_NAMES.filter(name => MAPS[name].kind !== 'rebuildable'),
  [
    ...['hd_control', 'hd_ct', 'hd_ct_aging', 'hd_ct_queue', 'hd_ct_ring', 'hd_ct_share', 'hd_ct_unassured'],
    ...['hd_event', 'hd_event_lost', 'hd_metrics', 'hd_policy_drop'],
  ],
  'only flows, counters and the active bank cannot be computed anew',
);
