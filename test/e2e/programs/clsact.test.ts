// The way of kernels before 6.6, on this one: filters of clsact instead of tcx links.
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { removeAllPins } from '../../../loader/programs/cleanup.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { ip, linkIdsOn, loadForeign, makeTestNode } from './test-node.ts';

const node = makeTestNode('clsact', undo => t.teardown(undo));
const OLD_KERNEL = { tcx: false } as const;

const tc = (...args: string[]): string => execFileSync('tc', args, { encoding: 'utf8' });
const filters = (direction: 'ingress' | 'egress', device = node.pod.name): string[] =>
  tc('filter', 'show', 'dev', device, direction).match(/handle 0x\w+ .*direct-action/g) ?? [];

t.test('programs are attached as filters, and no tcx link is made', t => {
  const changes = node.run(OLD_KERNEL);
  t.ok(changes.includes('pod_tx on hd0.1 attached'));
  t.equal(filters('ingress').length, 1);
  t.equal(filters('egress').length, 1);
  t.strictSame(linkIdsOn(node.pod, 'ingress'), []);
  t.end();
});

t.test('a restart changes nothing', t => {
  t.strictSame(node.run(OLD_KERNEL), []);
  t.end();
});

t.test("other settings replace the filter's program in its place, beside a foreign filter", t => {
  using foreign = loadForeign('uplink_rx');
  const target = { ifindex: node.pod.ifindex, direction: 'ingress', priority: 1, handle: 1 } as const;
  const theirs = foreign.program('uplink_rx').attachClsact(target);
  const changes = node.run({ ...OLD_KERNEL, constants: { ...node.constants, tunnelTtl: 5 } });
  t.ok(changes.some(change => /^pod_tx on hd0\.1 updated/.test(change)));
  t.equal(filters('ingress').length, 2);
  t.equal(theirs.programId(), foreign.program('uplink_rx').info().id);
  t.end();
});

t.test('a filter that somebody removed comes back', t => {
  tc('qdisc', 'delete', 'dev', node.uplink.name, 'clsact');
  const changes = node.run({ ...OLD_KERNEL, constants: { ...node.constants, tunnelTtl: 5 } });
  t.strictSame(changes, ['uplink_rx on up0 attached', 'uplink_tx on up0 attached']);
  t.end();
});

t.test('the short way attaches and detaches too', t => {
  using opened = node.open(OLD_KERNEL);
  ip('link', 'add', 'hd2', 'index', '88', 'type', 'veth', 'peer', 'name', 'hd2p');
  opened.attachPodDevice({ ifindex: 88, name: 'hd2' });
  t.equal(filters('ingress', 'hd2').length, 1);
  t.ok(opened.detachPodDevice('hd2'));
  t.strictSame(filters('ingress', 'hd2'), []);
  t.end();
});

t.test('a kernel that has learnt tcx takes over from the filters', t => {
  const changes = node.run();
  t.ok(changes.includes('pod_tx on hd0.1 attached'));
  t.equal(linkIdsOn(node.pod, 'ingress').length, 1);
  t.equal(filters('ingress').length, 1, 'only the foreign filter is left');
  t.strictSame(filters('egress'), []);
  t.end();
});

t.test('cleaning up removes our filters and not the other', t => {
  node.run(OLD_KERNEL);
  removeAllPins(node.pinRoot);
  t.strictSame(listPinnedLinks(node.pinRoot), []);
  t.equal(filters('ingress').length, 1);
  t.end();
});
