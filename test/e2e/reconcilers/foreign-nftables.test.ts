// Thousands of rules of kube-proxy that change all the time start no nft process; what concerns pods is mended at once.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { mustExec, testLab } from '../../support/lab.ts';
import { syncsSince, untilSettled } from '../../support/syncs.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const SERVICES = 5_000;
const CHANGES = 100;
const TABLE = 'ip kube-proxy';

const lab = await testLab(t, { podsPerNode: 1, config: { log: { level: 'debug' } } });
const node = nodeNamed(lab, 'n1');
const directory = mkdtempSync(join(tmpdir(), 'heddle-nft-'));
t.teardown(() => rmSync(directory, { recursive: true }));

async function nft(...lines: readonly string[]): Promise<void> {
  const file = join(directory, 'rules');
  writeFileSync(file, `${lines.join('\n')}\n`);
  await mustExec(node, 'nft', '-f', file);
}

function causesSince(offset: number): readonly string[] {
  return syncsSince(node, offset).flatMap(({ causes }) => causes);
}

await nft(
  `table ${TABLE} {`,
  'set clusterips { type ipv4_addr; }',
  ...Array.from(
    { length: SERVICES },
    (_, i) => `chain service-${i} { ip daddr 10.96.${i >> 8}.${i & 255} tcp dport 80 counter accept; }`,
  ),
  'chain services { type nat hook prerouting priority dstnat; }',
  '}',
);
t.ok(await untilSettled(node), 'what followed from them is over');

function isOfNftables(cause: string): boolean {
  return cause.startsWith('nftables');
}

t.test('rules, chains and elements of Services: no sync; the own table: mended', async t => {
  const { size: offset } = statSync(node.logFile);
  for (let i = 0; i < CHANGES; i++)
    await nft(
      `add chain ${TABLE} new-${i}`,
      `add rule ${TABLE} new-${i} counter`,
      `add rule ${TABLE} service-1 counter`,
      `add element ${TABLE} clusterips { 10.97.0.${i} }`,
    );
  t.strictSame(causesSince(offset).filter(isOfNftables), []);
  await nft('delete table inet heddle');
  const isBack = async (): Promise<boolean> =>
    (await mustExec(node, 'nft', 'list', 'tables')).includes('table inet heddle');
  t.ok(await until(isBack));
  t.ok(await until(() => causesSince(offset).includes('nftables-own')));
  t.notOk(causesSince(offset).includes('nftables-forward'), 'events come in order: none of theirs was one');
});

t.test(
  'a chain that drops what is forwarded gets its rules at once, also in the table of others',
  async t => {
    const { size: offset } = statSync(node.logFile);
    await nft(`add chain ${TABLE} guard { type filter hook forward priority 0; policy drop; }`);
    const hasRules = async (): Promise<boolean> =>
      (await mustExec(node, 'nft', 'list', 'chain', ...TABLE.split(' '), 'guard')).includes('heddle0');
    t.ok(await until(hasRules));
    await nft(`flush chain ${TABLE} guard`);
    t.ok(await until(hasRules), 'and again, after somebody has flushed it');
    t.ok(causesSince(offset).includes('nftables-forward'));
  },
);
