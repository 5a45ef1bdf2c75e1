// The writer as its callers see it: changes that come while packets are waited for, pods that come and go, maps that are
// full, rows that somebody else has deleted.
import { parseAddr } from 'ip';
import t from 'tap';
import { MAPS } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { readControl } from '../../../loader/tables/control.ts';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import { makeTestNode } from '../programs/test-node.ts';
import { playCase } from './small-case.ts';
import { answers, kernelPolicy } from './kernel-policy.ts';
import { changedMaps, restoreSnapshot, takeSnapshot } from './map-snapshot.ts';
import { startWriter, whoseAnswers, type WriterRun } from './writer-run.ts';
import { endpointRows, podIdsOf, type PlayedWorld } from './played-world.ts';

const node = makeTestNode('turns', undo => t.teardown(undo));
const programs = node.open();
t.teardown(() => programs[Symbol.dispose]());
const { maps } = programs;
const empty = takeSnapshot(maps);

const open = playCase({ policies: [] });
const isolated = playCase({ policies: ['isolate web'] });
const friendly = playCase({ policies: ['isolate web', 'admit friends'] });

async function startWith(world: PlayedWorld, over: MapSet = maps): Promise<WriterRun> {
  if (over === maps) restoreSnapshot(maps, empty);
  const run = startWriter();
  run.writer.sync(over, world.input, 'incremental');
  run.writer.syncEndpoints(endpointRows(world));
  await run.settle();
  run.steps.length = 0;
  return run;
}

function generation(): bigint {
  return readControl(maps.hd_control).generation;
}

t.test('a change is active when update returns', async t => {
  using run = await startWith(open);
  const before = generation();
  run.writer.update(isolated.input);
  t.equal(whoseAnswers(maps, open, isolated), 'new');
  t.equal(generation(), before + 1n);
});

t.test('changes that come meanwhile are one change, after the packets that are on their way', async t => {
  using run = await startWith(open);
  run.writer.update(isolated.input);
  const flipped = generation();
  run.writer.update(friendly.input);
  run.writer.update(open.input);
  run.writer.update(friendly.input);
  t.equal(whoseAnswers(maps, isolated, friendly), 'old', 'the last active one stays');
  const settled = run.writer.whenIdle();
  await run.settle();
  await settled;
  t.equal(whoseAnswers(maps, isolated, friendly), 'new');
  t.equal(generation(), flipped + 1n);
});

t.test('what changes nothing raises no generation', async t => {
  using run = await startWith(isolated);
  const before = generation();
  run.writer.update({ ...isolated.input, policies: new Map(isolated.input.policies) });
  t.equal(generation(), before);
  t.strictSame(run.failures, []);
});

function without(input: PolicyInput, podId: number): PolicyInput {
  return { ...input, subjects: new Map([...input.subjects].filter(([each]) => each !== podId)) };
}

/** Pod id and world of a pod to come. */
const WEB = 1;

for (const isWaiting of [false, true])
  t.test(
    `a pod's policy is active when addPod returns${isWaiting ? ', also while packets are waited for' : ''}`,
    async t => {
      using run = await startWith({ ...open, input: without(open.input, WEB) });
      if (isWaiting) run.writer.update(without(isolated.input, WEB));
      else {
        run.writer.update(without(isolated.input, WEB));
        await run.settle();
      }
      const before = generation();
      run.writer.addPod(isolated.input, WEB);
      t.equal(generation(), before, 'nobody else is evaluated again');
      t.equal(whoseAnswers(maps, open, isolated), 'new');
      const words = maps.hd_pod.get(WEB);
      t.equal(words?.ingress[0], words?.ingress[1], 'in both versions');
      t.not(words?.ingress[0], 0);
      run.writer.bumpGeneration();
      await run.settle();
      t.ok(generation() > before, 'whoever knew its address is evaluated again');
      t.equal(whoseAnswers(maps, open, isolated), 'new');
      run.writer.closePod(WEB);
      t.strictSame(
        maps.hd_pod.get(WEB),
        { egress: [0, 0], ingress: [0, 0], ownNode: [0, 0] },
        'nothing passes any more',
      );
      run.writer.update(without(isolated.input, WEB));
      await run.settle();
      t.strictSame(
        [maps.hd_policy_peer, maps.hd_rule_set, maps.hd_rule, maps.hd_policy_name].flatMap(map => [
          ...map.keys(),
        ]),
        [],
      );
    },
  );

t.test('without a first pass no pod is added', t => {
  using run = startWriter();
  t.throws(() => run.writer.addPod(isolated.input, WEB), { code: 'NOT_READY' });
  t.end();
});

