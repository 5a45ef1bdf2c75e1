// A pod that sends as soon as its ADD has been answered loses nothing, also where the kernel takes its time with the pod's queue.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { createBridge, deleteLink, getLink, getLinkCounters, writeSysctl } from 'rtnetlink';
import { parseAddr } from 'ip';
import { attachPod, detachPod } from '../../../loader/network/pod-interface.ts';
import { whenPodCanSend } from '../../../loader/network/pod-queue.ts';
import { until } from '../../support/until.ts';
import { linkOf, podIn, scratchNode, type ScratchNode } from './scratch-node.ts';

const PODS = 6;
/** Waits in the pod's namespace for a line, then sends one datagram, and says so. */
const SENDER = `import socket, sys
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print('waits', flush=True)
for line in sys.stdin:
    out.sendto(b'first', ('10.1.0.99', 9))
    print('sent', flush=True)
`;

/** The index that the namespace's next device gets. */
function nextIndex({ socket }: ScratchNode): number {
  createBridge(socket, { name: 'hd-next' });
  const index = getLink(socket, 'hd-next')?.index ?? 0;
  deleteLink(socket, 'hd-next');
  return index + 1;
}

/**
 * Both ends of the next pair get one index. The kernel takes such a device for one of its own (dev_get_iflink), and puts its
 * queue off for up to a second (linkwatch_urgent_event).
 */
function alignIndexes(one: ScratchNode, other: ScratchNode): void {
  for (let [a, b] = [nextIndex(one), nextIndex(other)]; a !== b;)
    if (a < b) a = nextIndex(one);
    else b = nextIndex(other);
}

/** Of the pod's device: NAPI counts a packet moments after it was sent. */
async function counted(pod: ScratchNode): Promise<readonly [sent: bigint, lost: bigint]> {
  const read = () => {
    const counters = getLinkCounters(pod.socket, linkOf(pod, 'eth0').index);
    return [counters?.txPackets ?? 0n, counters?.txDropped ?? 0n] as const;
  };
  await until(() => read().some(count => count > 0n));
  return read();
}

async function firstPacket(node: ScratchNode, pod: ScratchNode): Promise<unknown> {
  const sender = spawn('nsenter', [`--net=${pod.path}`, 'python3', '-c', SENDER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await once(sender.stdout, 'data');
    alignIndexes(node, pod);
    const wish = podIn(pod.path, { addresses: [parseAddr('10.1.0.5')] });
    const links = attachPod(node.socket, wish, () => undefined);
    await whenPodCanSend(node.socket, links);
    sender.stdin.write('\n');
    await once(sender.stdout, 'data');
    const [sent, lost] = await counted(pod);
    detachPod(node.socket, links.hostIfindex);
    return { indexes: links.hostIfindex - links.podIfindex, sent, lost };
  } finally {
    sender.stdin.end();
    await once(sender, 'exit');
  }
}

t.test(`${PODS} pods, one after the other`, async t => {
  const node = scratchNode(t);
  for (let number = 0; number < PODS; number++) {
    const pod = scratchNode(t);
    // Without IPv6 the datagram is the only packet.
    for (const which of ['all', 'default'])
      writeSysctl(`net/ipv6/conf/${which}/disable_ipv6`, '1', { netns: pod.path });
    t.strictSame(await firstPacket(node, pod), { indexes: 0, sent: 1n, lost: 0n }, `pod ${number}`);
  }
});

t.test('who is gone meanwhile is not waited for', async t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const links = attachPod(node.socket, podIn(pod.path), () => undefined);
  detachPod(node.socket, links.hostIfindex);
  await whenPodCanSend(node.socket, links);
  await whenPodCanSend(node.socket, { ...links, podNetnsId: 4_711 });
  t.equal(getLink(node.socket, links.hostIfindex), undefined);
});
