// Every NIC profile does on the wire what its sentence says.
import t from 'tap';
import { execIn } from '../../../lab/exec.ts';
import { ensureBpffs } from '../../../lab/bpffs.ts';
import { buildFabric } from '../../../lab/fabric.ts';
import { NIC_PROFILE_NAMES } from '../../../lab/nic-profile.ts';
import { pathCounts } from '../../../lab/path.ts';
import { DEFAULT_OPTIONS, planLab, type LabPlan, type NodePlan } from '../../../lab/plan.ts';
import { removeRemnants } from '../../../lab/remnants.ts';
import { sendDatagrams } from '../../support/datagram-run.ts';
import { framesSeen } from '../../support/frames-seen.ts';
import { checksumErrors, snmpCounter } from '../../support/integrity/stack-counters.ts';
import { addressOf, labName, mustExec } from '../../support/lab.ts';
import { streamArrives } from '../../support/stream.ts';
import { ping } from '../../support/traffic.ts';

t.setTimeout(300_000);

const tried = new Set<string>();

/** The namespaces and wires of a lab, without daemons. */
async function underlayWith(
  t: { teardown(clean: () => Promise<void>): void },
  nic: readonly string[],
  nodes: number,
): Promise<LabPlan> {
  for (const choice of nic) tried.add(choice.split('@')[0] ?? '');
  const underlay = nic.some(choice => /mtu|fragment/.test(choice)) ? 'routed' : 'flat';
  const plan = planLab({ ...DEFAULT_OPTIONS, name: labName(), nic, nodes, podsPerNode: 0, underlay });
  t.teardown(() => removeRemnants(plan.options.name));
  ensureBpffs();
  await buildFabric(plan);
  return plan;
}

const LARGER_THAN_A_FRAME = 'greater 1600';

for (const [profile, what, cut, merged] of [
  ['default', 'frames on the wire, merged by GRO', true, true],
  ['no-gro', 'frames on the wire, and at the uplink', true, false],
  ['super-packets', 'super-packets on the wire', false, false],
] as const)
  t.test(`${profile}: ${what}`, async t => {
    const lab = await underlayWith(t, [profile], 2);
    const [from, to] = lab.nodes;
    if (from === undefined || to === undefined) throw new Error('the lab has two nodes');
    const stream = (): Promise<boolean> => streamArrives(from.netns, to.netns, addressOf(to, 'ipv4'), 8);
    const filter = LARGER_THAN_A_FRAME;
    let atUplink = 0;
    const onWire = await framesSeen({ netns: lab.fabricNetns, device: to.name, filter }, async () => {
      atUplink = await framesSeen({ netns: to.netns, device: 'eth0', filter }, stream);
    });
    t.equal(onWire === 0, cut, `${onWire} super-packets on the wire`);
    t.equal(atUplink > 0, merged || !cut, `${atUplink} at the uplink`);
  });