t.test('a pod id beyond hd_pod is refused', async t => {
  using run = await startWith(open);
  t.throws(() => run.writer.addPod(open.input, MAPS.hd_pod.maxEntries), {
    code: 'MAP_FULL',
    message: /hd_pod/,
  });
});

t.test('rows that somebody deletes or changes come back', async t => {
  using run = await startWith(friendly);
  const due = takeSnapshot(maps);
  for (const name of ['hd_policy_peer', 'hd_rule_set', 'hd_rule', 'hd_policy_name', 'hd_cidr'] as const) {
    const map = maps[name] as { keys(): Iterable<never>; delete(key: never): boolean };
    for (const key of [...map.keys()]) map.delete(key);
  }
  maps.hd_pod.set(WEB, { egress: [1, 1], ingress: [1, 1], ownNode: [1, 1] });
  maps.hd_pod.set(77, { egress: [1, 1], ingress: [1, 1], ownNode: [1, 1] });
  run.writer.sync(maps, friendly.input, 'full');
  t.strictSame(changedMaps(due, takeSnapshot(maps)), []);
  t.ok(
    run.repairs.some(text => text.startsWith('hd_pod')),
    run.repairs.join(', '),
  );
});

t.test('a generation that somebody has changed is taken up, and the policy with it', async t => {
  using run = await startWith(friendly);
  const [control] = maps.hd_control.get(0) ?? [];
  t.ok(control);
  maps.hd_control.set(
    0,
    (maps.hd_control.get(0) ?? []).map(each => ({ ...each, generation: 0n, events: 5n })),
  );
  run.writer.sync(maps, friendly.input, 'full');
  await run.settle();
  t.equal(generation(), 1n);
  t.equal(readControl(maps.hd_control).events, 5n, 'who listens to events is left alone');
  t.equal(whoseAnswers(maps, open, friendly), 'new');
});

t.test('generations that differ between CPUs are made one', async t => {
  using run = await startWith(friendly);
  const cpus = maps.hd_control.get(0) ?? [];
  maps.hd_control.set(
    0,
    cpus.map((each, cpu) => ({ ...each, generation: each.generation + BigInt(cpu) })),
  );
  run.writer.sync(maps, friendly.input, 'full');
  await run.settle();
  t.equal(new Set((maps.hd_control.get(0) ?? []).map(each => each.generation)).size, 1);
  t.equal(whoseAnswers(maps, open, friendly), 'new');
});

t.test('peers that nobody mentions are anybody', async t => {
  using run = await startWith(isolated);
  t.strictSame(run.failures, []);
  const text = answers(kernelPolicy(maps, podIdsOf(isolated)), [WEB], [parseAddr('198.51.100.7')]);
  t.match(text, /ingress 198\.51\.100\.7 TCP 80: deny/);
});

t.test('a map that is made anew, with more room, is filled before programs look at it', async t => {
  const own = makeTestNode('resized', undo => t.teardown(undo), 'r');
  {
    using before = own.open();
    using run = await startWith(friendly, before.maps);
    t.strictSame(run.failures, []);
    before.reconcileLinks(own.links);
  }
  using after = own.open({ mapSizes: { hd_cidr: 1_000, hd_policy_peer: 1_000, hd_pod: 1_000 } });
  using run = await startWith(friendly, after.maps);
  t.equal(whoseAnswers(after.maps, open, friendly), 'new');
  t.strictSame(run.failures, []);
  t.ok(after.reconcileLinks(own.links).length > 0, 'from here on');
});

/** Whose answers the maps gave at each step of the change. */
async function stepsBetween(from: PlayedWorld, to: PlayedWorld): Promise<readonly string[]> {
  restoreSnapshot(maps, empty);
  const seen: string[] = [];
  using run = startWriter(step => seen.push(`${step}: ${whoseAnswers(maps, from, to)}`));
  run.writer.sync(maps, from.input, 'incremental');
  run.writer.syncEndpoints(endpointRows(from));
  await run.settle();
  seen.length = 0;
  run.writer.update(to.input);
  await run.settle();
  return seen;
}

t.test('a prefix within another shows in no version but its own, when it comes and when it goes', async t => {
  const wide = playCase({ policies: ['admit all outside'] });
  const both = playCase({ policies: ['admit all outside', 'admit some outside'] });
  const narrow = playCase({ policies: ['admit some outside'] });
  for (const [from, to] of [
    [wide, both],
    [both, wide],
    [both, narrow],
    [narrow, wide],
  ] as const) {
    const seen = await stepsBetween(from, to);
    t.strictSame(
      seen.filter(text => text.endsWith('neither')),
      [],
    );
    t.match(whoseAnswers(maps, from, to), /new|both/);
  }
});
