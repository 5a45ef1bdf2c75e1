// Packets to Services from pods: not one wrong byte, the client's own address, policy of the backend, and a refusal at once where
// there is none.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { execIn } from '../../../lab/exec.ts';
import { exchange, PORT, startCheckingServer } from '../../support/integrity/exchange.ts';
import { ECHO_PORT } from '../../../loader/connectivity/attempts.ts';
import { addressOf, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { writeService, type LabService } from '../../support/lab-services.ts';
import { liveFlow } from '../../support/live-flow.ts';
import { manifestsRead } from '../../support/manifests-read.ts';
import { failuresOf, serveAll } from '../../support/reach.ts';

t.setTimeout(900_000);

const FAMILIES = ['ipv4', 'ipv6'] as const;
const PROTOCOLS = ['tcp', 'udp'] as const;
const LIVE_FLOWS = [
  { family: 'ipv4', protocol: 'tcp', port: 7_041 },
  { family: 'ipv4', protocol: 'udp', port: 7_042 },
  { family: 'ipv6', protocol: 'tcp', port: 7_043 },
  { family: 'ipv6', protocol: 'udp', port: 7_044 },
] as const;

const lab = await testLab(t, { podsPerNode: 2, config: { services: 'on' } });
const client = podNamed(lab, 'n1-p1');
const [near, far] = [podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const hosts: readonly TestHost[] = ['n1', 'n2'].map(name => nodeNamed(lab, name));

function serviceOf(backends: readonly TestHost[]): LabService {
  return {
    ...{ name: 'web', addresses: { ipv4: '10.96.0.10', ipv6: 'fd96::10' }, backends },
    ports: [PORT, ECHO_PORT, ...LIVE_FLOWS.map(({ port }) => port)],
  };
}

const { addresses } = serviceOf([]);

for (const backend of [near, far, client, ...hosts])
  t.test(`what ${backend.name} serves`, async t => {
    await writeService(lab, serviceOf([backend]));
    const server = await startCheckingServer(t, backend);
    // A node learns the pods' smaller MTU by the loss of what it sends first.
    const maxDatagramBytes = hosts.includes(backend) ? 1_200 : 4_000;
    for (const family of FAMILIES)
      for (const protocol of PROTOCOLS) {
        const plan = { from: client, to: addresses[family], protocol, maxDatagramBytes };
        const { sent, byServer, byClient } = await exchange(plan, server);
        const whole = { arrived: sent, wrong: 0, duplicates: 0 };
        t.strictSame({ byServer, byClient }, { byServer: whole, byClient: whole }, `${family} ${protocol}`);
      }
  });

t.test("a pod is asked from the client's own address", async t => {
  await serveAll(t, [near, far]);
  for (const backend of [near, far]) {
    await writeService(lab, serviceOf([backend]));
    const attempts = FAMILIES.flatMap(family =>
      PROTOCOLS.map(protocol => ({
        ...{ from: client, to: addresses[family], protocol, seenAs: addressOf(client, family) },
      })),
    );
    t.strictSame(await failuresOf(attempts), [], backend.name);
  }
});

/** The code of what a connection, or a datagram, is refused with. */
const ASK = `
const [protocol, host, port] = process.argv.slice(1);
const end = code => { console.log(code); process.exit(); };
if (protocol === 'tcp') require('node:net').connect({ host, port: Number(port) }, () => end('open')).on('error', e => end(e.code));
else {
  const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4').on('error', e => end(e.code));
  socket.connect(Number(port), host, () => setInterval(() => socket.send('?', e => e && end(e.code)), 50));
}
`;

t.test('without a backend, and on a port that it has not, it refuses at once', async t => {
  await writeService(lab, serviceOf([]));
  for (const family of FAMILIES)
    for (const protocol of PROTOCOLS)
      for (const port of [PORT, 99]) {
        const argv = [process.execPath, '-e', ASK, protocol, addresses[family], String(port)];
        const { stdout } = await execIn(client.netns, argv, 30_000);
        t.equal(stdout.trim(), 'ECONNREFUSED', `${family} ${protocol} ${port}`);
      }
});

t.test('policy is about the backend', async t => {
  await serveAll(t, [far]);
  await writeService(lab, serviceOf([far]));
  const asked = FAMILIES.flatMap(family =>
    PROTOCOLS.map(protocol => ({ from: client, to: addresses[family], protocol })),
  );
  const only = (name: string): object => ({
    ...{ podSelector: podsNamed(client.name), policyTypes: ['Egress'] },
    egress: [{ to: [{ podSelector: podsNamed(name) }] }],
  });
  writePolicy(lab, 'backend', only(far.name));
  await manifestsRead(lab, nodeNamed(lab, 'n1'));
  t.strictSame(await failuresOf(asked), [], 'admitted by its own labels');
  writePolicy(lab, 'backend', only(near.name));
  await manifestsRead(lab, nodeNamed(lab, 'n1'));
  t.equal((await failuresOf(asked, 1_000)).length, asked.length, 'refused likewise');
  removeObject(lab, 'backend');
  await manifestsRead(lab, nodeNamed(lab, 'n1'));
  t.strictSame(await failuresOf(asked), [], 'and admitted again');
});

t.test('open flows go on while the daemons are away, and after they have come back', async t => {
  await writeService(lab, serviceOf([far]));
  const flows = await Promise.all(
    LIVE_FLOWS.map(({ family, ...flow }) =>
      liveFlow(t, {
        ...{ ...flow, from: client.netns },
        to: { netns: far.netns, address: addresses[family] },
      }),
    ),
  );
  for (const node of lab.nodes) {
    await stopDaemon(node);
    startDaemon(node);
    await waitForDaemon(node);
  }
  for (const flow of flows) t.strictSame(flow.missing(), []);
});
