// The short way for ADD and DEL.
import { lstatSync, symlinkSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { restoreGracePeriods } from '../../../loader/programs/grace-period.ts';
import { expeditedMark } from '../../../loader/programs/pin.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { ip, linkIdsOn, makeTestNode, makeVeth } from './test-node.ts';
import { EXPEDITED_SWITCH, isExpeditedOff } from '../../support/grace-periods.ts';

const node = makeTestNode('pod', undo => t.teardown(undo));
const opened = node.open();
t.teardown(() => opened[Symbol.dispose]());

t.test('a new device gets both programs, and reconcile finds them right', t => {
  opened.reconcileLinks(node.links.filter(({ hook }) => !hook.startsWith('pod')));
  opened.attachPodDevice(node.pod);
  t.equal(linkIdsOn(node.pod, 'ingress').length, 1);
  t.equal(linkIdsOn(node.pod, 'egress').length, 1);
  t.strictSame(opened.reconcileLinks(node.links), []);
  t.end();
});

t.test('attaching twice changes nothing', t => {
  const before = linkIdsOn(node.pod, 'ingress');
  opened.attachPodDevice(node.pod);
  t.strictSame(linkIdsOn(node.pod, 'ingress'), before);
  t.end();
});

t.test('a pin that an earlier device of the name left is taken over', t => {
  opened.attachPodDevice(makeVeth('hd6'));
  ip('link', 'delete', 'hd6');
  const again = makeVeth('hd6');
  opened.attachPodDevice(again);
  const links = listPinnedLinks(node.pinRoot).filter(({ device }) => device === 'hd6');
  t.strictSame(
    links.map(({ ifindex }) => ifindex),
    [again.ifindex, again.ifindex],
  );
  t.end();
});

t.test('detaching takes programs and pins away, and can be said twice', t => {
  t.ok(opened.detachPodDevice('hd6'));
  t.notOk(opened.detachPodDevice('hd6'));
  t.notOk(listPinnedLinks(node.pinRoot).some(({ device }) => device === 'hd6'));
  t.end();
});

const isMarked = () => lstatSync(expeditedMark(node.pinRoot), { throwIfNoEntry: false }) !== undefined;

t.test('expedited or not, the same is attached, and the machine waits as it did before', async t => {
  using expedited = node.open({ expedite: true });
  const device = makeVeth('hd8');
  expedited.attachPodDevice(device);
  t.equal(linkIdsOn(device, 'ingress').length, 1);
  t.equal(linkIdsOn(device, 'egress').length, 1);
  t.throws(() => expedited.attachPodDevice({ ifindex: 9999, name: 'hd7' }));
  t.notOk(isMarked(), 'after a failure too');
  t.ok(await isExpeditedOff());
});

t.test('what a kill in the middle of an attach left on is turned off by the next start', async t => {
  symlinkSync('expedited', expeditedMark(node.pinRoot));
  writeFileSync(EXPEDITED_SWITCH, '1');
  t.match(restoreGracePeriods(node.pinRoot), [
    { subject: EXPEDITED_SWITCH, action: /turned off: an earlier process was killed/ },
  ]);
  t.notOk(isMarked());
  t.ok(await isExpeditedOff());
});

t.test('a device that does not exist is refused by name', t => {
  t.throws(() => opened.attachPodDevice({ ifindex: 9999, name: 'hd7' }), {
    message: /^hd7 cannot be attached: .*ENODEV/,
  });
  t.end();
});
