// Cleanup removes every trace of ours, and nothing else's.
import { parseAddr, parseCidr, parseMac } from 'ip';
import t from 'tap';
import { addRoute, createVeth, createVxlan, listLinks, listRoutes, setLink } from 'rtnetlink';
import { cleanNetwork } from '../../../loader/network/cleanup.ts';
import { reconcileFirewall } from '../../../loader/network/firewall.ts';
import { reconcileHostRoutes } from '../../../loader/network/host-routes.ts';
import { reconcileMasquerade } from '../../../loader/network/masquerade.ts';
import { createNft } from '../../../loader/network/nft.ts';
import {
  type OverlayDevice,
  prepareOverlayDevice,
  setOverlayDeviceUp,
} from '../../../loader/network/overlay-device.ts';
import type { OverlayKind } from '../../../loader/network/overlay-link.ts';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { plugIn, podIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

/** Everything that `ip` and `nft` show, without what counts packets or time. */
function everything(node: ScratchNode): string {
  const show = (...words: string[]) => run(node, 'ip', ...words);
  return [
    show('-br', 'link'),
    show('-br', 'addr'),
    show('route', 'show', 'table', 'all'),
    show('-6', 'route', 'show', 'table', 'main'),
    show('neigh', 'show', 'nud', 'permanent'),
    run(node, 'nft', '-s', 'list', 'ruleset'),
  ].join('\n');
}

async function install(node: ScratchNode, podNetns: string, kind: OverlayKind): Promise<void> {
  const nft = createNft(node.path);
  const own = ['10.1.0.0/24', 'fd00:1::/64'].map(parseCidr);
  const device: OverlayDevice = {
    name: 'heddle0',
    kind,
    port: 4789,
    mac: parseMac('02:00:00:00:00:aa'),
    mtu: 1430,
    addresses: [parseAddr('10.1.0.0'), parseAddr('fd00:1::')],
  };
  createVxlan(node.socket, { name: 'hdprobe0', external: true, port: 1 }); // of a probe that was killed
  const { ifindex } = prepareOverlayDevice(node.socket, device);
  setOverlayDeviceUp(node.socket, device);
  const routes = [
    ...own.map(destination => ({ destination })),
    { destination: parseCidr('10.2.0.0/24'), ifindex, mtu: 1430 },
  ];
  reconcileHostRoutes(node.socket, routes, 104);
  attachPod(node.socket, podIn(podNetns), () => undefined);
  await reconcileMasquerade(nft, { uplinks: ['up0'], ownCidrs: own, clusterCidrs: own, vxlanPort: 4789 });
  await reconcileFirewall(nft, { ownCidrs: own });
}

for (const kind of ['vxlan', 'veth'] as const)
  t.test(`${kind}: a node is afterwards as it was before, and a second cleanup finds nothing`, async t => {
    const node = scratchNode(t);
    const pod = scratchNode(t);
    plugIn(node, 'up0', ['192.168.7.1/24', 'fd07::1/64']);
    run(node, 'iptables', '-P', 'FORWARD', 'DROP');
    const before = everything(node);
    await install(node, pod.path, kind);
    t.not(everything(node), before);
    const nft = createNft(node.path);
    const subjects = (await cleanNetwork(node.socket, nft)).map(({ subject }) => subject);
    t.equal(everything(node), before);
    for (const subject of ['heddle0', 'hd0123456789a', 'route to 10.2.0.0/24', 'nftables table heddle'])
      t.ok(subjects.includes(subject), subject);
    t.same(await cleanNetwork(node.socket, nft), []);
    t.same(
      listLinks(pod.socket).map(link => link.name),
      ['lo'],
    );
  });

t.test('what only looks like ours stays: names, aliases and routes of others', async t => {
  const node = scratchNode(t);
  const { index } = plugIn(node, 'up0', ['192.168.7.1/24']);
  createVeth(node.socket, { name: 'hdmi0', peer: { name: 'heddle7' } });
  createVeth(node.socket, { name: 'br-x', peer: { name: 'br-y' } });
  setLink(node.socket, 'br-x', { alias: 'heddle:not-a-pod' });
  createVeth(node.socket, { name: 'heddle0', peer: { name: 'z' } });
  addRoute(node.socket, {
    destination: { address: '10.2.0.0', prefixLength: 24 },
    index,
    via: '192.168.7.2',
  });
  const before = everything(node);
  t.same(await cleanNetwork(node.socket, createNft(node.path)), []);
  t.equal(everything(node), before);
  t.equal(listRoutes(node.socket, { protocol: 4 }).length, 1);
});
