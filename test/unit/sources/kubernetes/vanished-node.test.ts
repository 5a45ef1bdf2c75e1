// A Node object that goes for a moment: what is known of it stays, unless somebody else has what it claims.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { node, scene, until } from './scene.ts';

const OWN = node('a', '192.0.2.1', { spec: { podCIDRs: ['10.1.0.0/24'] } });
const OTHER = node('b', '192.0.2.2', { spec: { podCIDRs: ['10.2.0.0/24'] } });

async function sceneWithNodes(t: Parameters<typeof scene>[0], grace: { ownMs: number; othersMs: number }) {
  const one = await scene(t, {
    ready: () => false,
    timing: { grace },
    prepare: ({ collections }) => [OWN, OTHER].forEach(each => collections.put(each)),
  });
  const names = () => [...one.state().nodes.keys()].sort().join();
  return { ...one, names };
}

t.test('this node stays, with one sentence that ends when it is registered again', async t => {
  const { server, state, names, problems, told } = await sceneWithNodes(t, { ownMs: 60_000, othersMs: 0 });
  const before = state().nodes.get('a');
  server.collections.remove(OWN);
  await until(() => problems().length > 0, 'it is told');
  t.match(problems(), [
    /^this node, a, has no Node object since \S+: what it said stays active for 60 s; register the node again$/,
  ]);
  t.equal(state().nodes.get('a'), before);
  const count = told.length;
  server.collections.put({ kind: 'Namespace', metadata: { name: 'later' } });
  await until(() => told.length > count, 'something else is told');
  t.equal(problems().length, 1, 'the sentence is the same');
  server.collections.put(node('a', '192.0.2.1', { spec: { podCIDRs: ['10.7.0.0/24'] } }));
  await until(() => problems().length === 0, 'it is back');
  t.equal(names(), 'a,b');
  t.strictSame(state().nodes.get('a')?.podCidrs, ['10.7.0.0/24'], 'as it is now');
});

t.test('the grace ends', async t => {
  const { server, names, problems } = await sceneWithNodes(t, { ownMs: 300, othersMs: 100 });
  const beganMs = performance.now();
  server.collections.remove(OWN);
  server.collections.remove(OTHER);
  await until(() => names() === 'a', 'the other is gone');
  t.ok(performance.now() - beganMs >= 100);
  t.equal(problems().length, 1);
  await until(() => names() === '', 'this one, too');
  t.ok(performance.now() - beganMs >= 300);
  t.strictSame(problems(), []);
});

t.test('another node that goes for a moment is no problem, and stays', async t => {
  const { server, names, problems } = await sceneWithNodes(t, { ownMs: 0, othersMs: 60_000 });
  server.collections.remove(OTHER);
  server.collections.put(node('c', '192.0.2.3'));
  await until(() => names() === 'a,b,c', 'a further one is told');
  await sleep(50);
  t.equal(names(), 'a,b,c');
  t.strictSame(problems(), []);
});

for (const [what, heir] of [
  ['its address', node('c', '192.0.2.2')],
  ['its pod CIDR', node('c', '192.0.2.3', { spec: { podCIDRs: ['10.2.0.0/16'] } })],
] as const)
  t.test(`a node that is gone gives way at once to one that has ${what}`, async t => {
    const { server, names } = await sceneWithNodes(t, { ownMs: 60_000, othersMs: 60_000 });
    server.collections.remove(OTHER);
    server.collections.put(heir);
    await until(() => names() === 'a,c', 'it has taken its place');
    t.pass();
  });

// The kind: what two nodes had together is taken for an inheritance.
const addresses = (...all: readonly (readonly [type: string, address: string])[]) => ({
  status: { addresses: all.map(([type, address]) => ({ type, address })) },
});
for (const [what, b, c] of [
  [
    'the external address of their NAT',
    node('b', '', addresses(['InternalIP', '192.0.2.2'], ['ExternalIP', '203.0.113.1'])),
    node('c', '', addresses(['InternalIP', '192.0.2.3'], ['ExternalIP', '203.0.113.1'])),
  ],
  [
    'a virtual address',
    node('b', '', addresses(['InternalIP', '192.0.2.2'], ['InternalIP', '192.0.2.100'])),
    node('c', '', addresses(['InternalIP', '192.0.2.3'], ['InternalIP', '192.0.2.100'])),
  ],
  [
    'a pod CIDR that contains the other',
    node('b', '192.0.2.2', { spec: { podCIDRs: ['10.2.0.0/24'] } }),
    node('c', '192.0.2.3', { spec: { podCIDRs: ['10.2.0.0/16'] } }),
  ],
  [
    'one address of an annotation',
    node('b', '192.0.2.2', {
      metadata: { name: 'b', annotations: { 'heddle.dev/tunnel-address': '192.0.2.9' } },
    }),
    node('c', '192.0.2.3', {
      metadata: { name: 'c', annotations: { 'heddle.dev/tunnel-address': '192.0.2.9' } },
    }),
  ],
] as const)
  t.test(`a node that goes for a moment stays, though another one had ${what} with it`, async t => {
    const { server, state } = await scene(t, {
      ready: () => false,
      timing: { grace: { ownMs: 60_000, othersMs: 60_000 } },
      prepare: ({ collections }) => [b, c].forEach(each => collections.put(each)),
    });
    server.collections.remove(b);
    server.collections.put({ kind: 'Namespace', metadata: { name: 'later' } });
    await until(() => state().namespaces.has('later'), 'what came after it is known');
    await sleep(50);
    t.ok(state().nodes.has('b'));
    server.collections.put(node('d', '192.0.2.2'));
    await until(() => state().nodes.has('d'), 'another machine has come');
    t.notOk(state().nodes.has('b'), 'and has its address');
  });

t.test(
  'a node that went and came and goes again has its grace anew; one that came back is what it says',
  async t => {
    const { server, names, problems } = await sceneWithNodes(t, { ownMs: 400, othersMs: 0 });
    for (let i = 0; i < 3; i++) {
      server.collections.remove(OWN);
      await until(() => problems().length === 1, 'it is gone');
      await sleep(200);
      t.equal(names(), 'a,b');
      server.collections.put(OWN);
      await until(() => problems().length === 0, 'it is back');
    }
  },
);

t.test('a list without the node is the same as its deletion', async t => {
  const { server, names, problems } = await sceneWithNodes(t, { ownMs: 60_000, othersMs: 0 });
  server.endWatches('/api/v1/nodes');
  server.collections.remove(OWN);
  server.collections.compact();
  await until(() => problems().length === 1, 'it is told');
  t.equal(names(), 'a,b');
});
