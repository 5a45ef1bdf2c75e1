// heddle.v1.Dataplane as a client sees it.
import { status } from '@grpc/grpc-js';
import t from 'tap';
import type { heddle } from '../../../loader/api/proto.gen.js';
import { ask, connect, METHODS, refusal } from './client.ts';
import { localPod, NODE, remotePod, ROUTE } from './memory-view.ts';
import { serve } from './served.ts';

const { dataplane } = METHODS;

t.test('endpoints are listed in the order of their addresses, IPv4 first', async t => {
  const { view, socketPath } = await serve(t);
  view.set({
    endpoints: [
      remotePod('fd00:1::5', 'c'),
      remotePod('10.2.0.10', 'b'),
      remotePod('::5', 'd'),
      localPod('10.2.0.9', 'a'),
    ],
  });
  const reply = await ask<heddle.v1.ListEndpointsResponse>(
    connect(t, socketPath),
    dataplane.listEndpoints,
    {},
  );
  t.strictSame(
    reply.endpoints.map(one => one.address),
    ['10.2.0.9', '10.2.0.10', '::5', 'fd00:1::5'],
  );
});

t.test('an endpoint carries what is known of it', async t => {
  const { view, socketPath } = await serve(t);
  view.set({ endpoints: [localPod('10.1.0.10', 'web-0'), remotePod('10.2.0.10', 'db-0')] });
  const client = connect(t, socketPath);
  const local = await ask(client, dataplane.getEndpoint, { address: '10.1.0.10' });
  t.match(local, {
    address: '10.1.0.10',
    kind: 1,
    segment: 1,
    node: 'node-a',
    podNamespace: 'default',
    podName: 'web-0',
    ifindex: 7,
    hostInterface: 'hd0123',
    mac: '02:00:00:00:01:0a',
    containerId: 'abc',
  });
  const remote = await ask(client, dataplane.getEndpoint, { address: '::ffff:10.2.0.10' });
  t.match(remote, { address: '10.2.0.10', kind: 3, node: 'node-b', ifindex: 0, hostInterface: '' });
});

t.test('routes and nodes are listed and found', async t => {
  const { view, socketPath } = await serve(t);
  view.set({ routes: [ROUTE], nodes: [NODE] });
  const client = connect(t, socketPath);
  const route = {
    prefix: '10.2.0.0/24',
    kind: 2,
    node: 'node-b',
    tunnel: '192.0.2.2',
    nextHop: '',
    mtu: 1450,
  };
  t.match(await ask(client, dataplane.getRoute, { prefix: '10.2.0.0/24' }), route);
  t.match(await ask(client, dataplane.listRoutes, {}), { routes: [route] });
  const node = { name: 'node-b', id: 2, addresses: ['192.0.2.2', '2001:db8::2'], podCidrs: ['10.2.0.0/24'] };
  t.match(await ask(client, dataplane.getNode, { name: 'node-b' }), node);
  t.match(await ask(client, dataplane.listNodes, {}), { nodes: [node] });
});

t.test('what is not there is NOT_FOUND, what cannot be there is INVALID_ARGUMENT', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const cases = [
    [dataplane.getEndpoint, { address: '10.0.0.1' }, status.NOT_FOUND, 'there is no endpoint 10.0.0.1'],
    [dataplane.getRoute, { prefix: '10.0.0.0/8' }, status.NOT_FOUND, 'there is no route 10.0.0.0/8'],
    [dataplane.getNode, { name: 'x' }, status.NOT_FOUND, 'there is no node x'],
    [dataplane.unregisterPod, { containerId: 'x' }, status.NOT_FOUND, 'there is no container x'],
    [dataplane.getEndpoint, { address: 'x' }, status.INVALID_ARGUMENT, "address: 'x' is not an IP address"],
    [dataplane.getNode, {}, status.INVALID_ARGUMENT, 'name: is empty'],
  ] as const;
  for (const [method, request, code, details] of cases) {
    const error = await refusal(ask(client, method, request));
    t.strictSame([error.code, error.details], [code, details]);
  }
  const error = await refusal(ask(client, dataplane.getRoute, { prefix: '10.0.0.1/8' }));
  t.equal(error.code, status.INVALID_ARGUMENT);
  t.match(error.details, /^prefix: /);
});

const POD = { containerId: 'c1', hostInterface: 'veth0', mac: '02:00:00:00:00:01', addresses: ['10.1.0.9'] };

t.test('a pod is registered and unregistered', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const reply = await ask(client, dataplane.registerPod, { ...POD, podName: 'web' });
  t.match(reply, { addresses: ['10.1.0.9'] });
  t.strictSame(view.registered.get('c1'), { ...POD, pod: { namespace: 'default', name: 'web' } });
  t.equal((await refusal(ask(client, dataplane.registerPod, POD))).code, status.ALREADY_EXISTS);
  await ask(client, dataplane.unregisterPod, { containerId: 'c1' });
  t.equal(view.registered.size, 0);
});

t.test('a registration that cannot be one is INVALID_ARGUMENT and names the field', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const wrong = {
    containerId: ['', '../x', 'a b'],
    hostInterface: ['', '..', 'sixteen-letters!'],
    mac: ['', 'x', '02:00:00:00:00', '02:00:00:00:00:zz'],
    addresses: [['x'], ['10.1.0.1', '10.1.0.2'], ['10.1.0.1', 'fd00::1', 'fd00::2']],
  };
  const names = {
    containerId: 'CONTAINERID',
    hostInterface: 'IFNAME',
    mac: 'mac: ',
    addresses: 'addresses: ',
  };
  for (const [field, values] of Object.entries(wrong) as [keyof typeof wrong, unknown[]][]) {
    for (const value of values) {
      const error = await refusal(ask(client, dataplane.registerPod, { ...POD, [field]: value }));
      t.equal(error.code, status.INVALID_ARGUMENT);
      t.match(error.details, names[field]);
    }
  }
  t.equal(view.registered.size, 0);
});

t.test('the status tells seconds and counts beyond 32 bits', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  t.match(await ask(client, dataplane.getStatus, {}), {
    version: '0.1.0',
    uptimeSeconds: 12,
    ready: true,
    problems: [],
    changesApplied: 5_000_000_000,
    nodes: 3,
  });
  view.set({ ready: false });
  t.match(await ask(client, dataplane.getStatus, {}), {
    ready: false,
    problems: ['the first reconcile has not completed'],
  });
});

t.test('an error that nobody foresaw is INTERNAL with its words', async t => {
  const { view, socketPath } = await serve(t);
  view.endpoints = () => {
    throw new TypeError('x is not a function');
  };
  const error = await refusal(ask(connect(t, socketPath), dataplane.listEndpoints, {}));
  t.strictSame([error.code, error.details], [status.INTERNAL, 'x is not a function']);
});
