// Settings that two nodes must share, and those that they need not: what docs/operating.md says of a change that is half rolled out.
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { podNamed, testLab } from '../../support/lab.ts';
import { eachWay, failuresOf, serveAll } from '../../support/reach.ts';

interface Change {
  readonly tunnel: Readonly<Record<string, unknown>>;
  /** Whether one node alone may have it. */
  readonly mayDiffer: boolean;
}

const CHANGES: readonly Change[] = [
  { tunnel: { encapsulation: 'cross-subnet' }, mayDiffer: false },
  { tunnel: { port: 8472 }, mayDiffer: false },
  { tunnel: { vni: 5 }, mayDiffer: false },
  { tunnel: { family: 'ipv6', kernelVxlan: 'never', sourcePortMin: 60_000 }, mayDiffer: true },
];

async function restartWith(node: NodePlan, tunnel: object): Promise<void> {
  await stopDaemon(node);
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  writeFileSync(node.configFile, stringify({ ...config, tunnel }));
  startDaemon(node);
  await waitForDaemon(node);
}

t.test('one node is restarted with it, then the other', async t => {
  const lab = await testLab(t, { nodes: 2, podsPerNode: 1 });
  const [n1, n2] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
  const [from, to] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
  await serveAll(t, [from, to]);
  const failures = async (): Promise<number> =>
    (await failuresOf(eachWay(from, to, ['ipv4', 'ipv6']))).length;
  for (const { tunnel, mayDiffer } of CHANGES)
    await t.test(JSON.stringify(tunnel), async t => {
      for (const node of [n1, n2]) await restartWith(node, {});
      t.equal(await failures(), 0, 'both as before');
      await restartWith(n2, tunnel);
      if (mayDiffer) t.equal(await failures(), 0);
      else {
        t.ok((await failures()) > 0);
        const { stdout } = await heddlectl('--lab', lab.options.name, '--node', 'n1', 'doctor');
        t.match(stdout, /path +error +no answer through .* to n2 /);
      }
      await restartWith(n1, tunnel);
      t.equal(await failures(), 0, 'the same on both');
    });
});
