// A map that is too small for a policy: the one before stays whole, the problem has the map's name, room ends it.
import { parseAddr } from 'ip';
import t from 'tap';
import { readControl } from '../../../loader/tables/control.ts';
import type { MapSizes } from '../../../loader/programs/pinned-maps.ts';
import { makeTestNode } from '../programs/test-node.ts';
import { changedMaps, takeSnapshot } from './map-snapshot.ts';
import { startWriter, whoseAnswers } from './writer-run.ts';
import { endpointRows } from './played-world.ts';
import { playCase, type SmallCase } from './small-case.ts';

const before = playCase({ policies: ['isolate web'] });

const CASES: readonly { map: keyof MapSizes; policies: SmallCase['policies'] }[] = [
  { map: 'hd_rule_set', policies: ['many ports'] },
  { map: 'hd_cidr', policies: ['many prefixes'] },
  { map: 'hd_rule', policies: ['isolate web', 'admit friends', 'many ports'] },
  { map: 'hd_policy_name', policies: ['isolate web', 'admit friends', 'many ports'] },
  { map: 'hd_policy_peer', policies: ['isolate web', 'admit friends'] },
];

/** Enough for the active policy, and for little more. */
const ROOM: Readonly<Record<string, number>> = { hd_rule: 3, hd_policy_name: 2, hd_policy_peer: 3 };

for (const [index, { map, policies }] of CASES.entries())
  t.test(`${map} is full: nothing of the new policy is active, and no pod is added`, async t => {
    const node = makeTestNode(`full${map}`, undo => t.teardown(undo), `f${index}`);
    using programs = node.open({ mapSizes: { [map]: ROOM[map] ?? 16 } });
    const { maps } = programs;
    const after = playCase({ policies });
    using run = startWriter();
    run.writer.sync(maps, before.input, 'incremental');
    run.writer.syncEndpoints(endpointRows(before));
    await run.settle();
    const held = takeSnapshot(maps);
    run.writer.update(after.input);
    await run.settle();
    t.match(run.failures, [new RegExp(`the previous one still is: ${map} has room for`)]);
    t.strictSame(changedMaps(held, takeSnapshot(maps)), [], 'not a row is left of it');
    t.match(run.writer.failure, { code: 'MAP_FULL' });
    t.throws(() => run.writer.addPod(after.input, 1), { code: 'MAP_FULL' });
    run.writer.sync(maps, after.input, 'full');
    t.equal(run.failures.length, 2, 'it is tried again');
    run.writer.update(before.input);
    await run.settle();
    t.equal(run.writer.failure, undefined, 'and forgotten when it is not wanted any more');
    t.equal(whoseAnswers(maps, before, after), 'old');
    t.strictSame(changedMaps(held, takeSnapshot(maps)), []);
  });

t.test('hd_endpoint is full: some rows may be written, so flows are evaluated again', async t => {
  const node = makeTestNode('fullendpoint', undo => t.teardown(undo), 'fe');
  using programs = node.open({ mapSizes: { hd_endpoint: 16 } });
  const { maps } = programs;
  using run = startWriter();
  const world = playCase({ policies: ['isolate web', 'admit friends'] });
  run.writer.sync(maps, world.input, 'incremental');
  run.writer.syncEndpoints(endpointRows(world));
  await run.settle();
  const before = readControl(maps.hd_control).generation;
  const endpoints = Array.from({ length: 64 }, (_, i) => parseAddr(`10.77.0.${i + 1}`));
  t.throws(() => run.writer.syncEndpoints(endpointRows({ endpoints }), 'incremental'), { code: 'MAP_FULL' });
  await run.settle();
  t.ok(readControl(maps.hd_control).generation > before, 'no flow keeps a verdict on what they were');
  run.writer.syncEndpoints(endpointRows(world), 'incremental');
  const addresses = Array.from(maps.hd_endpoint.keys(), ({ addr }) => addr);
  t.strictSame(addresses.sort(), [...world.endpoints].sort(), 'the rows that fit again are the only ones');
});
