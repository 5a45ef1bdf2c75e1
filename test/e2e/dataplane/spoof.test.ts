// A pod sends only as itself, and nobody but a node sends as a node: what lies is dropped, and counted for its cause.
import t from 'tap';
import { execIn } from '../../../lab/exec.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { countedDuring } from '../../support/counters.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { sendDatagram, sendForged } from '../../support/forge.ts';
import { ping } from '../../support/traffic.ts';

t.setTimeout(90_000);

const lab = await testLab(t, { podsPerNode: 1 });
const [pod, target] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
const n1 = nodeNamed(lab, 'n1');
const n2 = nodeNamed(lab, 'n2');

t.test('a pod that borrows an address is not heard', async t => {
  for (const [address, to] of [
    ['10.244.2.77/32', addressOf(target, 'ipv4')],
    ['fd00:244:0:2::77/128', addressOf(target, 'ipv6')],
  ] as const) {
    await mustExec(
      pod,
      'ip',
      'address',
      'add',
      address,
      'dev',
      'eth0',
      ...(to.includes(':') ? ['nodad'] : []),
    );
    const source = address.replace(/\/.*/, '');
    const dropped = await countedDuring(lab, 'n1', 'pod_tx DROP_SOURCE_ADDRESS', async () => {
      t.notOk(await ping(pod.netns, to, ['-I', source]), `${source} is not answered`);
    });
    t.ok(dropped >= 1, `${source} is counted`);
    await mustExec(pod, 'ip', 'address', 'del', address, 'dev', 'eth0');
  }
  t.ok(await ping(pod.netns, addressOf(target, 'ipv4')), 'and as itself it is heard again');
});

t.test('a pod that borrows a MAC is not heard', async t => {
  const other = await addTestPod(lab, 'n1', 2);
  await mustExec(other, 'ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:99');
  const dropped = await countedDuring(lab, 'n1', 'pod_tx DROP_SOURCE_MAC', async () => {
    t.notOk(await ping(other.netns, addressOf(target, 'ipv4')));
  });
  t.ok(dropped >= 1);
});

t.test('a pod cannot speak VXLAN to a node', async t => {
  for (const node of [n1, n2]) {
    const dropped = await countedDuring(lab, 'n1', 'pod_tx DROP_POD_TUNNEL', async () => {
      await sendDatagram(pod.netns, addressOf(node, 'ipv4'), Buffer.from('tunnel'));
      await sendDatagram(pod.netns, addressOf(node, 'ipv6'), Buffer.from('tunnel'));
    });
    t.equal(dropped, 2, `to ${node.name}`);
  }
});

t.test('VXLAN from a host that is no node is dropped at the uplink', async t => {
  const dropped = await countedDuring(lab, 'n1', 'uplink_rx DROP_TUNNEL_SOURCE', () =>
    sendForged({
      netns: lab.outside.netns,
      remote: addressOf(n1, 'ipv4'),
      vni: 1,
      from: '10.244.2.2',
      to: addressOf(pod, 'ipv4'),
    }),
  );
  t.ok(dropped >= 1);
});

t.test(
  'VXLAN of a node is dropped when its VNI is unknown or its inner source belongs to another',
  async t => {
    for (const [verdict, vni, from] of [
      ['DROP_TUNNEL_VNI', 99, '10.244.2.77'],
      ['DROP_TUNNEL_INNER_SOURCE', 1, '10.244.1.77'],
    ] as const) {
      const dropped = await countedDuring(lab, 'n1', `uplink_rx ${verdict}`, () =>
        sendForged({ netns: n2.netns, remote: addressOf(n1, 'ipv4'), vni, from, to: addressOf(pod, 'ipv4') }),
      );
      t.equal(dropped, 1, verdict);
    }
  },
);

t.test('a plain packet from a pod is refused where pods come encapsulated', async t => {
  const dropped = await countedDuring(lab, 'n1', 'uplink_rx DROP_NATIVE_SOURCE', async () => {
    const script = [
      'ip address add 10.244.2.2/32 dev lo',
      `ip route add ${addressOf(pod, 'ipv4')}/32 via ${addressOf(n1, 'ipv4')}`,
      `ping -n -c 1 -W 1 -I 10.244.2.2 ${addressOf(pod, 'ipv4')}`,
    ];
    t.not((await execIn(lab.fabricNetns, ['sh', '-c', script.join('; ')])).code, 0);
  });
  t.ok(dropped >= 1);
});
