// A pod's own VXLAN to a pod on another node goes through: what BPF cannot encapsulate leaves by the kernel's vxlan.
import t from 'tap';
import { countedDuring } from '../../support/counters.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { streamArrives } from '../../support/stream.ts';
import { ping } from '../../support/traffic.ts';

t.setTimeout(600_000);

const MEBIBYTES = 16;
const lab = await testLab(t, { podsPerNode: 1 });
const pods = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')] as const;

for (const family of ['ipv4', 'ipv6'] as const) {
  for (const port of [8472, 4790]) {
    t.test(`${family} around it, port ${port}`, async t => {
      const inner = ['172.30.0.1', '172.30.0.2'] as const;
      for (const [i, pod] of pods.entries()) {
        const remote = addressOf(pods[i === 0 ? 1 : 0], family);
        const link = ['type', 'vxlan', 'id', '42', 'remote', remote, 'dstport', String(port), 'dev', 'eth0'];
        const sums = family === 'ipv6' ? ['udp6zerocsumrx'] : [];
        await mustExec(pod, 'ip', 'link', 'add', 'own', ...link, ...sums);
        await mustExec(pod, 'ip', 'address', 'add', `${inner[i] ?? ''}/24`, 'dev', 'own');
        await mustExec(pod, 'ip', 'link', 'set', 'own', 'up');
      }
      t.teardown(async () => {
        for (const pod of pods) await mustExec(pod, 'ip', 'link', 'delete', 'own');
      });
      t.ok(await ping(pods[0].netns, inner[1]));
      const byKernel = await countedDuring(lab, 'n1', 'pod_tx REDIRECT_KERNEL', async () => {
        t.ok(
          await streamArrives(pods[0].netns, pods[1].netns, inner[1], MEBIBYTES),
          'a large stream arrives whole',
        );
      });
      t.ok(byKernel > 0, 'the kernel encapsulated what is a tunnel already');
      t.ok(await streamArrives(pods[1].netns, pods[0].netns, inner[0], MEBIBYTES), 'and back');
    });
  }
}
