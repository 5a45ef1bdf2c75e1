// Addresses that netfilter translates on the way, as kube-proxy's rules do: what goes through it comes back through it.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { setRpFilter } from '../../support/node-reach.ts';
import { failuresOf, PROTOCOLS, serveAll, type Attempt } from '../../support/reach.ts';
import { streamArrives } from '../../support/stream.ts';

t.setTimeout(600_000);

/** Service addresses, a backend each. */
const SERVICES = {
  neighbour: { ipv4: '172.20.0.1', ipv6: 'fd20::1' },
  remote: { ipv4: '172.20.0.2', ipv6: 'fd20::2' },
  node: { ipv4: '172.20.0.3', ipv6: 'fd20::3' },
} as const;
/** Addresses of the node's own underlay subnet that stand for a NodePort: one backend here, one elsewhere. */
const NODE_PORTS = { here: '192.168.1.111', elsewhere: '192.168.1.112' } as const;

for (const encapsulation of ['always', 'never'] as const) {
  t.test(`encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { encapsulation });
    const [client, neighbour, remote] = [
      podNamed(lab, 'n1-p1'),
      podNamed(lab, 'n1-p2'),
      podNamed(lab, 'n2-p1'),
    ];
    const [n1, n2] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
    const outside = { ...lab.outside, name: 'outside' };
    await serveAll(t, [neighbour, remote, n2]);
    for (const { netns } of lab.nodes) await setRpFilter(netns, 1);

    const translations = [
      ...toBackend(SERVICES.neighbour, neighbour),
      ...toBackend(SERVICES.remote, remote),
      ...toBackend(SERVICES.node, n2),
      `ip daddr ${NODE_PORTS.here} dnat ip to ${addressOf(neighbour, 'ipv4')}`,
      `ip daddr ${NODE_PORTS.elsewhere} dnat ip to ${addressOf(remote, 'ipv4')}`,
    ];
    await addRules(n1, translations);
    for (const address of Object.values(NODE_PORTS))
      await mustExec(outside, 'ip', 'route', 'replace', `${address}/32`, 'via', '198.51.100.1');
    for (const address of Object.values(NODE_PORTS))
      await mustExec(
        { netns: lab.fabricNetns },
        'ip',
        'route',
        'add',
        `${address}/32`,
        'via',
        addressOf(n1, 'ipv4'),
      );

    for (const [name, addresses] of Object.entries(SERVICES)) {
      await t.test(`a pod asks a Service whose backend is a ${name}`, async t => {
        const attempts = Object.values(addresses).flatMap(to =>
          PROTOCOLS.map(protocol => ({ from: client, to, protocol })),
        );
        t.strictSame(await failuresOf(attempts), []);
      });
    }

    await t.test('the node itself asks Services', async t => {
      const attempts = [SERVICES.neighbour, SERVICES.remote].flatMap(({ ipv4, ipv6 }) =>
        [ipv4, ipv6].map((to): Attempt => ({ from: n1, to, protocol: 'tcp' })),
      );
      t.strictSame(await failuresOf(attempts), []);
    });

    await t.test('a large stream to a remote backend arrives whole', async t => {
      for (const to of Object.values(SERVICES.remote))
        t.ok(await streamArrives(client.netns, remote.netns, to, 16), to);
    });

    for (const [place, to] of Object.entries(NODE_PORTS)) {
      await t.test(`a client outside asks a node for a pod that is ${place}`, async t => {
        t.strictSame(await failuresOf(PROTOCOLS.map(protocol => ({ from: outside, to, protocol }))), []);
      });
    }
  });
}

function toBackend(
  { ipv4, ipv6 }: { readonly ipv4: string; readonly ipv6: string },
  backend: TestHost,
): string[] {
  return [
    `ip daddr ${ipv4} dnat ip to ${addressOf(backend, 'ipv4')}`,
    `ip6 daddr ${ipv6} dnat ip6 to ${addressOf(backend, 'ipv6')}`,
  ];
}

/** Translates as kube-proxy does: on the way in, for what the node itself sends, and with its own address for strangers. */
async function addRules(node: TestHost, translations: readonly string[]): Promise<void> {
  const rules = translations.join('\n    ');
  const table = `table inet services {
  chain in {
    type nat hook prerouting priority dstnat
    ${rules}
  }
  chain local {
    type nat hook output priority -100
    ${rules}
  }
  chain strangers {
    type nat hook postrouting priority 99
    ip saddr 198.51.100.0/24 ct status dnat masquerade
  }
}`;
  await mustExec(node, 'sh', '-c', `echo '${table}' | nft -f -`);
}
