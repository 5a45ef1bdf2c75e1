// Policy and what netfilter translates: policy of the pods is checked, at both ends, never of a virtual address.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { Probe } from '../../support/probe/probe.ts';
import { FAMILIES, openWays, PROTOCOLS, type Way } from '../../support/probe/ways.ts';
import { eventually } from '../../support/until.ts';

t.setTimeout(600_000);

const PORT = 8080;
const HOST_PORT = 30_080;
const SERVICE = { ipv4: '172.20.0.1', ipv6: 'fd20::1' } as const;
const TIMEOUT_MS = 400;

const lab = await testLab(t);
const [n1, n2] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
const [server, beside, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const outside: TestHost = { ...lab.outside, name: 'outside' };
const probe = new Probe();
t.teardown(() => probe.close());
await probe.serve(
  FAMILIES.flatMap(family =>
    PROTOCOLS.map(protocol => ({
      netns: server.netns,
      protocol,
      address: addressOf(server, family),
      port: PORT,
    })),
  ),
);
for (const node of [n1, n2]) await translate(node);

/** As kube-proxy and portmap do: a Service's address, and a port of the node, where strangers become the node. */
async function translate(node: TestHost): Promise<void> {
  const rules = [
    `ip daddr ${SERVICE.ipv4} meta l4proto { tcp, udp } dnat ip to ${addressOf(server, 'ipv4')}`,
    `ip6 daddr ${SERVICE.ipv6} meta l4proto { tcp, udp } dnat ip6 to ${addressOf(server, 'ipv6')}`,
    `ip daddr ${addressOf(node, 'ipv4')} meta l4proto { tcp, udp } th dport ${HOST_PORT} dnat ip to ${addressOf(server, 'ipv4')}:${PORT}`,
    `ip6 daddr ${addressOf(node, 'ipv6')} meta l4proto { tcp, udp } th dport ${HOST_PORT} dnat ip6 to [${addressOf(server, 'ipv6')}]:${PORT}`,
  ];
  const table = `table inet services {
  chain in {
    type nat hook prerouting priority dstnat
    ${rules.join('\n    ')}
  }
  chain strangers {
    type nat hook postrouting priority 99
    ip saddr 198.51.100.0/24 ct status dnat masquerade
    ip6 saddr 2001:db8:100::/64 ct status dnat masquerade
  }
}`;
  await mustExec(node, 'sh', '-c', `echo '${table}' | nft -f -`);
}

const WAYS: readonly Way[] = [
  { name: 'a pod beside, by the Service', from: beside, to: family => SERVICE[family], port: PORT },
  { name: 'a pod elsewhere, by the Service', from: far, to: family => SERVICE[family], port: PORT },
  {
    name: 'outside, by the port of its node',
    ...{ from: outside, to: family => addressOf(n1, family), port: HOST_PORT },
  },
  {
    name: 'outside, by the port of another node',
    ...{ from: outside, to: family => addressOf(n2, family), port: HOST_PORT },
  },
];

const waysFound = (): Promise<readonly string[]> => openWays(probe, WAYS, TIMEOUT_MS);

function admit(from: readonly object[]): void {
  writePolicy(lab, 'server', {
    podSelector: podsNamed(server.name),
    policyTypes: ['Ingress'],
    ingress: [{ from, ports: PROTOCOLS.map(protocol => ({ protocol, port: PORT })) }],
  });
}

const ALL = WAYS.map(({ name }) => name);
const [BESIDE = '', FAR = '', HERE = '', ELSEWHERE = ''] = ALL;

t.test('without policy every way is open', async t => {
  t.strictSame(await eventually(waysFound, ALL), ALL);
});

t.test('an isolated pod is reached by none', async t => {
  writePolicy(lab, 'server', { podSelector: podsNamed(server.name), policyTypes: ['Ingress'] });
  t.strictSame(await eventually(waysFound, []), []);
});

t.test('who is admitted as a pod is so by the Service too, and nobody else', async t => {
  admit([{ podSelector: podsNamed(beside.name) }]);
  t.strictSame(await eventually(waysFound, [BESIDE]), [BESIDE]);
  admit([{ podSelector: podsNamed(far.name) }]);
  t.strictSame(await eventually(waysFound, [FAR]), [FAR]);
});

t.test(
  'a client outside is evaluated by its own address on the node of the pod, and by that of the node it asked elsewhere',
  async t => {
    admit(outside.addresses.map(address => ({ ipBlock: { cidr: hostPrefix(address) } })));
    t.strictSame(await eventually(waysFound, [HERE]), [HERE]);
    admit(n2.addresses.map(address => ({ ipBlock: { cidr: hostPrefix(address) } })));
    t.strictSame(await eventually(waysFound, [ELSEWHERE]), [ELSEWHERE]);
    removeObject(lab, 'server');
  },
);

t.test('egress is evaluated by the pod behind a Service, and by its port', async t => {
  const egress = (name: string, port: number): void => {
    writePolicy(lab, 'client', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ podSelector: podsNamed(name) }], ports: PROTOCOLS.map(protocol => ({ protocol, port })) },
      ],
    });
  };
  const [fromOutside, fromPods] = [ALL.slice(2), ALL.slice(0, 2)];
  egress(server.name, PORT);
  t.strictSame(await eventually(waysFound, [...fromPods, ...fromOutside]), [...fromPods, ...fromOutside]);
  egress(server.name, PORT + 1);
  t.strictSame(await eventually(waysFound, fromOutside), fromOutside);
  egress(far.name, PORT);
  t.strictSame(await eventually(waysFound, fromOutside), fromOutside);
  removeObject(lab, 'client');
});

function hostPrefix(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
