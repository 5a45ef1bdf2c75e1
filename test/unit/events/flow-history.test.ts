// The flow history: what happened, by whose rule, with the names of then; bounded, and counted where it is not.
import { type Addr, parseAddr } from 'ip';
import t from 'tap';
import { EventKind, EventStage, Hook, Verdict, type Event } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { eventCodec } from '../../../loader/events/event-hub.ts';
import type { EventFilter } from '../../../loader/events/event-filter.ts';
import { FlowHistory, HISTORY_EVENT_BYTES } from '../../../loader/events/flow-history.ts';
import type { PacketEvent } from '../../../loader/events/packet-event.ts';

const [web, db, outside] = [parseAddr('10.1.0.7'), parseAddr('10.1.0.8'), parseAddr('2001:db8::2')];
const ALL: EventFilter = { kinds: ['drop', 'flow'] };
const LONG_MS = 3_600_000;
const rules = new Map([
  [5, { kind: 3, direction: 1, index: 0, policyName: 0 }],
  [6, { kind: 3, direction: 2, index: 0, policyName: 0 }],
]);
const maps = { hd_rule: rules, hd_policy_name: new Map() } as unknown as MapSet;

function namesOf(pods: Record<Addr, string>) {
  let version = 0;
  return {
    pods,
    pod: (addr: Addr) => pods[addr],
    node: () => undefined,
    device: (ifindex: number) => (ifindex === 31 ? 'hd0' : undefined),
    refresh: () => version,
    rename: (addr: Addr, name: string) => {
      pods[addr] = name;
      version += 1;
    },
  };
}

let nowNs = process.hrtime.bigint() - 1_000_000_000n;

function record(more: Partial<Event> = {}): Uint8Array {
  nowNs += 1_000n;
  const bytes = Buffer.alloc(eventCodec.size);
  const event: Event = {
    ...{ timeNs: nowNs, kind: EventKind.FLOW, stage: EventStage.STAGE_VERDICT, hook: Hook.POD_TX },
    ...{ verdict: Verdict.VERDICT_NEXT, protocol: 6, icmpType: 0, sourcePort: 40_000, destinationPort: 80 },
    ...{ length: 60, vni: 1, ifindex: 31, rule: 0, value: 0, policy: 0, identity: 0, ruleSet: 0 },
    ...{ egressRule: 0, ingressRule: 0, source: web, destination: outside },
    ...more,
  };
  eventCodec.encode(event, bytes, 0);
  return bytes;
}

function drop(more: Partial<Event> = {}): Uint8Array {
  return record({ kind: EventKind.DROP, verdict: Verdict.DROP_POLICY_EGRESS, ...more });
}

async function read(history: FlowHistory, filter = ALL, lastMs = LONG_MS): Promise<PacketEvent[]> {
  const found: PacketEvent[] = [];
  for await (const event of history.read(filter, lastMs)) found.push(event);
  return found;
}

async function portsOf(history: FlowHistory, filter: EventFilter): Promise<number[]> {
  return (await read(history, filter)).map(({ source }) => source.port);
}

t.test('flows and drops come in the order of time, with the rules that admitted or refused', async t => {
  const history = new FlowHistory(16, namesOf({ [web]: 'shop/web' }));
  history.takeRecords([record({ egressRule: 5, ingressRule: 6 })], maps);
  history.takeRecords([drop({ rule: 5 }), record()], maps);
  t.match(await read(history), [
    { kind: 'flow', rule: /egress; no policy .*ingress$/, source: { pod: 'shop/web' }, device: 'hd0' },
    { kind: 'drop', verdict: 'DROP_POLICY_EGRESS', rule: /^no policy has a rule for it/ },
    { kind: 'flow', rule: undefined, destination: { address: outside, port: 80 } },
  ]);
});

t.test('names are those of then, also when the address is another pod’s now', async t => {
  const names = namesOf({ [web]: 'shop/old' });
  const history = new FlowHistory(16, names);
  history.takeRecords([record()], maps);
  names.rename(web, 'shop/new');
  history.takeRecords([record()], maps);
  rules.set(7, { kind: 3, direction: 1, index: 0, policyName: 0 });
  history.takeRecords([record({ egressRule: 7 })], maps);
  rules.delete(7);
  const [first, second, third] = await read(history);
  t.strictSame([first?.source.pod, second?.source.pod], ['shop/old', 'shop/new']);
  t.match(third?.rule, /^no policy has a rule/, 'a rule that is gone, too');
});

