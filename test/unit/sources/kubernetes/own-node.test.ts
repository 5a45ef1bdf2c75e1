import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddr } from 'ip';
import type { OwnNode, Unready } from '../../../../loader/sources/kubernetes/own-node.ts';
import { node, PATHS, scene, until } from './scene.ts';
import t from 'tap';

const OWN: OwnNode = { tunnelAddresses: ['192.0.2.1', '2001:db8::1'].map(parseAddr), uplink: 'eth1' };
const OTHER_TAINT = { key: 'example.com/gpu', effect: 'NoSchedule' };
const TAINT = { key: 'heddle.dev/not-ready', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' };
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

t.test(
  'a node that is ready is annotated, marked available and freed of its taint, each by one call',
  async t => {
    const { server } = await scene(t, {
      ownNode: () => OWN,
      prepare: ({ collections }) =>
        void collections.put(node('a', '192.0.2.1', { spec: { taints: [OTHER_TAINT, TAINT] } })),
    });
    await until(() => server.writes().length === 3, 'three writes');
    await sleep(150);
    const [annotations, condition, taint, ...more] = server.writes();
    t.strictSame(more, [], 'and no more');
    t.match(annotations, {
      method: 'PATCH',
      path: '/api/v1/nodes/a',
      contentType: 'application/merge-patch+json',
    });
    t.strictSame(annotations?.body, {
      metadata: {
        annotations: { 'heddle.dev/tunnel-address': '192.0.2.1,2001:db8::1', 'heddle.dev/uplink': 'eth1' },
      },
    });
    t.match(condition, {
      path: '/api/v1/nodes/a/status',
      contentType: 'application/strategic-merge-patch+json',
    });
    t.match(condition?.body, {
      status: {
        conditions: [
          {
            ...{ type: 'NetworkUnavailable', status: 'False', reason: 'HeddleIsUp' },
            ...{ lastHeartbeatTime: TIME, lastTransitionTime: TIME },
          },
        ],
      },
    });
    t.match(taint, { path: '/api/v1/nodes/a', contentType: 'application/json-patch+json' });
    t.strictSame(taint?.body, [
      { op: 'test', path: '/spec/taints/1', value: TAINT },
      { op: 'remove', path: '/spec/taints/1' },
    ]);
    t.strictSame(server.collections.get(PATHS.nodes, 'a')?.['spec'], { taints: [OTHER_TAINT] });
  },
);

t.test('a node that says all this already is not written, nor is any other', async t => {
  const annotations = { 'heddle.dev/tunnel-address': '192.0.2.1,2001:db8::1', 'heddle.dev/uplink': 'eth1' };
  const conditions = [{ type: 'NetworkUnavailable', status: 'False', reason: 'HeddleIsUp' }];
  const { server } = await scene(t, {
    ownNode: () => OWN,
    prepare: ({ collections }) => {
      collections.put(
        node('a', '192.0.2.1', { metadata: { name: 'a', annotations }, status: { conditions } }),
      );
      collections.put(node('b', '192.0.2.2', { spec: { taints: [TAINT] } }));
    },
  });
  await sleep(150);
  t.strictSame(server.writes(), []);
});

const UNREADY: Unready = {
  reason: 'PodCidr',
  message: 'node a has no pod CIDR yet: its Node object must name one',
};

t.test('nothing is written while a start goes on, and once it is ready all is', async t => {
  let unready: Unready | undefined = UNREADY;
  const { server } = await scene(t, {
    ...{ unready: () => unready, ownNode: () => OWN },
    prepare: ({ collections }) => void collections.put(node('a', '192.0.2.1', { spec: { taints: [TAINT] } })),
  });
  await sleep(150);
  t.strictSame(server.writes(), []);
  unready = undefined;
  await until(() => server.writes().length === 3, 'three writes');
});

t.test('a node that stays not ready says so and why, and is tainted until it is ready', async t => {
  let unready: Unready | undefined = UNREADY;
  const { server } = await scene(t, {
    ...{ unready: () => unready, timing: { unreadyMs: 20 } },
    prepare: ({ collections }) =>
      void collections.put(node('a', '192.0.2.1', { spec: { taints: [OTHER_TAINT] } })),
  });
  const object = () =>
    server.collections.get(PATHS.nodes, 'a') as { spec: unknown; status: unknown } | undefined;
  const says = (condition: object) => () =>
    JSON.stringify(object()?.status ?? {}).includes(JSON.stringify(condition).slice(1, -1));
  await until(says({ status: 'True', ...UNREADY }), 'the condition');
  t.match(object()?.spec, { taints: [OTHER_TAINT, { key: TAINT.key, effect: 'NoSchedule' }] });
  const writes = server.writes().length;
  await sleep(100);
  t.equal(server.writes().length, writes, 'each once');
  unready = { reason: 'StateDirectory', message: 'the disk is full' };
  await until(says({ status: 'True', ...unready }), 'the newest reason');
  unready = undefined;
  await until(says({ status: 'False', reason: 'HeddleIsUp' }), 'it is over');
  await until(
    () => JSON.stringify(object()?.spec) === JSON.stringify({ taints: [OTHER_TAINT] }),
    'the taint goes',
  );
});

t.test('a node without any taint gets one, and keeps it while it is not ready', async t => {
  const { server } = await scene(t, { unready: () => UNREADY, timing: { unreadyMs: 0 } });
  const taints = () => JSON.stringify(server.collections.get(PATHS.nodes, 'a')?.['spec'] ?? {});
  await until(() => taints().includes(TAINT.key), 'the taint');
  server.collections.put(node('a', '192.0.2.1'));
  await until(() => taints().includes(TAINT.key), 'again');
  t.ok(server.writes().length >= 2);
});

t.test('only the annotation that differs is written; what is not known stays as it is', async t => {
  const known: { own?: OwnNode } = {};
  const annotations = { 'heddle.dev/tunnel-address': '192.0.2.9', other: 'x' };
  const { server, state } = await scene(t, {
    ownNode: () => known.own,
    prepare: ({ collections }) =>
      void collections.put(node('a', '192.0.2.1', { metadata: { name: 'a', annotations } })),
  });
  await until(() => server.writes().length === 1, 'the condition');
  known.own = { tunnelAddresses: [], uplink: 'eth1' };
  await until(() => state().nodes.get('a')?.uplink === 'eth1', 'the others know');
  t.strictSame(server.writes()[1]?.body, { metadata: { annotations: { 'heddle.dev/uplink': 'eth1' } } });
  t.strictSame(state().nodes.get('a')?.tunnelAddresses, ['192.0.2.9']);
});

t.test('what somebody else undoes is done again', async t => {
  const { server } = await scene(t);
  await until(() => server.writes().length === 1, 'the condition');
  const conditions = [{ type: 'NetworkUnavailable', status: 'True', reason: 'NoRouteCreated' }];
  server.collections.put({ kind: 'Node', metadata: { name: 'a' }, status: { conditions } });
  await until(() => server.writes().length === 2, 'again');
  await sleep(100);
  t.equal(server.writes().length, 2);
});

t.test('a taint that comes in between is not overwritten: the patch fails and is made anew', async t => {
  const urgent = { key: 'example.com/urgent', effect: 'NoExecute' };
  let isFirst = true;
  const { server, problems } = await scene(t, {
    prepare: server => {
      server.collections.put(node('a', '192.0.2.1', { spec: { taints: [TAINT] } }));
      server.fault = ({ contentType }) => {
        if (contentType !== 'application/json-patch+json' || !isFirst) return undefined;
        isFirst = false;
        server.collections.put({
          ...server.collections.get(PATHS.nodes, 'a'),
          spec: { taints: [urgent, TAINT] },
        } as never);
        return undefined;
      };
    },
  });
  await until(() => server.writes().length >= 3, 'it is tried again');
  const spec = () => server.collections.get(PATHS.nodes, 'a')?.['spec'];
  await until(() => JSON.stringify(spec()) === JSON.stringify({ taints: [urgent] }), 'the other taint stays');
  t.strictSame(problems(), []);
});

t.test('a write that is forbidden is told, by verb and resource, and tried again with pauses', async t => {
  const { server, problems } = await scene(t, {
    prepare: server =>
      (server.fault = ({ method }) => (method === 'PATCH' ? { status: 403, message: 'no' } : undefined)),
  });
  await until(() => problems().length > 0, 'it is told');
  t.match(problems(), [
    /^the API server answers 403 to 'patch nodes\/status' since .*: allow the verb patch as /,
  ]);
  await sleep(300);
  t.ok(server.writes().length < 20, `${server.writes().length} writes`);
  server.fault = () => undefined;
  await until(() => problems().length === 0, 'it is over');
});

t.test('a write that is in vain, as where a webhook undoes it, is not tried without pauses', async t => {
  const { server } = await scene(t, {
    prepare: server => (server.admit = object => ({ ...object, status: {} })),
  });
  await until(() => server.writes().length > 5, 'it is tried again');
  await sleep(500);
  t.ok(server.writes().length < 30, `${server.writes().length} writes`);
});

t.test('a failure is forgotten when somebody else has done what was to be done', async t => {
  const { server, problems } = await scene(t, {
    prepare: server =>
      (server.fault = ({ method }) => (method === 'PATCH' ? { status: 403, message: 'no' } : undefined)),
  });
  await until(() => problems().length > 0, 'it is told');
  const conditions = [{ type: 'NetworkUnavailable', status: 'False', reason: 'HeddleIsUp' }];
  server.collections.put({ kind: 'Node', metadata: { name: 'a' }, status: { conditions } });
  await until(() => problems().length === 0, 'it is over');
  t.match(server.collections.get(PATHS.nodes, 'a')?.['status'], { conditions }, 'nobody else has written it');
});
