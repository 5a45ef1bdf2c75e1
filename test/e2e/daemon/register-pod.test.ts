// The Dataplane service on a real daemon: a pod whose interface the caller has made, and what watchers hear of it.
import { basename } from 'node:path';
import { status } from '@grpc/grpc-js';
import { once } from 'node:events';
import t from 'tap';
import { addNetns, removeNetns } from '../../../lab/iproute.ts';
import { nodeNamed, type Lab } from '../../../lab/lab.ts';
import { API, ApiClient } from '../../../loader/api/client.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import { askStatus } from '../../../loader/api/status-client.ts';
import { gatewayMac } from '../../../loader/model/derived-macs.ts';
import { mustExec, podNamed, testLab } from '../../support/lab.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

const POD_MAC = '02:00:00:00:99:01';
const { EventKind } = heddle.v1;

/** A veth pair as somebody else's plugin would make it, into a namespace of its own. */
async function ownInterface(lab: Lab): Promise<{ netns: string }> {
  const node = nodeNamed(lab, 'n1');
  const netns = `${node.netns}-own`;
  addNetns(netns);
  const pair = `link add own0 address ${gatewayMac('n1')} type veth peer name eth0 address ${POD_MAC} netns ${basename(netns)}`;
  await mustExec(node, 'ip', ...pair.split(' '));
  await mustExec(node, 'ip', 'link', 'set', 'own0', 'up');
  return { netns };
}

async function configurePod(pod: { netns: string }, address: string): Promise<void> {
  const commands = [
    `address add ${address}/32 dev eth0`,
    'link set eth0 up',
    'route add 169.254.1.1 dev eth0 scope link',
    'route add default via 169.254.1.1',
    `neighbour replace 169.254.1.1 lladdr ${gatewayMac('n1')} dev eth0 nud permanent`,
  ];
  for (const command of commands) await mustExec(pod, 'ip', ...command.split(' '));
}

t.test(
  'a registered pod is carried like any other, told to watchers, and gone when it is unregistered',
  async t => {
    const lab = await testLab(t, { podsPerNode: 1 });
    const pod = await ownInterface(lab);
    t.teardown(() => removeNetns(pod.netns));
    const client = new ApiClient(nodeNamed(lab, 'n1').socket);
    t.teardown(() => client[Symbol.dispose]());
    const heard: string[] = [];
    const watch = client.watch(API.dataplane.watchEndpoints, {});
    watch.on('error', () => undefined); // cancelled at the end
    watch.on('data', (event: heddle.v1.EndpointEvent) => {
      heard.push(`${event.kind} ${event.endpoint?.address ?? ''}`);
    });

    const registration = { containerId: 'own-1', hostInterface: 'own0', mac: POD_MAC, addresses: [] };
    const { addresses } = await client.ask(API.dataplane.registerPod, registration);
    const [address = ''] = addresses;
    t.match(address, /^10\.244\.1\./);
    t.equal(addresses.length, 2, 'one of each family');
    const again = await client.ask(API.dataplane.registerPod, registration);
    t.strictSame(again.addresses, addresses, 'the same request has the same answer');
    await t.rejects(client.ask(API.dataplane.registerPod, { ...registration, mac: '02:00:00:00:99:02' }), {
      message: /registered with other values/,
    });

    const shown = await client.ask(API.dataplane.getEndpoint, { address });
    t.match(shown, { containerId: 'own-1', hostInterface: 'own0', mac: POD_MAC, node: 'n1' });
    await configurePod(pod, address);
    const far = podNamed(lab, 'n2-p1').addresses[0] ?? '';
    t.ok(await ping(pod.netns, far), `it reaches ${far} on the other node`);
    t.ok(await ping(podNamed(lab, 'n1-p1').netns, address), 'a pod on its node reaches it');
    t.ok(await ping(nodeNamed(lab, 'n1').netns, address), 'and so does its node');

    await client.ask(API.dataplane.unregisterPod, { containerId: 'own-1' });
    t.notOk(await ping(pod.netns, far, BRIEFLY), 'unregistered, it reaches nothing');
    t.notOk(await ping(nodeNamed(lab, 'n1').netns, address, BRIEFLY), 'and is not reached');
    await t.rejects(client.ask(API.dataplane.unregisterPod, { containerId: 'own-1' }), {
      message: /no pod is registered/,
    });
    await t.rejects(client.ask(API.dataplane.getEndpoint, { address }));
    watch.cancel();
    t.ok(heard.includes(`${EventKind.EVENT_KIND_ADDED} ${address}`), heard.join(', '));
    t.ok(heard.includes(`${EventKind.EVENT_KIND_DELETED} ${address}`), heard.join(', '));
  },
);