t.test('drops overwrite no flows, and a flood of them is counted', async t => {
  const history = new FlowHistory(8, namesOf({}));
  history.takeRecords([record()], maps);
  history.takeRecords(
    Array.from({ length: 1_100 }, () => drop()),
    maps,
  );
  const found = await read(history);
  t.strictSame(
    found.map(({ kind }) => kind),
    ['flow', 'drop', 'drop', 'drop', 'drop'],
  );
  t.match(history.bounds(ALL.kinds), { capacity: 8, isFull: true, lost: 76 });
  history.dropped(4);
  t.equal(history.bounds(ALL.kinds).lost, 80);
  t.equal(HISTORY_EVENT_BYTES, 120, 'as the setting says');
});

t.test('it begins where nothing of what was asked for is missing', async t => {
  const history = new FlowHistory(8, namesOf({}));
  t.match(history.bounds(ALL.kinds), { oldestMs: undefined, isFull: false });
  history.takeRecords([record()], maps);
  const [flow] = await read(history);
  t.match(history.bounds(ALL.kinds), { oldestMs: flow?.timeMs, isFull: false });
  for (let i = 0; i < 5; i++) history.takeRecords([drop()], maps);
  const [, oldestDrop] = await read(history);
  t.match(
    history.bounds(ALL.kinds),
    { oldestMs: oldestDrop?.timeMs, isFull: true },
    'drops are missing before',
  );
  t.match(history.bounds(['drop']), { oldestMs: oldestDrop?.timeMs, isFull: true });
  t.match(history.bounds(['flow']), { oldestMs: flow?.timeMs, isFull: false }, 'flows are all there');
});

t.test('an event has the same time whenever it is read', async t => {
  const history = new FlowHistory(8, namesOf({}));
  history.takeRecords([record()], maps);
  const times = new Set<number | undefined>();
  for (let i = 0; i < 100; i++) times.add((await read(history))[0]?.timeMs);
  t.ok(times.size <= 2, `${times.size} times`); // a clock that is set meanwhile would be a second one
});

t.test('each filter', async t => {
  const history = new FlowHistory(32, namesOf({ [web]: 'shop/web', [db]: 'data/db' }));
  history.takeRecords(
    [
      record({ sourcePort: 1 }),
      record({ sourcePort: 2, source: db, protocol: 17, destinationPort: 53 }),
      drop({ sourcePort: 3, source: outside, destination: db }),
      drop({ sourcePort: 4, source: outside, verdict: Verdict.DROP_MULTICAST, protocol: 58 }),
      record({ sourcePort: 5, kind: EventKind.TRACE }),
      new Uint8Array(8),
    ],
    maps,
  );
  const cases: readonly [Partial<EventFilter>, readonly number[]][] = [
    [{}, [1, 2, 3, 4]],
    [{ kinds: ['drop'] }, [3, 4]],
    [{ pod: 'shop/web' }, [1]],
    [{ namespace: 'data' }, [2, 3]],
    [{ pod: 'shop/web', namespace: 'data' }, []],
    [{ address: db }, [2, 3]],
    [{ port: 53 }, [2]],
    [{ port: 3 }, [3]],
    [{ protocols: new Set([1, 58]) }, [4]],
    [{ verdicts: new Set([Verdict.DROP_MULTICAST]) }, [4]],
  ];
  for (const [filter, ports] of cases)
    t.strictSame(await portsOf(history, { ...ALL, ...filter }), ports, JSON.stringify(filter));
});

t.test('only as far back as asked, and what is overwritten while it is read is left out', async t => {
  const history = new FlowHistory(8, namesOf({}));
  nowNs = process.hrtime.bigint() - 60_000_000_000n;
  history.takeRecords([record({ sourcePort: 1 })], maps);
  nowNs = process.hrtime.bigint() - 1_000_000n;
  history.takeRecords([record({ sourcePort: 2 })], maps);
  t.strictSame(
    (await read(history, ALL, 30_000)).map(({ source }) => source.port),
    [2],
  );
  t.ok(Math.abs((history.bounds(ALL.kinds).oldestMs ?? 0) - (Date.now() - 60_000)) < 5_000);
  t.equal(new FlowHistory(8, namesOf({})).bounds(ALL.kinds).oldestMs, undefined);
  const reading = history.read(ALL, LONG_MS);
  await reading.next();
  history.takeRecords(
    Array.from({ length: 4 }, () => record({ sourcePort: 9 })),
    maps,
  );
  t.equal((await reading.next()).done, true, 'what came later is another reading’s');
});
