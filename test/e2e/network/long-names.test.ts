// Names of the greatest lengths that Kubernetes allows: the interface is made, and says whose it is.
import t from 'tap';
import { getLink } from 'rtnetlink';
import { attachPod, detachPod } from '../../../loader/network/pod-interface.ts';
import { podOwnerOf } from '../../../loader/network/pod-links.ts';
import { podIn, scratchNode } from './scratch-node.ts';

const NAMESPACE = 'n'.repeat(63);

for (const [what, owner] of [
  ['a namespace and a pod of 63 and 253 characters', `pod ${NAMESPACE}/${'p'.repeat(253)}`],
  ['a pod of dots', `pod ${NAMESPACE}/${'p.'.repeat(126)}p`],
  ['the longest that fits into the alias', `pod ${NAMESPACE}/${'p'.repeat(179)}`],
  ['one character more', `pod ${NAMESPACE}/${'p'.repeat(180)}`],
  ['a container of 128 characters', `container ${'c'.repeat(128)}`],
] as const)
  t.test(what, t => {
    const node = scratchNode(t);
    const pod = scratchNode(t);
    const links = attachPod(node.socket, { ...podIn(pod.path), owner }, () => undefined);
    const link = getLink(node.socket, links.hostIfindex);
    t.ok((link?.alias?.length ?? 0) <= 255);
    t.equal(link && podOwnerOf(link), owner);
    detachPod(node.socket, podIn(pod.path).hostInterface);
    attachPod(node.socket, { ...podIn(pod.path), owner }, () => undefined);
    t.pass('and once more after it went');
    t.end();
  });

t.test('two of one long name, as a pod and its next sandbox are for a moment', t => {
  const node = scratchNode(t);
  const owner = `pod ${NAMESPACE}/${'p'.repeat(253)}`;
  const names = ['hd0123456789a', 'hd0123456789b'];
  for (const hostInterface of names)
    attachPod(node.socket, { ...podIn(scratchNode(t).path), owner, hostInterface }, () => undefined);
  for (const name of names) {
    const link = getLink(node.socket, name);
    t.equal(link && podOwnerOf(link), owner);
  }
  t.end();
});
