// A flow in words: who opened it, how it stands, and whose rules admitted it.
import t from 'tap';
import { conntrackEntries, type ConntrackRow } from '../../../cmd/heddlectl/conntrack-rows.ts';
import { ConntrackFlag, type Conntrack, type Flow } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { parseAddr } from '../../../loader/model/addr.ts';

const [low, high] = [parseAddr('10.1.0.7'), parseAddr('10.2.0.8')];
const names = { pods: new Map([[low, 'shop/web']]), nodes: new Map([[2, 'n2']]), devices: new Map() };
const { ANSWERED, FROM_DESTINATION, FIN_OPENER, FIN_RESPONDER, RESET, TUNNEL, PICKED_UP } = ConntrackFlag;
const SECOND = 1_000_000_000n;

function flow(more: Partial<Flow> = {}): Flow {
  const ports = { sourcePort: 40_000, destinationPort: 80 };
  return { segment: 1, protocol: 6, source: low, destination: high, ...ports, ...more };
}

function entry(flags: number, idleSeconds = 0n, more: Partial<Conntrack> = {}): Conntrack {
  const now = process.hrtime.bigint();
  return {
    ...{ seenNs: now - idleSeconds * SECOND, createdNs: now - 100n * SECOND, flags, nodeId: 0 },
    ...{ sourceGeneration: 0, destinationGeneration: 0, sourceRule: 0, destinationRule: 0 },
    ...more,
  };
}

function rowsOf(
  answered: readonly [Flow, Conntrack][],
  unanswered: readonly [Flow, Conntrack][] = [],
): ConntrackRow[] {
  const maps = {
    hd_control: { get: () => [{ generation: 0x1_0000_0006n, events: 0n, nonce: [0n, 0n] }] },
    hd_conntrack: { entries: () => answered.map(([key, flow]) => [key, { flow, timer: {} }]).values() },
    hd_unanswered: { entries: () => unanswered.values() },
    hd_rule: { get: (rule: number) => ({ policyName: 9, index: rule, kind: 1, direction: 1 }) },
    hd_policy_name: {
      get: () => ({ kind: 1, namespace: Buffer.from('shop\0'), name: Buffer.from('web\0x') }),
    },
  } as unknown as MapSet;
  return conntrackEntries(maps, names).map(({ row }) => row);
}

t.test('the opener comes first, whatever the order of the key', t => {
  const [forward, back] = rowsOf([
    [flow(), entry(ANSWERED)],
    [flow(), entry(ANSWERED | FROM_DESTINATION)],
  ]);
  t.match(forward, { opener: { address: low, port: 40_000, pod: 'shop/web' }, responder: { address: high } });
  t.match(back, { opener: { address: high, port: 80 }, responder: { address: low } });
  t.end();
});

t.test('states and notes', t => {
  const states = rowsOf(
    [
      [flow(), entry(ANSWERED)],
      [flow(), entry(ANSWERED | FIN_OPENER)],
      [flow(), entry(ANSWERED | FIN_OPENER | FIN_RESPONDER)],
      [flow(), entry(ANSWERED | RESET)],
      [flow(), entry(PICKED_UP | TUNNEL, 0n, { nodeId: 2 })],
    ],
    [
      [flow(), entry(0)],
      [flow(), entry(0, 61n)],
      [flow({ protocol: 1 }), entry(0, 31n)],
      [flow(), entry(RESET, 11n)],
    ],
  ).map(({ state, notes, node }) => [state, ...notes, ...(node === undefined ? [] : [node])].join(' '));
  t.strictSame(states, [
    ...['established', 'closing', 'closed', 'reset', 'established tunnel picked-up n2'],
    ...['unanswered', 'over', 'over', 'over'],
  ]);
  t.end();
});

t.test('what was judged, and by whose rule; generations are compared as entries keep them', t => {
  const [row] = rowsOf([
    [flow(), entry(ANSWERED, 0n, { sourceGeneration: 6, sourceRule: 2, destinationGeneration: 5 })],
  ]);
  t.match(row, {
    opener: { judged: 'current', rule: 'NetworkPolicy shop/web, egress rule 3' },
    responder: { judged: 'stale', rule: undefined },
  });
  t.match(rowsOf([[flow(), entry(0)]]), [{ opener: { judged: 'none' }, responder: { judged: 'none' } }]);
  t.match(rowsOf([[flow(), entry(0, 5n)]]), [{ idleSeconds: 5, ageSeconds: 100, protocol: 'tcp' }]);
  t.end();
});
