// The host's ends of pods' interfaces are kept as they were made.
//
// Kind: somebody changes a pod's device, and the pod is cut off or unknown. Examples: down, another MAC, another MTU, one that is too
// small for IPv6, IPv6 switched off, moved into another namespace and back, put into a bridge, without its alias.
import { parseMac } from 'ip';
import t from 'tap';
import { deleteLink, readSysctl, setLink } from 'rtnetlink';
import { attachPod, type PodInterface } from '../../../loader/network/pod-interface.ts';
import { type HostEnd, podOwnerOf, reconcilePodLinks } from '../../../loader/network/pod-links.ts';
import { linkOf, plugIn, podIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

function createBridge(node: ScratchNode, name: string): void {
  run(node, 'ip', 'link', 'add', name, 'type', 'bridge');
}

function endOf({ owner, mtu, gatewayMac }: PodInterface, ifindex: number): HostEnd {
  return { ifindex, gatewayMac, own: { owner, mtu, hasIpv6: true } };
}

t.test('an end that was set down or given another MAC is mended; one that is gone is not', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const wish = podIn(pod.path, { owner: 'pod shop/web' });
  const { hostIfindex: ifindex } = attachPod(node.socket, wish, () => undefined);
  const end = endOf(wish, ifindex);
  t.same(reconcilePodLinks(node.socket, [end]), []);
  setLink(node.socket, wish.hostInterface, { up: false, mac: '02:00:00:00:00:77' });
  t.same(reconcilePodLinks(node.socket, [end]), [
    { subject: wish.hostInterface, action: 'MAC 02:00:00:00:00:77 became 02:00:00:00:00:fe' },
    { subject: wish.hostInterface, action: 'brought up' },
  ]);
  t.match(linkOf(node, wish.hostInterface), { up: true, mac: wish.gatewayMac });
  t.same(reconcilePodLinks(node.socket, [end]), []);
  createBridge(node, 'br0');
  setLink(node.socket, wish.hostInterface, { master: linkOf(node, 'br0').index, alias: '' });
  t.same(reconcilePodLinks(node.socket, [end]), [
    { subject: wish.hostInterface, action: 'taken out of a bridge' },
    { subject: wish.hostInterface, action: 'alias was set' },
  ]);
  t.match(linkOf(node, wish.hostInterface), { master: undefined, alias: 'heddle:pod shop/web', up: true });
  t.same(reconcilePodLinks(node.socket, [end]), []);
  deleteLink(node.socket, wish.hostInterface);
  t.same(reconcilePodLinks(node.socket, [end]), []);
  t.end();
});

t.test('MTU and IPv6 of an end are as ADD has set them', t => {
  const node = scratchNode(t);
  const elsewhere = scratchNode(t);
  const wish = podIn(scratchNode(t).path, { owner: 'pod shop/web' });
  const { hostIfindex: ifindex } = attachPod(node.socket, wish, () => undefined);
  const name = wish.hostInterface;
  const mend = (): readonly string[] =>
    reconcilePodLinks(node.socket, [endOf(wish, linkOf(node, name).index)]).map(({ action }) => action);
  const ipv6 = (sysctl: string): string =>
    readSysctl(`net/ipv6/conf/${name}/${sysctl}`, { netns: node.socket.netns });
  setLink(node.socket, name, { mtu: 9000 });
  t.strictSame(mend(), [`MTU 9000 became ${wish.mtu}`]);
  setLink(node.socket, name, { mtu: 1200 });
  t.equal(linkOf(node, name).ipv6, undefined, 'too small for IPv6');
  t.strictSame(mend(), [`MTU 1200 became ${wish.mtu}`]);
  mend();
  t.strictSame([ipv6('disable_ipv6'), ipv6('accept_ra')], ['0', '0'], 'IPv6 is back, with its settings');
  t.match(linkOf(node, name).ipv6, { disabled: false, acceptRa: 0, linkLocal: false });
  run(node, 'sysctl', '-qw', `net.ipv6.conf.${name}.disable_ipv6=1`);
  t.strictSame(mend(), ['disable_ipv6 became 0']);
  run(node, 'ip', 'link', 'set', name, 'netns', elsewhere.path);
  run(elsewhere, 'ip', 'link', 'set', name, 'netns', node.path);
  mend();
  t.match(linkOf(node, name), {
    ...{ up: true, mtu: wish.mtu, alias: 'heddle:pod shop/web' },
    ipv6: { disabled: false, acceptRa: 0, linkLocal: false },
  });
  t.strictSame(mend(), []);
  t.ok(ifindex > 0);
  t.end();
});

t.test('an alias that is longer than the kernel takes is whole again', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const owner = `pod ${'n'.repeat(63)}/${'p'.repeat(253)}`;
  const wish = podIn(pod.path, { owner });
  const { hostIfindex: ifindex } = attachPod(node.socket, wish, () => undefined);
  setLink(node.socket, wish.hostInterface, { alias: '' });
  t.match(reconcilePodLinks(node.socket, [endOf(wish, ifindex)]), [{ action: 'alias was set' }]);
  t.equal(podOwnerOf(linkOf(node, wish.hostInterface)), owner);
  t.end();
});

t.test("a caller's own device stays in its bridge, and has no alias of ours", t => {
  const node = scratchNode(t);
  plugIn(node, 'theirs', []);
  createBridge(node, 'br0');
  setLink(node.socket, 'theirs', { master: linkOf(node, 'br0').index });
  const { index: ifindex, mac } = linkOf(node, 'theirs');
  t.same(reconcilePodLinks(node.socket, [{ ifindex, gatewayMac: parseMac(mac ?? '') }]), []);
  t.end();
});
