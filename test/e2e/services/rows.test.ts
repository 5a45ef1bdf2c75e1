// Services of a folder of manifests in the maps of two nodes: what is written, what a change costs, what a restart, a kill and a
// hand in the maps leave. No packet is sent here.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { parseAddr } from 'ip';
import { stringify } from 'yaml';
import { BackendCondition, EndpointKind } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { PROTOCOL } from '../../../loader/abi/protocol.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { killDaemon, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { testLab } from '../../support/lab.ts';
import { until } from '../../support/until.ts';
import type { NodePlan } from '../../../lab/plan.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { podsPerNode: 1, config: { services: 'on' } });
const nodes = ['n1', 'n2'].map(name => nodeNamed(lab, name));
const [n1, n2] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
const VNI = 1;

function put(file: string, ...objects: object[]): void {
  writeFileSync(join(lab.manifests, file), objects.map(each => stringify(each)).join('---\n'));
}

function service(name: string, clusterIP: string, more: object = {}): object {
  const spec = { clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80 }], ...more };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec };
}

function slice(service: string, ...endpoints: object[]): object {
  return {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
    metadata: {
      name: `${service}-1`,
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': service },
    },
    ...{ endpoints, ports: [{ port: 8080 }] },
  };
}

const at = (address: string, more: object = {}): object => ({ addresses: [address], ...more });

function read<T>(node: NodePlan, action: (maps: MapSet) => T): T {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    return action(maps);
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

/** 'address port' of the list of a frontend; undefined: it has no row. */
function listOf(node: NodePlan, address: string): readonly string[] | undefined {
  return read(node, ({ hd_service, hd_backend }) => {
    const key = { vni: VNI, addr: parseAddr(address), port: 80, protocol: PROTOCOL.tcp };
    const row = hd_service.get(key);
    return (
      row &&
      Array.from({ length: row.count }, (_, slot) => {
        const backend = hd_backend.get({ backendSet: row.backendSet, slot });
        return `${backend?.addr} ${backend?.port}`;
      })
    );
  });
}

/** All rows of the four tables, a line each. */
function rowsOf(node: NodePlan): readonly string[] {
  return read(node, ({ hd_service, hd_backend, hd_backend_info, hd_endpoint }) =>
    [
      ...[...hd_service.entries()].map(row => JSON.stringify(['service', row])),
      ...[...hd_backend.entries()].map(row => JSON.stringify(['backend', row])),
      ...[...hd_backend_info.entries()].map(row => JSON.stringify(['state', row])),
      ...[...hd_endpoint.entries()].flatMap(([{ addr }, { kind }]) =>
        kind === EndpointKind.SERVICE ? [`vip ${addr}`] : [],
      ),
    ].sort(),
  );
}

const has =
  (node: NodePlan, address: string, ...list: string[]) =>
  (): boolean =>
    listOf(node, address)?.join() === list.join();

t.test('rows of a Service, on both nodes', async t => {
  put('web.yaml', service('web', '10.96.0.1'), slice('web', at('10.244.1.5'), at('10.244.2.5')));
  for (const node of nodes) {
    t.ok(await until(has(node, '10.96.0.1', '10.244.1.5 8080', '10.244.2.5 8080')), node.name);
    t.ok(await until(() => rowsOf(node).includes('vip 10.96.0.1')), 'its address is known');
  }
});

t.test('internalTrafficPolicy Local: each node its own', async t => {
  put(
    'local.yaml',
    service('local', '10.96.0.2', { internalTrafficPolicy: 'Local' }),
    slice('local', at('10.244.1.6', { nodeName: 'n1' }), at('10.244.2.6', { nodeName: 'n2' })),
  );
  t.ok(await until(has(n1, '10.96.0.2', '10.244.1.6 8080')));
  t.ok(await until(has(n2, '10.96.0.2', '10.244.2.6 8080')));
});

t.test('a changed slice writes its rows and no other', async t => {
  const before = rowsOf(n1);
  put('web.yaml', service('web', '10.96.0.1'), slice('web', at('10.244.1.5'), at('10.244.2.7')));
  t.ok(await until(has(n1, '10.96.0.1', '10.244.1.5 8080', '10.244.2.7 8080')));
  t.ok(await until(() => rowsOf(n1).length === before.length), 'what it replaced is gone');
  const after = rowsOf(n1);
  // the service row, two slots under the list's new number, one state
  t.equal(after.filter(row => !before.includes(row)).length, 4);
});

t.test('a backend that ends drains', async t => {
  const ending = { conditions: { ready: false, serving: true, terminating: true } };
  put('web.yaml', service('web', '10.96.0.1'), slice('web', at('10.244.1.5'), at('10.244.2.7', ending)));
  t.ok(await until(has(n1, '10.96.0.1', '10.244.1.5 8080')));
  const states = read(n1, ({ hd_backend_info }) =>
    [...hd_backend_info.entries()].filter(([{ addr }]) => addr === '10.244.2.7'),
  );
  t.strictSame(
    states.map(([, { condition }]) => condition),
    [BackendCondition.DRAINING],
  );
});

t.test('a restart finds the same numbers and writes nothing', async t => {
  const before = rowsOf(n1);
  await stopDaemon(n1);
  t.strictSame(rowsOf(n1), before, 'the maps hold without a daemon');
  startDaemon(n1);
  await waitForDaemon(n1);
  await sleep(1_500);
  t.strictSame(rowsOf(n1), before);
});

for (const delayMs of [0, 20, 60, 150])
  t.test(`killed ${delayMs} ms into a change of 250 Services: the next daemon has all of it`, async t => {
    const many = Array.from({ length: 250 }, (_, i) => [
      service(`m${i}`, `10.97.${delayMs}.${i}`),
      slice(`m${i}`, at(`10.245.1.${i}`)), // no list that an earlier Service has on one node alone
    ]).flat();
    put('many.yaml', ...many);
    await sleep(delayMs);
    await killDaemon(n1);
    startDaemon(n1);
    await waitForDaemon(n1);
    t.ok(await until(() => rowsOf(n1).join() === rowsOf(n2).join() || isAsLocal()), 'as the other node');
    rmSync(join(lab.manifests, 'many.yaml'));
    t.ok(await until(() => rowsOf(n1).every(row => !row.includes('10.97.'))), 'and it goes again');
  });

/** Beside the Service whose backends differ from node to node. */
function isAsLocal(): boolean {
  const others = (node: NodePlan): string =>
    rowsOf(node)
      .filter(row => row.includes('10.97.'))
      .join();
  return others(n1) === others(n2) && rowsOf(n1).length === rowsOf(n2).length;
}

t.test('rows that a hand deletes or adds are mended by the next comparison', async t => {
  const before = rowsOf(n1);
  read(n1, ({ hd_service, hd_backend, hd_backend_info }) => {
    for (const map of [hd_service, hd_backend, hd_backend_info] as const) {
      const [first] = [...map.keys()];
      if (first !== undefined) (map as { delete(key: unknown): boolean }).delete(first);
    }
    hd_backend.set({ backendSet: 7, slot: 0 }, { addr: parseAddr('192.0.2.1'), port: 1 });
  });
  t.notSame(rowsOf(n1), before);
  t.ok(await until(() => rowsOf(n1).join() === before.join(), 60_000), 'all is as it was');
});

t.test('a deleted Service leaves nothing', async t => {
  rmSync(join(lab.manifests, 'web.yaml'));
  rmSync(join(lab.manifests, 'local.yaml'));
  for (const node of nodes) t.ok(await until(() => rowsOf(node).length === 0), node.name);
});
