// Policies that are given together: active in one step or not at all, and rolled back unless confirmed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { ClusterState } from '../../../loader/model/objects.ts';
import { AppliedPolicies } from '../../../loader/sources/applied/applied-policies.ts';
import { until } from '../../support/until.ts';
import { MemorySource } from '../api/memory-source.ts';
import { networkPolicy, policyOf } from './policy-object.ts';

const LONG_MS = 60_000;
const SHORT_MS = 150;

interface Node {
  readonly policies: AppliedPolicies;
  readonly source: MemorySource;
  /** Names of what was emitted, each time. */
  readonly told: string[][];
}

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-transaction-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, 'policies');
}

async function started(t: Test, folder: string): Promise<Node> {
  const source = new MemorySource();
  const policies = new AppliedPolicies(source, folder);
  const told: string[][] = [];
  await policies.start((state: ClusterState) =>
    told.push([...state.policies.values()].map(({ name }) => name).sort()),
  );
  t.teardown(() => policies.stop());
  return { policies, source, told };
}

const named = (name: string, type = 'Ingress') =>
  policyOf(networkPolicy(`podSelector: {}, policyTypes: [${type}]`, `name: ${name}, namespace: shop`));
const typesOf = ({ policies }: Node): Record<string, readonly string[]> =>
  Object.fromEntries(policies.policies().map(({ policy }) => [policy.name, policy.isolates]));

t.test('a set is told in one step', async t => {
  const node = await started(t, folderFor(t));
  node.policies.apply(named('a'));
  const { outcomes } = node.policies.applySet([named('a', 'Egress'), named('b'), named('c')]);
  t.strictSame(outcomes, ['configured', 'created', 'created']);
  t.strictSame(node.told, [[], ['a'], ['a', 'b', 'c']]);
});

t.test('rolling back makes each of them what it was', async t => {
  const node = await started(t, folderFor(t));
  node.policies.apply(named('a'));
  node.policies.apply(named('other'));
  node.policies.applySet([named('a', 'Egress'), named('b')]);
  t.equal(node.policies.rollBack(), 2);
  t.strictSame(typesOf(node), { a: ['ingress'], other: ['ingress'] });
  t.throws(() => node.policies.rollBack(), { code: 'TRANSACTION_MISSING', message: /nothing to roll back/ });
});

t.test('what nobody confirms is taken back in time', async t => {
  const node = await started(t, folderFor(t));
  node.policies.applySet([named('a')], SHORT_MS);
  t.strictSame(node.told.at(-1), ['a']);
  t.ok(await until(() => node.told.at(-1)?.length === 0), 'taken back');
  t.throws(() => node.policies.confirm(), { code: 'TRANSACTION_MISSING', message: /nothing waits/ });
});

t.test('what waits is counted with its time, until it is confirmed', async t => {
  const node = await started(t, folderFor(t));
  node.policies.apply(named('a'));
  node.policies.applySet([named('b'), named('c')], LONG_MS);
  const { unconfirmed, ...counts } = node.policies.counts();
  t.strictSame(counts, { policies: 3, appliedPolicies: 3 });
  t.equal(unconfirmed?.policies, 2);
  const { rollbackInSeconds = 0 } = unconfirmed ?? {};
  t.ok(rollbackInSeconds > 0 && rollbackInSeconds <= LONG_MS / 1_000, `${rollbackInSeconds} s`);
  node.policies.confirm();
  t.strictSame(node.policies.counts(), { policies: 3, appliedPolicies: 3 });
});

t.test('what is confirmed stays, and can be rolled back all the same', async t => {
  const node = await started(t, folderFor(t));
  node.policies.applySet([named('a')], SHORT_MS);
  node.policies.confirm();
  await sleep(3 * SHORT_MS);
  t.strictSame(node.told.at(-1), ['a']);
  t.equal(node.policies.rollBack(), 1);
  t.strictSame(node.told.at(-1), []);
});

t.test('one set at a time', async t => {
  const node = await started(t, folderFor(t));
  node.policies.applySet([named('a')], LONG_MS);
  t.throws(() => node.policies.applySet([named('b')]), {
    code: 'TRANSACTION_OPEN',
    message: /'heddlectl confirm' or 'heddlectl rollback' first/,
  });
  t.strictSame(Object.keys(typesOf(node)), ['a']);
});

t.test("a set with one of the source's policies is refused as a whole", async t => {
  const node = await started(t, folderFor(t));
  node.source.set([networkPolicy('podSelector: {}', 'name: a, namespace: shop') as object]);
  t.throws(() => node.policies.applySet([named('b'), named('a')]), {
    code: 'INVALID_REQUEST',
    message: 'NetworkPolicy shop/a comes from the source: change it there',
  });
  t.strictSame(Object.keys(typesOf(node)), ['a']);
});

t.test('a daemon that was killed in the middle leaves nothing of the set', async t => {
  const folder = folderFor(t);
  const first = await started(t, folder);
  first.policies.apply(named('a'));
  first.policies.applySet([named('a', 'Egress'), named('b')]);
  const file = `${folder}.transaction.json`;
  const transaction = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...transaction, stage: 'applying' }));
  const second = await started(t, folder);
  t.strictSame(typesOf(second), { a: ['ingress'] });
  t.strictSame(second.told, [['a']], 'the set was never active');
});

t.test('the time runs on while no daemon is there', async t => {
  const folder = folderFor(t);
  const first = await started(t, folder);
  first.policies.applySet([named('a')], 2_000);
  await first.policies.stop();
  const second = await started(t, folder);
  t.strictSame(second.told.at(-1), ['a'], 'there is time left');
  t.ok(await until(() => second.told.at(-1)?.length === 0), 'and it runs out');
  await second.policies.stop();
  t.strictSame((await started(t, folder)).told, [[]]);
});

t.test(
  'of another boot, or of a daemon that counted by the wall clock, an unconfirmed set is taken back at once',
  async t => {
    const files = {
      'another boot': { deadlineMs: Number.MAX_SAFE_INTEGER, boot: 'another' },
      'the wall clock of 0.1': { deadlineMs: Date.now() + 60 * LONG_MS },
    };
    for (const [what, deadline] of Object.entries(files)) {
      const folder = folderFor(t);
      const before = await started(t, folder);
      before.policies.applySet([named('a')], 60 * LONG_MS);
      await before.policies.stop();
      const path = `${folder}.transaction.json`;
      const { stage, before: way } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      writeFileSync(path, JSON.stringify({ stage, before: way, ...deadline }));
      const after = await started(t, folder);
      t.ok(await until(() => Object.keys(typesOf(after)).length === 0), what);
    }
  },
);
