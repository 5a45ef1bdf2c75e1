// kube-proxy beside us, in both of its modes: Services and node ports work for pods on every path, and policy judges the
// backend's pod, never the Service's address.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { writeServiceRules, type ServiceRules } from '../../../lab/kube-proxy.ts';
import { addressOf, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { failuresOf, serveAll, type Attempt } from '../../support/reach.ts';
import { eventually } from '../../support/until.ts';

t.setTimeout(600_000);

const PORT = 7007;
const FAMILIES = ['ipv4', 'ipv6'] as const;
const POD_RANGE = { ipv4: '10.244.0.0/16', ipv6: 'fd00:244::/48' } as const;
/** Of two backends, so many attempts miss one of them once in a million runs. */
const OFTEN = 20;
/** Of questions that nobody may answer. */
const REFUSED_MS = 1_500;

const SERVICES = {
  /** A pod on either node. */
  web: { ipv4: '10.96.0.10', ipv6: 'fd96::10' },
  /** The client alone. */
  self: { ipv4: '10.96.0.11', ipv6: 'fd96::11' },
} as const;

for (const [mode, encapsulation] of [
  ['iptables', 'always'],
  ['nftables', 'never'],
] as const)
  t.test(`${mode}, encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { encapsulation });
    const [client, near, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
    const n1 = nodeNamed(lab, 'n1');
    const outside: TestHost = { ...lab.outside, name: 'outside' };
    await serveAll(t, [client, near, far]);
    const rules = FAMILIES.flatMap(family => {
      const more = { family, port: PORT, podRange: POD_RANGE[family] };
      const [first, second, own] = [near, far, client].map(party => addressOf(party, family));
      return [
        { ...more, clusterIp: SERVICES.web[family], nodePort: PORT, backends: [first, second] },
        { ...more, clusterIp: SERVICES.self[family], nodePort: PORT + 1, backends: [own] },
      ] as ServiceRules[];
    });
    for (const node of lab.nodes) await writeServiceRules(node, mode, rules);

    const attempts = (from: TestHost, to: (family: 'ipv4' | 'ipv6') => string, times = 1): Attempt[] =>
      Array.from({ length: times }, () =>
        FAMILIES.flatMap(family =>
          (['tcp', 'udp'] as const).map(protocol => ({ from, to: to(family), protocol })),
        ),
      ).flat();
    const toWeb = attempts(client, family => SERVICES.web[family], OFTEN);

    await t.test('a pod asks a Service with backends on both nodes', async t => {
      t.strictSame(await failuresOf(toWeb), []);
    });
    await t.test('a pod asks a Service that leads back to itself', async t => {
      t.strictSame(await failuresOf(attempts(client, family => SERVICES.self[family])), []);
    });
    await t.test('a node asks a Service', async t => {
      t.strictSame(await failuresOf(attempts(n1, family => SERVICES.web[family], OFTEN)), []);
    });
    await t.test('outside asks the port of a node', async t => {
      t.strictSame(await failuresOf(attempts(outside, family => addressOf(n1, family), OFTEN)), []);
    });
    await t.test('policy of the backends holds, and nothing is said of the Service', async t => {
      for (const backend of [near, far])
        writePolicy(lab, `closed-${backend.name}`, {
          podSelector: podsNamed(backend.name),
          policyTypes: ['Ingress'],
        });
      const refused = async (): Promise<number> => (await failuresOf(toWeb, REFUSED_MS)).length;
      t.equal(await eventually(refused, toWeb.length), toWeb.length, 'both refuse');
      for (const backend of [near, far])
        writePolicy(lab, `closed-${backend.name}`, {
          podSelector: podsNamed(backend.name),
          ingress: [{ from: [{ podSelector: podsNamed(client.name) }] }],
        });
      t.equal(await eventually(refused, 0), 0, 'both admit the client by its own labels');
      for (const backend of [near, far]) removeObject(lab, `closed-${backend.name}`);
    });
  });
