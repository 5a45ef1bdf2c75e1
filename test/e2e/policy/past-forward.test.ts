// What reaches a pod's device past netfilter's FORWARD (others' redirects) has no entry that forward admitted, and is checked there.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { countersOf } from '../../support/counters.ts';
import { listen } from '../../support/datagram-listener.ts';
import { addressOf, mustExec, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { manifestsRead } from '../../support/manifests-read.ts';
import { eventually } from '../../support/until.ts';

t.setTimeout(120_000);

const PORT = 7777;
const VIP = '198.18.0.9';

const lab = await testLab(t, { families: 'ipv4' });
const n1 = nodeNamed(lab, 'n1');
const [server, beside] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const outside: TestHost = { ...lab.outside, name: 'outside' };
const listener = await listen(t, server.netns, PORT);

/** The host-side device of a pod, by its route. */
async function deviceOf(pod: TestHost): Promise<string> {
  const stdout = await mustExec(n1, 'ip', '-o', 'route', 'get', addressOf(pod, 'ipv4'));
  return / dev (\S+)/.exec(stdout)?.[1] ?? '';
}

async function uplinkOf(node: TestHost): Promise<string> {
  const stdout = await mustExec(node, 'ip', '-o', 'address', 'show', 'to', addressOf(node, 'ipv4'));
  return /^\d+: ([^@\s]+)/.exec(stdout)?.[1] ?? '';
}

const [toServer, fromBeside, uplink] = [await deviceOf(server), await deviceOf(beside), await uplinkOf(n1)];

/** nft's fwd at a device's ingress: DNAT of a kind, then out of the pod's device, past all of IP. */
function forwardedAt(chain: string, device: string, asked: string): string {
  const address = addressOf(server, 'ipv4');
  return `chain ${chain} { type filter hook ingress device "${device}" priority 0;
    ip daddr ${asked} udp dport ${PORT} ip daddr set ${address} fwd ip to ${address} device "${toServer}"; }`;
}
await mustExec(
  n1,
  'nft',
  `table netdev past { ${forwardedAt('far', uplink, addressOf(n1, 'ipv4'))}
  ${forwardedAt('near', fromBeside, VIP)}
}`,
);

async function say(from: TestHost, to: string, word: string): Promise<void> {
  const send = `require('node:dgram').createSocket('udp4').send('${word}', ${PORT}, '${to}', () => process.exit())`;
  await mustExec(from, process.execPath, '-e', send);
}

async function dropped(direction: 'INGRESS' | 'EGRESS'): Promise<number> {
  return (await countersOf(lab, 'n1')).get(`pod_rx DROP_POLICY_${direction}`) ?? 0;
}

const WAYS = [
  ['outside', outside, addressOf(n1, 'ipv4')],
  ['a pod beside', beside, VIP],
] as const;

for (const [who, from, to] of WAYS) {
  t.test(`what ${who} sends past FORWARD arrives while nothing selects the pod`, async t => {
    await say(from, to, `${who}: open`);
    t.ok(await listener.hears(`${who}: open`));
  });

  t.test(`and is dropped when the pod is isolated`, async t => {
    writePolicy(lab, 'closed', { podSelector: podsNamed(server.name), policyTypes: ['Ingress'] });
    await manifestsRead(lab, n1);
    const before = await dropped('INGRESS');
    await say(from, to, `${who}: closed`);
    t.equal(await eventually(() => dropped('INGRESS'), before + 1), before + 1);
    t.notOk(listener.heard.includes(`${who}: closed`));
    removeObject(lab, 'closed');
    await manifestsRead(lab, n1);
  });
}

t.test('egress of the sender is evaluated too', async t => {
  writePolicy(lab, 'silent', { podSelector: podsNamed(beside.name), policyTypes: ['Egress'] });
  await manifestsRead(lab, n1);
  await say(beside, VIP, 'silent');
  t.equal(await eventually(() => dropped('EGRESS'), 1), 1);
  t.notOk(listener.heard.includes('silent'));
});
