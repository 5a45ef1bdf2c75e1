// What is foreign on a pod's interface, and what is the kernel's or ours.
import t from 'tap';
import { describeForeign } from '../../../loader/network/foreign.ts';

const qdisc = (kind: string, handle: number) => ({ index: 2, kind, handle, parent: 0xffffffff, root: true });
const filter = (kind: string, bpfProgramId?: number) => ({
  index: 2,
  kind,
  parent: 0,
  priority: 1,
  bpfProgramId,
});
const own = new Set([42]);

for (const [name, qdiscs, filters, wanted] of [
  ["the kernel's default", [qdisc('noqueue', 0)], [], undefined],
  ['an empty clsact', [qdisc('clsact', 0xffff0000)], [], undefined],
  ['a shaper', [qdisc('tbf', 0x10000)], [], ['it has a qdisc tbf']],
  ['our own program in a clsact', [qdisc('clsact', 0xffff0000)], [filter('bpf', 42)], undefined],
  ["another's program", [qdisc('clsact', 0xffff0000)], [filter('bpf', 43)], ['it has a bpf filter']],
  ['a program without a number', [qdisc('clsact', 0xffff0000)], [filter('bpf')], ['it has a bpf filter']],
  [
    'both',
    [qdisc('tbf', 0x10000), qdisc('ingress', 0xffff0000)],
    [filter('u32')],
    ['it has a qdisc tbf', 'it has a u32 filter'],
  ],
] as const) {
  t.test(`${name}: ${wanted?.join(' and ') ?? 'nothing foreign'}`, t => {
    t.same(describeForeign(qdiscs, filters, own).get(2), wanted);
    t.end();
  });
}
