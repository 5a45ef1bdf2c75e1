// ICMP errors of a pod about flows of its node: those that it has a part in are heard, whatever policy says, and no other.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { gatewayMac } from '../../../../loader/model/derived-macs.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../../support/lab.ts';
import { podsNamed, writeObject } from '../../../support/lab-policy.ts';
import { heddlectlJson } from '../../../support/heddlectl.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { nodeWithAllAddresses } from '../../../support/node-reach.ts';
import { bare, eth, type Packet } from '../../../support/packet/packet.ts';
import { until } from '../../../support/until.ts';
import { eachIsDropped } from './row.ts';

t.setTimeout(300_000);

const OUTSIDE = { ipv4: '198.51.100.2', ipv6: '2001:db8:100::2' } as const;
const [ASKED_FROM, ASKED] = [40_123, 9_999];
const FORGED_MTU = { ipv4: 600, ipv6: 1290 } as const;

const lab = await testLab(t, { podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const attacker = podNamed(lab, 'n1-p1');
const counters = nodeCounters(t, node);
writeObject(lab, 'no-node', {
  ...{ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy' },
  metadata: { name: 'no-node' },
  spec: {
    ...{
      tier: 'Admin',
      priority: 1,
      subject: { pods: { namespaceSelector: {}, podSelector: podsNamed('n1-p1') } },
    },
    egress: [{ action: 'Deny', to: [{ nodes: {} }, { networks: ['0.0.0.0/0', '::/0'] }] }],
  },
});
const inForce = async (): Promise<boolean> =>
  ((await heddlectlJson('--lab', lab.options.name, '--node', 'n1', 'policy', 'list')) as unknown[]).length ===
  1;
t.ok(await until(inForce), 'the policy is known');

/** Of the node's own address on the uplink, by which it asks. */
function askerOf(family: 'ipv4' | 'ipv6'): string {
  const prefix = family === 'ipv4' ? '192.168.' : 'fd00:168:';
  return nodeWithAllAddresses(node).addresses.find(address => address.startsWith(prefix)) ?? '';
}

async function ask(to: string, from: string): Promise<void> {
  const script = `import socket,sys
s=socket.socket(socket.AF_INET6 if ':' in '${to}' else socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('${from}',${ASKED_FROM})); s.sendto(b'question',('${to}',${ASKED}))`;
  await mustExec(node, 'python3', '-c', script);
}

interface ForgedError {
  readonly title: string;
  readonly ipv4: { readonly type: number; readonly code?: number; readonly rest?: number };
  readonly ipv6: { readonly type: number; readonly code?: number; readonly rest?: number };
}

const ERRORS: readonly ForgedError[] = [
  {
    title: 'too big',
    ipv4: { type: 3, code: 4, rest: FORGED_MTU.ipv4 },
    ipv6: { type: 2, rest: FORGED_MTU.ipv6 },
  },
  { title: 'port unreachable', ipv4: { type: 3, code: 3 }, ipv6: { type: 1, code: 4 } },
  { title: 'hop limit exceeded', ipv4: { type: 11 }, ipv6: { type: 3 } },
  { title: 'parameter problem', ipv4: { type: 12 }, ipv6: { type: 4, code: 1 } },
];

function forged(family: 'ipv4' | 'ipv6', error: ForgedError, quoted: Packet): Packet {
  const ip = bare().ip(addressOf(attacker, family), askerOf(family));
  return (family === 'ipv4' ? ip.icmp(error.ipv4) : ip.icmpv6(error.ipv6)).with(quoted);
}

for (const family of ['ipv4', 'ipv6'] as const)
  t.test(`${family}: an error about the node's flow with somebody else is dropped`, async t => {
    const sender = await frameSender(t, attacker.netns, 'eth0');
    const ethernet = eth(await macOf(attacker, 'eth0'), gatewayMac('n1'));
    const others = { outside: OUTSIDE[family], 'a remote pod': addressOf(podNamed(lab, 'n2-p1'), family) };
    for (const [whom, other] of Object.entries(others)) {
      await ask(other, askerOf(family));
      const quoted = bare().ip(askerOf(family), other).udp(ASKED_FROM, ASKED, 'question');
      const rows = ERRORS.map(error => ({
        title: `${error.title}, about a flow with ${whom}`,
        packets: [ethernet.with(forged(family, error, quoted))],
        drops: ['input DROP_POLICY_EGRESS × 1'],
      }));
      await eachIsDropped(t, rows, { sender, counters });
      const route = await mustExec(node, 'ip', 'route', 'get', other);
      t.notMatch(route, `mtu ${FORGED_MTU[family]}`, 'the node has learned nothing of it');
    }
  });

t.test('an error about what the node asks the pod itself is heard', async t => {
  const script = `import socket,time
s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('${addressOf(attacker, 'ipv4')}',9))
for i in range(100):
    try: s.send(b'question')
    except ConnectionRefusedError: print('refused'); break
    time.sleep(.1)`;
  t.match(await mustExec(node, 'python3', '-c', script), 'refused');
});
