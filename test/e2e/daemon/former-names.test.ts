// Upgraded from a build whose tables of flows have members of other names, and back to it, under ten thousand live
// connections: none is lost. FORMER_BUILD=path of another build's heddled.mjs takes that in place of a patched copy.
import t from 'tap';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { builtFile } from '../../../lab/installation.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { beginBuilds } from '../../chaos/builds/build.ts';
import { BUILDS } from '../../chaos/builds/patches.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, writePolicy } from '../../support/lab-policy.ts';
import { liveFlow } from '../../support/live-flow.ts';
import { manifestsRead } from '../../support/manifests-read.ts';
import { manyConnections } from '../../support/many-connections.ts';

t.setTimeout(900_000);

const CONNECTIONS = 10_000;
/** TCP repeats what was lost after 0.2 s, 0.4 s and so on. */
const WITHIN_MS = 120_000;
const MAPS = { conntrack: 65_536 };

const own = builtFile('heddled.mjs');
const former =
  process.env['FORMER_BUILD'] ?? (await beginBuilds([BUILDS.conntrackName])(BUILDS.conntrackName));

const lab = await testLab(t, { podsPerNode: 1, config: { maps: MAPS } });
const [client, server] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];

/** Of the client, which only answers reach: a connection that its node has forgotten is refused, not picked up midstream. */
writePolicy(lab, 'only-answers', { podSelector: podsNamed('n1-p1'), policyTypes: ['Ingress'] });
for (const node of lab.nodes) await manifestsRead(lab, node);

async function changeTo(bundle: string): Promise<void> {
  for (const node of lab.nodes) {
    await stopDaemon(node);
    startDaemon(node, { bundle });
    await waitForDaemon(node);
  }
}

/** Id of hd_ct, and the rows of both tables. */
function flowsOf(node: NodePlan): { readonly id: number; readonly rows: number } {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    const rows = [maps.hd_ct, maps.hd_ct_unassured].map(map => [...map.keys()].length);
    return { id: maps.hd_ct.info.id, rows: rows.reduce((sum, count) => sum + count) };
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

await changeTo(former);
const address = addressOf(server, 'ipv4');
const connections = await manyConnections(t, { from: client.netns, to: server.netns, address }, CONNECTIONS);
const live = await liveFlow(t, {
  ...{ protocol: 'udp', from: client.netns, port: 7_031 },
  to: { netns: server.netns, address },
});
t.equal(await connections.ask(WITHIN_MS), CONNECTIONS, 'all connections are open under the former build');

t.test('an upgrade adopts the tables, and every connection goes on', async t => {
  const before = new Map(lab.nodes.map(node => [node.name, flowsOf(node).id]));
  await changeTo(own);
  t.equal(await connections.ask(WITHIN_MS), CONNECTIONS);
  t.strictSame(live.missing(), [], 'no datagram is lost');
  for (const node of lab.nodes) {
    t.equal(flowsOf(node).id, before.get(node.name), `${node.name} has the same hd_ct`);
    t.ok(flowsOf(node).rows >= CONNECTIONS, `${node.name} still has all flows`);
  }
});

t.test('so does every connection after a downgrade', async t => {
  await changeTo(former);
  t.equal(await connections.ask(WITHIN_MS), CONNECTIONS);
  t.strictSame(live.missing(), []);
});

t.test('and after an upgrade from there', async t => {
  await changeTo(own);
  t.equal(await connections.ask(WITHIN_MS), CONNECTIONS);
  t.strictSame(live.missing(), []);
});
