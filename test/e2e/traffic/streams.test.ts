// Large TCP streams arrive whole, whichever offloads the devices on their way have.
import t from 'tap';
import { addressOf, mustExec, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { streamArrives } from '../../support/stream.ts';

t.setTimeout(600_000);

const MEBIBYTES = 24;

async function setOffloads(parties: readonly TestHost[], state: 'on' | 'off'): Promise<void> {
  for (const party of parties)
    await mustExec(party, 'ethtool', '-K', 'eth0', 'tso', state, 'gso', state, 'gro', state);
}

for (const encapsulation of ['always', 'never'] as const) {
  t.test(`encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { podsPerNode: 2, encapsulation });
    const [from, to, neighbour] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1'), podNamed(lab, 'n1-p2')];
    for (const [pods, nodes] of [
      ['on', 'on'],
      ['on', 'off'],
      ['off', 'on'],
      ['off', 'off'],
    ] as const) {
      await t.test(`offloads of pods ${pods}, of the underlay ${nodes}`, async t => {
        await setOffloads(lab.pods, pods);
        await setOffloads(lab.nodes, nodes);
        for (const family of ['ipv4', 'ipv6'] as const) {
          t.ok(
            await streamArrives(from.netns, to.netns, addressOf(to, family), MEBIBYTES),
            `${family}, other node`,
          );
          t.ok(
            await streamArrives(to.netns, from.netns, addressOf(from, family), MEBIBYTES),
            `${family}, and back`,
          );
        }
        t.ok(
          await streamArrives(from.netns, neighbour.netns, addressOf(neighbour, 'ipv4'), MEBIBYTES),
          'same node',
        );
      });
    }
  });
}

t.test('between a node and a remote pod, and to a host outside', async t => {
  const lab = await testLab(t, { podsPerNode: 1 });
  const [pod, [node]] = [podNamed(lab, 'n2-p1'), lab.nodes];
  if (node === undefined) throw new Error('the lab has nodes');
  const outside = { ...lab.outside, name: 'outside' };
  for (const family of ['ipv4', 'ipv6'] as const) {
    t.ok(
      await streamArrives(node.netns, pod.netns, addressOf(pod, family), MEBIBYTES),
      `${family}, node to pod`,
    );
    t.ok(
      await streamArrives(pod.netns, node.netns, addressOf(node, family), MEBIBYTES),
      `${family}, pod to node`,
    );
    t.ok(
      await streamArrives(pod.netns, outside.netns, addressOf(outside, family), MEBIBYTES),
      `${family}, pod to outside`,
    );
  }
});