t.test('many are registered in one stream, and one that fails ends nothing', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, families: 'ipv4' });
  const node = nodeNamed(lab, 'n1');
  for (const name of ['own1', 'own3'])
    await mustExec(node, 'ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`);
  const client = new ApiClient(node.socket);
  t.teardown(() => client[Symbol.dispose]());
  const call = client.openBidi(API.dataplane.registerPods);
  const replies: heddle.v1.RegisterPodsResponse[] = [];
  call.on('data', (reply: heddle.v1.RegisterPodsResponse) => replies.push(reply));
  for (const number of [1, 2, 3])
    call.write({ containerId: `own-${number}`, hostInterface: `own${number}`, mac: POD_MAC });
  call.end();
  await once(call, 'end');
  t.match(replies, [
    { containerId: 'own-1', addresses: [/^10\.244\.1\./], code: 0, message: '' },
    {
      containerId: 'own-2',
      addresses: [],
      code: status.INVALID_ARGUMENT,
      message: /no device is named 'own2'/,
    },
    { containerId: 'own-3', addresses: [/^10\.244\.1\./], code: 0, message: '' },
  ]);
  const { endpoints } = await client.ask(API.dataplane.listEndpoints, {});
  t.strictSame(
    endpoints.map(({ containerId }) => containerId).filter(id => id !== ''),
    ['own-1', 'own-3'],
  );
});

t.test('a long stream is answered to its end, and one that breaks off keeps what was answered', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, families: 'ipv4' });
  const node = nodeNamed(lab, 'n1');
  await mustExec(node, 'ip', 'link', 'add', 'own1', 'type', 'veth', 'peer', 'name', 'own1p');
  const client = new ApiClient(node.socket);
  t.teardown(() => client[Symbol.dispose]());
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  const asked = numbers.map(number => (number % 100 === 0 ? 'own1' : `none${number}`));
  const call = client.openBidi(API.dataplane.registerPods);
  const answered: string[] = [];
  call.on('data', ({ containerId }: heddle.v1.RegisterPodsResponse) => answered.push(containerId));
  for (const hostInterface of asked) call.write({ containerId: hostInterface, hostInterface, mac: POD_MAC });
  call.end();
  await once(call, 'end');
  t.strictSame(answered, asked);

  const cut = client.openBidi(API.dataplane.registerPods);
  const failure = once(cut, 'error');
  for (const hostInterface of asked) cut.write({ containerId: hostInterface, hostInterface, mac: POD_MAC });
  cut.once('data', () => cut.cancel());
  t.match((await failure)[0], { code: status.CANCELLED });
  const { endpoints } = await client.ask(API.dataplane.listEndpoints, {});
  t.strictSame(
    endpoints.map(({ containerId }) => containerId).filter(id => id !== ''),
    ['own1'],
    'the daemon goes on',
  );
});

t.test('a registration without its interface is refused in a sentence', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0 });
  const client = new ApiClient(nodeNamed(lab, 'n1').socket);
  t.teardown(() => client[Symbol.dispose]());
  const registration = { containerId: 'own-1', hostInterface: 'nothing0', mac: POD_MAC, addresses: [] };
  await t.rejects(client.ask(API.dataplane.registerPod, registration), {
    message: /no device is named 'nothing0'/,
  });
});

t.test('a registered pod whose interface is down is told of, and hinders nobody', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, families: 'ipv4' });
  const node = nodeNamed(lab, 'n1');
  await mustExec(node, 'ip', 'link', 'add', 'own1', 'type', 'veth', 'peer', 'name', 'own1p');
  const client = new ApiClient(node.socket);
  t.teardown(() => client[Symbol.dispose]());
  const wish = { containerId: 'own-1', hostInterface: 'own1', mac: POD_MAC, addresses: [] };
  const { addresses } = await client.ask(API.dataplane.registerPod, wish);
  await mustExec(node, 'ip', 'link', 'delete', 'heddle0'); // makes a pass, which has to get to its end
  const said = /own1 of container own-1 is down/;
  t.ok(await until(async () => said.test(String((await askStatus(node.socket))?.problems))), 'it is told');
  t.ok(await until(async () => /UP/.test(await mustExec(node, 'ip', 'link', 'show', 'heddle0'))), 'mended');

  await mustExec(node, 'ip', 'link', 'set', 'own1', 'up');
  t.ok(await until(async () => (await mustExec(node, 'ip', 'route')).includes(`${addresses[0]} dev own1`)));
  t.ok(await until(async () => (await askStatus(node.socket))?.problems.length === 0), 'no problem is left');
});
