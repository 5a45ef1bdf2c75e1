// The host's ends of pods' interfaces are kept as they were made.
//
// Kind: somebody changes a pod's device, and the pod is cut off or unknown. Examples: down, another MAC, put into a bridge, without
// its alias.
import { parseMac } from 'ip';
import t from 'tap';
import { deleteLink, setLink } from 'rtnetlink';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { podOwnerOf, reconcilePodLinks } from '../../../loader/network/pod-links.ts';
import { linkOf, plugIn, podIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

function createBridge(node: ScratchNode, name: string): void {
  run(node, 'ip', 'link', 'add', name, 'type', 'bridge');
}

t.test('an end that was set down or given another MAC is mended; one that is gone is not', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const wish = podIn(pod.path, { owner: 'pod shop/web' });
  const { hostIfindex: ifindex } = attachPod(node.socket, wish, () => undefined);
  const end = { ...wish, ifindex };
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

t.test('an alias that is longer than the kernel takes is whole again', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const owner = `pod ${'n'.repeat(63)}/${'p'.repeat(253)}`;
  const wish = podIn(pod.path, { owner });
  const { hostIfindex: ifindex } = attachPod(node.socket, wish, () => undefined);
  setLink(node.socket, wish.hostInterface, { alias: '' });
  t.match(reconcilePodLinks(node.socket, [{ ...wish, ifindex }]), [{ action: 'alias was set' }]);
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
