// The kernel's own vxlan, with nothing of Heddle around it, is a node like any other: both speak what RFC 7348 says.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { addKernelPeer } from '../../support/kernel-peer.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { eachWay, failuresOf, serveAll } from '../../support/reach.ts';
import { streamArrives } from '../../support/stream.ts';
import { pingedUntil } from '../../support/traffic.ts';

const FAMILIES = ['ipv4', 'ipv6'] as const;
const MEBIBYTES = 16;

for (const outer of FAMILIES) {
  t.test(`a kernel vxlan peer over ${outer}`, async t => {
    const lab = await testLab(t, { nodes: 1, podsPerNode: 1 });
    const pod = podNamed(lab, 'n1-p1');
    const peer = await addKernelPeer(lab, outer);
    const node = { ...nodeNamed(lab, 'n1'), addresses: ['10.244.1.1', 'fd00:244:0:1::1'] };
    await serveAll(t, [pod, peer, node]);
    t.ok(
      await pingedUntil(true, pod.netns, addressOf(peer, 'ipv4')),
      'the pod reaches the peer once it is announced',
    );

    const pairs = [
      [pod, peer],
      [peer, pod],
      [node, peer],
      [peer, node],
    ] as const;
    const attempts = pairs.flatMap(([from, to]) => eachWay(from, to, FAMILIES));
    t.strictSame(
      await failuresOf(attempts),
      [],
      'either end opens TCP, UDP and ICMP, and sees whom it speaks with',
    );
    for (const family of FAMILIES) {
      const [here, there] = [addressOf(pod, family), addressOf(peer, family)];
      t.ok(await streamArrives(pod.netns, peer.netns, there, MEBIBYTES), `large TCP to the peer, ${family}`);
      t.ok(await streamArrives(peer.netns, pod.netns, here, MEBIBYTES), `large TCP from the peer, ${family}`);
    }
  });
}
