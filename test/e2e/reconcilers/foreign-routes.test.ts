// 60,000 routes of other software on a node, as BIRD leaves them: nothing runs while they flap, and pods come as ever.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { addTestPod, mustExec, testLab } from '../../support/lab.ts';
import { syncsSince, untilSettled } from '../../support/syncs.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const ROUTES = 60_000;
const FLAPS = 200;
/** Between two comparisons of everything with the kernel. */
const COMPARISON_MS = 30_000;
const UPLINK_ROUTER = ['via', '192.168.1.1', 'dev', 'eth0', 'proto', 'bird'] as const;

const lab = await testLab(t, { podsPerNode: 1, config: { log: { level: 'debug' } } });
const node = nodeNamed(lab, 'n1');
const directory = mkdtempSync(join(tmpdir(), 'heddle-routes-'));
t.teardown(() => rmSync(directory, { recursive: true }));

/** Of 100.64.0.0/10. */
function destination(number: number): string {
  return `100.64.${number >> 8}.${number & 255}/32`;
}

async function batch(lines: readonly string[]): Promise<void> {
  const file = join(directory, 'batch');
  writeFileSync(file, `${lines.join('\n')}\n`);
  await mustExec(node, 'ip', '-batch', file);
}

await batch(
  Array.from({ length: ROUTES }, (_, i) => ['route', 'add', destination(i), ...UPLINK_ROUTER].join(' ')),
);

t.test('one that flaps beside them wakes no reconciler', async t => {
  t.ok(await untilSettled(node), 'what followed from the start and from so many is over');
  const { size: offset } = statSync(node.logFile);
  await batch(
    Array.from({ length: FLAPS }, (_, i) =>
      i % 2 === 0
        ? `route del ${destination(257)}`
        : `route add ${destination(257)} ${UPLINK_ROUTER.join(' ')}`,
    ),
  );
  // Events come in the kernel's order: once this one is handled, all of theirs were.
  const deletedAt = performance.now();
  await mustExec(node, 'ip', 'route', 'del', '10.244.2.0/24');
  const isMended = async (): Promise<boolean> =>
    (await mustExec(node, 'ip', 'route', 'show', '10.244.2.0/24')) !== '';
  t.ok(await until(isMended), 'a route of Heddle that is deleted is mended');
  t.ok(performance.now() - deletedAt < COMPARISON_MS / 2, 'by its event, and not by the next comparison');
  const causesSince = (): readonly string[] => syncsSince(node, offset).flatMap(sync => sync.causes);
  t.ok(await until(() => causesSince().includes('pod-route')), 'its own routes do');
  const causes = causesSince();
  t.notOk(causes.includes('route'), `their own: ${causes.join(', ')}`);
});

t.test('a pod comes as ever', async t => {
  const pod = await addTestPod(lab, 'n1', 9);
  t.match(await mustExec(pod, 'ping', '-c', '1', '-W', '5', '10.244.2.2'), / 1 received/);
});
