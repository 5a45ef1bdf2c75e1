import t from 'tap';
import { Link, linkById, linkIds, loadObject, queryTcx, type TcxPlacement } from '../src/index.ts';
import { pinDirectory } from './support/bpffs.ts';
import { testNetns, type TestNetns } from './support/netns.ts';
import { objectSpec } from './support/objects.ts';

const object = loadObject(objectSpec('hooks'), { name: 'hooks' });
t.teardown(() => object[Symbol.dispose]());

type Name = 'first' | 'second' | 'third';

function attach(netns: TestNetns, name: Name, placement: TcxPlacement = {}): Link {
  const target = { ifindex: netns.near, direction: 'ingress' as const, netns: netns.path };
  return object.program(name).attachTcx({ ...target, ...placement });
}

/** Names of the attached programs, in the order in which packets meet them. */
function order(netns: TestNetns): string[] {
  const names = new Map([...object.programs].map(([name, program]) => [program.info().id, name]));
  const chain = queryTcx(netns.near, 'ingress', netns.path);
  return chain.map(({ programId }) => names.get(programId) ?? '?');
}

function runs(who: number): bigint {
  return object.map('t_runs').get(who) as bigint;
}

t.test('an attached program sees packets, until its last owner lets go', t => {
  const netns = testNetns(t);
  const before = runs(0);
  const link = attach(netns, 'first');
  netns.send();
  t.ok(runs(0) > before);
  link[Symbol.dispose]();
  t.same(order(netns), []);
  t.end();
});

t.test('links stand in the order that each asked for', t => {
  const netns = testNetns(t);
  using first = attach(netns, 'first');
  using second = attach(netns, 'second');
  t.same(order(netns), ['first', 'second'], 'without a wish: behind');
  using third = attach(netns, 'third', { first: true });
  t.same(order(netns), ['third', 'first', 'second']);
  third.detach();
  using between = attach(netns, 'third', { before: second });
  t.same(order(netns), ['first', 'third', 'second']);
  between.detach();
  using behind = attach(netns, 'third', { after: { linkId: first.id } });
  t.same(order(netns), ['first', 'third', 'second']);
  behind.detach();
  const neighbour = { programId: object.program('first').info().id };
  using front = attach(netns, 'third', { before: neighbour });
  t.same(order(netns), ['third', 'first', 'second']);
  t.equal(front.info().programId, object.program('third').info().id);
  t.end();
});

t.test('only one placement at a time', t => {
  const netns = testNetns(t);
  using first = attach(netns, 'first');
  t.throws(() => attach(netns, 'second', { before: first, first: true }), { code: 'EINVAL' });
  t.end();
});

t.test('an order that changed since it was read is ESTALE', t => {
  const netns = testNetns(t);
  const { revision } = queryTcx(netns.near, 'ingress', netns.path);
  using first = attach(netns, 'first', { expectedRevision: revision });
  t.throws(() => attach(netns, 'second', { expectedRevision: revision }), { code: 'ESTALE' });
  t.equal(first.info().kind, 'tcx');
  t.end();
});

t.test('a link tells where it is, and is found by its id', t => {
  const netns = testNetns(t);
  using link = attach(netns, 'first');
  t.match(link.info(), { kind: 'tcx', ifindex: netns.near, attachType: 46 });
  t.equal(link.info().programId, object.program('first').info().id);
  t.ok(linkIds().includes(link.id));
  using again = linkById(link.id);
  t.equal(again.id, link.id);
  t.end();
});

t.test('a pinned link holds without its process, and its program can be replaced in place', t => {
  const netns = testNetns(t);
  const path = `${pinDirectory(t)}/link`;
  {
    using link = attach(netns, 'first');
    link.pin(path);
  }
  t.same(order(netns), ['first']);
  using link = Link.openPinned(path);
  const { revision } = queryTcx(netns.near, 'ingress', netns.path);
  link.update(object.program('second'));
  t.same(order(netns), ['second']);
  t.not(queryTcx(netns.near, 'ingress', netns.path).revision, revision);
  t.throws(() => link.update(object.program('third'), object.program('first')), { code: 'EPERM' });
  link.update(object.program('third'), object.program('second'));
  t.same(order(netns), ['third']);
  link.detach();
  t.same(order(netns), [], 'although it is pinned');
  t.end();
});

t.test('a long chain is told whole', t => {
  const netns = testNetns(t);
  const target = { ifindex: netns.near, direction: 'ingress', netns: netns.path } as const;
  // The kernel takes a program once for each hook, so each link needs one of its own.
  const objects = Array.from({ length: 20 }, () => loadObject(objectSpec('hooks'), { programs: ['first'] }));
  t.teardown(() => objects.forEach(each => each[Symbol.dispose]()));
  const links = objects.map(each => each.program('first').attachTcx(target));
  const chain = queryTcx(netns.near, 'ingress', netns.path);
  t.same(
    chain.map(({ linkId }) => linkId),
    links.map(({ id }) => id),
  );
  for (const link of links) link[Symbol.dispose]();
  t.end();
});

t.test('a program that already stands on the hook is EEXIST', t => {
  const netns = testNetns(t);
  using link = attach(netns, 'first');
  t.throws(() => attach(netns, 'first'), { code: 'EEXIST', operation: 'attach tcx' });
  t.ok(link.id > 0);
  t.end();
});

t.test('a device that goes takes its place along', t => {
  const netns = testNetns(t);
  using link = attach(netns, 'first');
  netns.run('ip', 'link', 'delete', 'near');
  t.match(link.info(), { kind: 'tcx', ifindex: 0 });
  t.throws(() => queryTcx(netns.near, 'ingress', netns.path), { code: 'ENODEV' });
  t.throws(() => attach(netns, 'second'), { code: 'ENODEV', operation: 'attach tcx' });
  t.end();
});

t.test('the process stays in its own network namespace', t => {
  const netns = testNetns(t);
  using link = attach(netns, 'first');
  t.throws(() => queryTcx(netns.near, 'ingress'), { code: 'ENODEV' });
  t.throws(() => queryTcx(netns.near, 'ingress', '/run/netns/none-of-that-name'), { code: 'ENOENT' });
  t.throws(() => queryTcx(netns.near, 'ingress', '/dev/null'), { code: 'EINVAL' }, 'no namespace');
  t.ok(link.id > 0);
  t.end();
});