t.test('paths that harm frames', async t => {
  const nic = ['corrupt@n2', 'drop@n3', 'duplicate@n4', 'reorder@n5', 'vlan0@n6'];
  const lab = await underlayWith(t, nic, 6);
  const [from, corrupt, drop, duplicate, reorder, vlan0] = lab.nodes;
  if (from === undefined) throw new Error('the lab has nodes');
  const run = async (to: NodePlan | undefined) => {
    if (to === undefined) throw new Error('the lab has six nodes');
    let outcome = { missing: 0, duplicates: 0, late: 0 };
    const tagged = await framesSeen({ netns: to.netns, device: 'eth0', filter: 'vlan 0' }, async () => {
      outcome = await sendDatagrams(from, to, addressOf(to, 'ipv4'));
    });
    const sums = await checksumErrors(to, 'udp');
    return { ...outcome, tagged: tagged > 0, sums, counts: pathCounts(lab, to) };
  };
  const none = { missing: 0, duplicates: 0, late: 0, tagged: false, sums: 0 };

  const corrupted = await run(corrupt);
  t.ok(corrupted.sums > 0);
  t.equal(corrupted.sums, corrupted.counts.corrupted, 'each spoiled datagram is refused for its checksum');
  t.match(corrupted, { ...none, sums: Number, missing: corrupted.sums });

  const dropped = await run(drop);
  t.ok(dropped.missing > 0 && dropped.missing <= dropped.counts.dropped);
  t.match(dropped, { ...none, missing: Number });

  const duplicated = await run(duplicate);
  t.ok(duplicated.duplicates > 0 && duplicated.duplicates <= duplicated.counts.duplicated);
  t.match(duplicated, { ...none, duplicates: Number });

  const reordered = await run(reorder);
  t.ok(reordered.late > 0 && reordered.late <= reordered.counts.reordered);
  t.match(reordered, { ...none, late: Number });

  const tagged = await run(vlan0);
  t.match(tagged, { ...none, tagged: true });
  for (const node of lab.nodes.slice(1))
    t.equal(pathCounts(lab, node).superPackets, 0, `frames only reach ${node.name}`);
});

for (const [profile, answer, arrives] of [
  ['small-mtu', /Frag needed and DF set \(mtu = 1400\)/, false],
  ['silent-mtu', /^((?!From).)*100% packet loss/s, false],
  ['fragment', / 0% packet loss/, true],
] as const)
  t.test(`${profile}: what becomes of packets larger than the router's MTU`, async t => {
    const lab = await underlayWith(t, [profile], 2);
    const [from, to] = lab.nodes;
    if (from === undefined || to === undefined) throw new Error('the lab has two nodes');
    const address = addressOf(to, 'ipv4');
    t.ok(await ping(from.netns, address, ['-M', 'do', '-s', '1372']), 'the largest that fits arrives');
    const argv = ['ping', '-n', '-c', '1', '-W', '2', '-M', 'do', '-s', '1373', address];
    const { stdout, code } = await execIn(from.netns, argv);
    t.match(stdout, answer);
    t.equal(code === 0, arrives);
    const reassembled = await snmpCounter(to, 'Ip', 'ReasmOKs');
    t.equal(reassembled > 0, arrives, 'in fragments or not at all');
  });

t.test('offloads at the uplinks, and more addresses', async t => {
  const offloads = ['no-tso@n1', 'no-gso@n2', 'no-tx-checksum@n3'];
  const lab = await underlayWith(t, [...offloads, 'second-address', 'second-nic', 'vip'], 3);
  const [n1, n2, n3] = await Promise.all(lab.nodes.map(featuresOf));
  const all = { gro: true, tso: true, gso: true, tx: true };
  t.strictSame(n1, { ...all, tso: false });
  t.strictSame(n2, { ...all, tso: false, gso: false });
  t.strictSame(n3, { ...all, tso: false, tx: false });
  const [from, to] = lab.nodes;
  if (from === undefined || to === undefined) throw new Error('the lab has nodes');
  for (const address of [...to.secondAddresses, ...to.secondNicAddresses])
    t.ok(await ping(from.netns, address), address);
  for (const vip of to.vips) t.ok(await ping(lab.outside.netns, vip), `${vip}, from outside`);
  t.equal([...to.secondAddresses, ...to.secondNicAddresses, ...to.vips].length, 6);
});

t.test('that were all profiles', t => {
  t.strictSame(
    NIC_PROFILE_NAMES.filter(name => !tried.has(name)),
    [],
  );
  t.end();
});

async function featuresOf(node: NodePlan) {
  const text = await mustExec(node, 'ethtool', '-k', 'eth0');
  const isOn = (name: string): boolean => new RegExp(`^${name}: on`, 'm').test(text);
  return {
    gro: isOn('generic-receive-offload'),
    tso: isOn('tcp-segmentation-offload'),
    gso: isOn('generic-segmentation-offload'),
    tx: isOn('tx-checksumming'),
  };
}
