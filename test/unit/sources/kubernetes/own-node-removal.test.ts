// Cleanup takes back what the daemon has written to its Node, and nothing of others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { OwnNode } from '../../../../loader/sources/kubernetes/own-node.ts';
import { removeOwnNode } from '../../../../loader/sources/kubernetes/own-node-removal.ts';
import { kubeconfig } from '../../../support/api-server/kubeconfig.ts';
import { node, PATHS, scene, until, type Scene } from './scene.ts';

const OWN: OwnNode = { tunnelAddresses: [], uplink: 'eth1' };
const READY = { type: 'Ready', status: 'True', reason: 'KubeletReady' };
const FOREIGN = { type: 'NetworkUnavailable', status: 'False', reason: 'CalicoIsUp' };

function access(t: Test, { server }: Scene, token = 'first-token'): { readonly kubeconfig: string } {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-removal-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'token'), token);
  const file = join(directory, 'kubeconfig');
  writeFileSync(file, kubeconfig(server.url, join(directory, 'token')));
  return { kubeconfig: file };
}

t.test('the condition and the annotations that a daemon has written are gone, others stay', async t => {
  const annotations = { 'example.com/rack': '7' };
  const one = await scene(t, {
    ownNode: () => OWN,
    prepare: ({ collections }) =>
      void collections.put(
        node('a', '192.0.2.1', { metadata: { name: 'a', annotations }, status: { conditions: [READY] } }),
      ),
  });
  await until(() => one.server.writes().length === 2, 'the daemon has written both');
  await one.source.stop();
  t.strictSame(
    await removeOwnNode({
      nodeName: 'a',
      own: OWN,
      flannelPrefix: 'flannel.alpha.coreos.com',
      ...access(t, one),
    }),
    ['condition NetworkUnavailable', 'annotations heddle.dev/uplink'],
  );
  const left = one.server.collections.get(PATHS.nodes, 'a');
  t.match(left, { metadata: { annotations }, status: { conditions: [READY] } });
  t.strictSame((left?.['status'] as { conditions: unknown }).conditions, [READY]);
  t.strictSame((left?.['metadata'] as { annotations: unknown }).annotations, annotations);
  t.strictSame(
    await removeOwnNode({
      nodeName: 'a',
      own: OWN,
      flannelPrefix: 'flannel.alpha.coreos.com',
      ...access(t, one),
    }),
    [],
    'once',
  );
});

const TAINT = { key: 'heddle.dev/not-ready', effect: 'NoSchedule' };
const OTHER_TAINT = { key: 'example.com/gpu', effect: 'NoSchedule' };
const REMOVAL = { nodeName: 'a', own: OWN, flannelPrefix: 'flannel.alpha.coreos.com' };

// Cilium #31943: nothing was scheduled any more after its removal. It is the daemon's own, or the kubelet's for the daemon.
t.test(
  'a node that was not ready loses its taint, with whatever effect, and keeps those of others',
  async t => {
    const taints = [TAINT, OTHER_TAINT, { ...TAINT, effect: 'NoExecute' }];
    const one = await scene(t, {
      unready: () => ({ reason: 'HeddleStart', message: 'it goes on' }),
      prepare: ({ collections }) => void collections.put(node('a', '192.0.2.1', { spec: { taints } })),
    });
    await one.source.stop();
    t.strictSame(await removeOwnNode({ ...REMOVAL, ...access(t, one) }), ['taint heddle.dev/not-ready']);
    t.strictSame(one.server.collections.get(PATHS.nodes, 'a')?.['spec'], { taints: [OTHER_TAINT] });
  },
);

t.test('a taint that comes in between is not overwritten: the Node is read again', async t => {
  const one = await scene(t, {
    unready: () => ({ reason: 'HeddleStart', message: 'it goes on' }),
    prepare: ({ collections }) => void collections.put(node('a', '192.0.2.1', { spec: { taints: [TAINT] } })),
  });
  await one.source.stop();
  let isFirst = true;
  one.server.fault = ({ contentType }) => {
    if (contentType !== 'application/json-patch+json' || !isFirst) return undefined;
    isFirst = false;
    one.server.collections.put(node('a', '192.0.2.1', { spec: { taints: [OTHER_TAINT, TAINT] } }));
    return undefined;
  };
  t.strictSame(await removeOwnNode({ ...REMOVAL, ...access(t, one) }), ['taint heddle.dev/not-ready']);
  t.strictSame(one.server.collections.get(PATHS.nodes, 'a')?.['spec'], { taints: [OTHER_TAINT] });
});

t.test(
  "another program's condition and an operator's annotation stay, so does a Node that is gone",
  async t => {
    const annotations = { 'heddle.dev/uplink': 'bond0' };
    const one = await scene(t, {
      unready: () => ({ reason: 'Start', message: 'it goes on' }),
      prepare: ({ collections }) =>
        void collections.put(
          node('a', '192.0.2.1', { metadata: { name: 'a', annotations }, status: { conditions: [FOREIGN] } }),
        ),
    });
    for (const nodeName of ['a', 'gone'])
      t.strictSame(
        await removeOwnNode({
          nodeName,
          own: OWN,
          flannelPrefix: 'flannel.alpha.coreos.com',
          ...access(t, one),
        }),
        [],
      );
    t.strictSame(one.server.writes(), []);
  },
);

t.test('an API server that cannot be reached, or refuses, is an error of one sentence', async t => {
  const one = await scene(t);
  await t.rejects(
    removeOwnNode({
      nodeName: 'a',
      own: OWN,
      flannelPrefix: 'flannel.alpha.coreos.com',
      ...access(t, one, 'wrong'),
    }),
  );
  await t.rejects(
    removeOwnNode({ nodeName: 'a', own: OWN, flannelPrefix: 'flannel.alpha.coreos.com' }),
    { code: 'INVALID_CONFIG' },
    'no pod, no file',
  );
});
