// heddle.v1.Dataplane as a client sees it.
import { status } from '@grpc/grpc-js';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { connect, refusal } from './client.ts';
import { localPod, NODE, remotePod, ROUTE } from './memory-view.ts';
import { serve } from './served.ts';

const { dataplane } = API;

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
  const reply = await connect(t, socketPath).ask(dataplane.listEndpoints, {});
  t.strictSame(
    reply.endpoints.map(one => one.address),
    ['10.2.0.9', '10.2.0.10', '::5', 'fd00:1::5'],
  );
});

t.test('an endpoint carries what is known of it', async t => {
  const { view, socketPath } = await serve(t);
  view.set({ endpoints: [localPod('10.1.0.10', 'web-0'), remotePod('10.2.0.10', 'db-0')] });
  const client = connect(t, socketPath);
  const local = await client.ask(dataplane.getEndpoint, { address: '10.1.0.10' });
  t.match(local, {
    address: '10.1.0.10',
    kind: 1,
    vni: 1,
    node: 'node-a',
    podNamespace: 'default',
    podName: 'web-0',
    ifindex: 7,
    hostInterface: 'hd0123',
    mac: '02:00:00:00:01:0a',
    containerId: 'abc',
  });
  const remote = await client.ask(dataplane.getEndpoint, { address: '::ffff:10.2.0.10' });
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
  t.match(await client.ask(dataplane.getRoute, { prefix: '10.2.0.0/24' }), route);
  t.match(await client.ask(dataplane.listRoutes, {}), { routes: [route] });
  const node = { name: 'node-b', id: 2, addresses: ['192.0.2.2', '2001:db8::2'], podCidrs: ['10.2.0.0/24'] };
  t.match(await client.ask(dataplane.getNode, { name: 'node-b' }), node);
  t.match(await client.ask(dataplane.listNodes, {}), { nodes: [node] });
});

t.test('what is not there is NOT_FOUND, what cannot be there is INVALID_ARGUMENT', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const { NOT_FOUND, INVALID_ARGUMENT } = status;
  const cases = [
    [client.ask(dataplane.getEndpoint, { address: '10.0.0.1' }), NOT_FOUND, 'there is no endpoint 10.0.0.1'],
    [client.ask(dataplane.getRoute, { prefix: '10.0.0.0/8' }), NOT_FOUND, 'there is no route 10.0.0.0/8'],
    [client.ask(dataplane.getNode, { name: 'x' }), NOT_FOUND, 'there is no node x'],
    [client.ask(dataplane.unregisterPod, { containerId: 'x' }), NOT_FOUND, 'there is no container x'],
    [
      client.ask(dataplane.getEndpoint, { address: 'x' }),
      INVALID_ARGUMENT,
      "address: 'x' is not an IP address",
    ],
    [client.ask(dataplane.getNode, {}), INVALID_ARGUMENT, 'name: is empty'],
  ] as const;
  const errors = await Promise.all(cases.map(([call]) => refusal(call)));
  for (const [i, [, code, details]] of cases.entries()) {
    t.strictSame([errors[i]?.code, errors[i]?.details], [code, details]);
  }
  const error = await refusal(client.ask(dataplane.getRoute, { prefix: '10.0.0.1/8' }));
  t.equal(error.code, INVALID_ARGUMENT);
  t.match(error.details, /^prefix: /);
});

const POD = { containerId: 'c1', hostInterface: 'veth0', mac: '02:00:00:00:00:01', addresses: ['10.1.0.9'] };

t.test('a pod is registered and unregistered', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const reply = await client.ask(dataplane.registerPod, { ...POD, podName: 'web' });
  t.match(reply, { addresses: ['10.1.0.9'] });
  t.strictSame(view.registered.get('c1'), { ...POD, pod: { namespace: 'default', name: 'web' } });
  t.equal((await refusal(client.ask(dataplane.registerPod, POD))).code, status.ALREADY_EXISTS);
  await client.ask(dataplane.unregisterPod, { containerId: 'c1' });
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
      const error = await refusal(client.ask(dataplane.registerPod, { ...POD, [field]: value }));
      t.equal(error.code, status.INVALID_ARGUMENT);
      t.match(error.details, names[field]);
    }
  }
  t.equal(view.registered.size, 0);
});

t.test('the status tells seconds and counts beyond 32 bits', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  t.match(await client.ask(dataplane.getStatus, {}), {
    version: '0.1.0',
    uptimeSeconds: 12,
    ready: true,
    problems: [],
    changesApplied: 5_000_000_000,
    nodes: 3,
    ...{ policies: 4, appliedPolicies: 1, unconfirmed: { policies: 2, rollbackInSeconds: 41.5 } },
  });
  view.set({ ready: false });
  t.match(await client.ask(dataplane.getStatus, {}), {
    ready: false,
    problems: ['the first reconcile has not completed'],
  });
});

t.test('an error that nobody foresaw is INTERNAL with its words', async t => {
  const { view, socketPath } = await serve(t);
  view.endpoints = () => {
    throw new TypeError('x is not a function');
  };
  const error = await refusal(connect(t, socketPath).ask(dataplane.listEndpoints, {}));
  t.strictSame([error.code, error.details], [status.INTERNAL, 'x is not a function']);
});
