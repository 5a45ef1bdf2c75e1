// More pods than a map holds: existing pods go on, this node can still add its own, and a problem is reported.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { execIn } from '../../../lab/exec.ts';
import { nodeNamed, type Lab } from '../../../lab/lab.ts';
import { deletePod } from '../../../lab/pods.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const ROOM = 64;
const REMOTE_PODS = 200;

function manyPods(): string {
  return Array.from({ length: REMOTE_PODS }, (_, i) =>
    stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `many-${i}`, namespace: 'many' },
      spec: { nodeName: 'n2' },
      status: { podIPs: [{ ip: `10.244.2.${i + 50}` }] },
    }),
  ).join('---\n');
}

async function problemsOf(lab: Lab): Promise<string> {
  return String((await askStatus(nodeNamed(lab, 'n1').socket))?.problems);
}

t.test("other nodes' pods that have no room take none from this node's", async t => {
  const lab = await testLab(t, { podsPerNode: 1, families: 'ipv4', config: { maps: { endpoints: ROOM } } });
  const node = nodeNamed(lab, 'n1');
  const [here, there] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
  const file = join(lab.manifests, 'many.yaml');
  const steady = execIn(
    here.netns,
    ['ping', '-n', '-q', '-i', '0.02', '-c', '300', addressOf(there, 'ipv4')],
    60_000,
  );
  writeFileSync(file, manyPods());
  const said = /hd_endpoint holds 64 addresses and the cluster has 2\d\d: .* Set maps\.endpoints to 256/;
  t.ok(await until(async () => said.test(await problemsOf(lab))), 'it is told, with what mends it');
  t.equal((await askStatus(node.socket))?.ready, true, 'and the node is ready all the same');

  const added = await addTestPod(lab, 'n1', 7);
  t.ok(await ping(added.netns, addressOf(there, 'ipv4')), 'a pod added here reaches another node');
  await mustExec(node, 'ip', 'link', 'delete', 'heddle0');
  t.ok(
    await until(async () => /UP/.test(await mustExec(node, 'ip', 'link').catch(() => ''))),
    'drift is mended',
  );
  await stopDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
  t.match(await problemsOf(lab), said, 'a restart comes up, and tells it again');
  const { stdout } = await steady;
  t.match(stdout, /300 packets transmitted/);

  rmSync(file);
  t.ok(await until(async () => (await problemsOf(lab)) === ''), 'no problem is left when they are gone');
});

t.test(
  'a pod of this node that has no room is refused whole, and its place is free for the next',
  async t => {
    const lab = await testLab(t, {
      nodes: 1,
      podsPerNode: 0,
      families: 'ipv4',
      config: { maps: { endpoints: 16 } },
    });
    const added = [];
    let refusal: unknown;
    for (let number = 1; number <= 16 && refusal === undefined; number++)
      try {
        added.push(await addTestPod(lab, 'n1', number));
      } catch (error) {
        refusal = error;
      }
    t.match(refusal, {
      message: /"code":11,"msg":"hd_endpoint has room for 16 rows, and more are needed: raise its size/,
    });
    const [first, second] = added;
    if (first === undefined || second === undefined) throw new Error('not even two pods had room');
    t.ok(await ping(first.netns, addressOf(second, 'ipv4')), 'those that are there go on');
    await deletePod(lab, first);
    const last = await addTestPod(lab, 'n1', 20);
    t.ok(await ping(last.netns, addressOf(second, 'ipv4')), 'the next has its place');
  },
);
