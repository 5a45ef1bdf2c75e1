// The host's ends of pods' interfaces are kept up and with their MAC.
import t from 'tap';
import { deleteLink, setLink } from 'rtnetlink';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { reconcilePodLinks } from '../../../loader/network/pod-links.ts';
import { linkOf, podIn, scratchNode } from './scratch-node.ts';

t.test('an end that was set down or given another MAC is mended; one that is gone is not', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const wish = podIn(pod.path);
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
  deleteLink(node.socket, wish.hostInterface);
  t.same(reconcilePodLinks(node.socket, [end]), []);
  t.end();
});
