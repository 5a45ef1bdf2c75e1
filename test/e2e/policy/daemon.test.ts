// Policy across the life of a daemon: a restart changes nothing that is right, what changed meanwhile is caught up with,
// and a pod whose labels nobody knows any more is let nowhere.
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { removePod, writePod } from '../../../lab/manifests.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { liveFlow } from '../../support/live-flow.ts';
import { manifestsRead } from '../../support/manifests-read.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { eventually, until } from '../../support/until.ts';
import { changedMaps, takeSnapshot, type MapSnapshot } from './map-snapshot.ts';

t.setTimeout(600_000);

const lab = await testLab(t);
const node = nodeNamed(lab, 'n2');
const [subject, friend, stranger] = [podNamed(lab, 'n2-p1'), podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const address = addressOf(subject, 'ipv4');

function snapshot(of: NodePlan): MapSnapshot {
  const maps = openPinnedMaps(of.pinRoot);
  try {
    return takeSnapshot(maps);
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

function admitOnly(name: string): void {
  writePolicy(lab, 'admit', {
    podSelector: podsNamed(subject.name),
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: podsNamed(name) }] }],
  });
}

async function whoReaches(): Promise<string[]> {
  const parties = [friend, stranger];
  const reached = await Promise.all(parties.map(party => ping(party.netns, address, BRIEFLY)));
  return parties.filter((_, i) => reached[i]).map(({ name }) => name);
}

async function problems(): Promise<readonly string[]> {
  const status = (await heddlectlJson('--lab', lab.options.name, '--node', 'n2', 'status')) as {
    daemon: { problems: readonly string[] };
  };
  return status.daemon.problems;
}

async function restart(meanwhile: () => void = () => undefined): Promise<void> {
  await killDaemon(node);
  meanwhile();
  startDaemon(node);
  await waitForDaemon(node);
}

t.test('a restart over an active policy writes nothing, and no flow notices', async t => {
  admitOnly(friend.name);
  t.strictSame(await eventually(whoReaches, [friend.name]), [friend.name]);
  const to = { netns: subject.netns, address };
  const flow = await liveFlow(t, { protocol: 'udp', from: friend.netns, to, port: 7300 });
  const before = snapshot(node);
  await restart();
  t.strictSame(changedMaps(before, snapshot(node)), []);
  await manifestsRead(lab, node);
  t.strictSame(
    changedMaps(before, snapshot(node)),
    ['hd_control'],
    'nor later, but for the pod written last',
  );
  t.strictSame(flow.missing(), []);
  t.strictSame(await whoReaches(), [friend.name]);
});

t.test('what has changed while no daemon was there is active when it is back', async t => {
  await restart(() => admitOnly(stranger.name));
  t.strictSame(await eventually(whoReaches, [stranger.name]), [stranger.name]);
});

t.test('a pod whose object goes keeps its policy; after a restart nothing passes for it', async t => {
  removePod(lab, subject);
  await manifestsRead(lab, node);
  t.strictSame(await whoReaches(), [stranger.name], 'as it was');
  await restart();
  t.strictSame(await whoReaches(), []);
  const said = /pod .*n2-p1 has no Pod object: nothing passes/;
  t.ok(await until(async () => said.test((await problems()).join('\n'))), 'it is told');
  writePod(lab, subject);
  t.strictSame(await eventually(whoReaches, [stranger.name]), [stranger.name], 'until it is there again');
  t.ok(await until(async () => !said.test((await problems()).join('\n'))), 'no problem is left');
});

t.test('a label of a pod changes: it is another to policy, at once', async t => {
  writePod(lab, friend, { app: stranger.name });
  t.strictSame(await eventually(whoReaches, [friend.name, stranger.name]), [friend.name, stranger.name]);
  writePod(lab, friend);
  t.strictSame(await eventually(whoReaches, [stranger.name]), [stranger.name]);
  removeObject(lab, 'admit');
  t.strictSame(await eventually(whoReaches, [friend.name, stranger.name]), [friend.name, stranger.name]);
});
