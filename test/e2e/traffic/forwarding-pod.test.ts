// A pod that forwards what the overlay brought it back into the overlay: a proxy by NAT.
import t from 'tap';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { streamArrives } from '../../support/stream.ts';
import { startEcho, ask } from '../../support/traffic.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 3, podsPerNode: 1 });
const [client, proxy, server] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1'), podNamed(lab, 'n3-p1')];
await mustExec(proxy, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');

/** The proxy hands everything it is asked by TCP and UDP to the server, under its own address. */
const RULES = `
table inet proxy {
  chain in {
    type nat hook prerouting priority dstnat
    meta nfproto ipv4 meta l4proto { tcp, udp } dnat ip to ${addressOf(server, 'ipv4')}
    meta nfproto ipv6 meta l4proto { tcp, udp } dnat ip6 to ${addressOf(server, 'ipv6')}
  }
  chain out {
    type nat hook postrouting priority srcnat
    masquerade
  }
}`;
await mustExec(proxy, 'sh', '-c', `echo '${RULES}' | nft -f -`);
const echo = await startEcho(server.netns);
t.teardown(() => echo.stop());

for (const family of ['ipv4', 'ipv6'] as const) {
  t.test(`${family}: the server sees the proxy, and the client its answer`, async t => {
    for (const protocol of ['tcp', 'udp'] as const)
      t.equal(
        await ask(client.netns, { protocol, to: addressOf(proxy, family) }),
        addressOf(proxy, family),
        protocol,
      );
  });

  t.test(`${family}: a large stream goes through the proxy whole`, async t => {
    t.ok(await streamArrives(client.netns, server.netns, addressOf(proxy, family), 16));
  });
}
