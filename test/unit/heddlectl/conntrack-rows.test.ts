// A flow in words: who opened it, how it stands, and whose rules admitted it.
import { parseAddr } from 'ip';
import t from 'tap';
import { conntrackEntries, type ConntrackRow } from '../../../cmd/heddlectl/tables/conntrack-rows.ts';
import { CtFlag, type CtEntry, type Flow } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { BLANK_CONNTRACK } from '../../support/blank-conntrack.ts';

const [low, high] = [parseAddr('10.1.0.7'), parseAddr('10.2.0.8')];
const names = {
  pods: new Map([[low, 'shop/web']]),
  nodes: new Map([[2, 'n2']]),
  devices: new Map(),
  services: new Map(),
};
const {
  ASSURED,
  ORIG_IS_KEY_DST,
  FIN_ORIGINATOR,
  FIN_RESPONDER,
  RESET_ORIGINATOR,
  SEEN_REPLY,
  VIA_STACK_ORIG,
  VIA_STACK_REPLY,
} = CtFlag;
const { TUNNEL, MIDSTREAM } = CtFlag;
const SECOND = 1_000_000_000n;

function flow(more: Partial<Flow> = {}): Flow {
  const ports = { sourcePort: 40_000, destinationPort: 80 };
  return { vni: 1, protocol: 6, source: low, destination: high, ...ports, ...more };
}

function entry(flags: number, idleSeconds = 0n, more: Partial<CtEntry> = {}): CtEntry {
  const now = process.hrtime.bigint();
  return {
    ...BLANK_CONNTRACK,
    ...{ seenNs: now - idleSeconds * SECOND, createdNs: now - 100n * SECOND, flags },
    ...more,
  };
}

function rowsOf(
  assured: readonly [Flow, CtEntry][],
  unassured: readonly [Flow, CtEntry][] = [],
): ConntrackRow[] {
  const maps = {
    hd_control: { get: () => [{ generation: 0x1_0000_0006n, events: 0n, nonce: [0n, 0n] }] },
    hd_ct: { entries: () => assured.values() },
    hd_ct_unassured: { entries: () => unassured.values() },
    hd_rule: { get: (rule: number) => ({ policyName: 9, index: rule, kind: 1, direction: 1 }) },
    hd_policy_name: {
      get: () => ({ kind: 1, namespace: Buffer.from('shop\0'), name: Buffer.from('web\0x') }),
    },
  } as unknown as MapSet;
  return conntrackEntries(maps, names).map(({ row }) => row);
}

t.test('originator and responder follow the direction of the flow, not the order of the key', t => {
  const [forward, back] = rowsOf([
    [flow(), entry(ASSURED)],
    [flow(), entry(ASSURED | ORIG_IS_KEY_DST)],
  ]);
  t.match(forward, {
    originator: { address: low, port: 40_000, pod: 'shop/web' },
    responder: { address: high },
  });
  t.match(back, { originator: { address: high, port: 80 }, responder: { address: low } });
  t.end();
});

t.test('so do the notes which direction the host stack forwards', t => {
  const notes = rowsOf([
    [flow(), entry(VIA_STACK_ORIG)],
    [flow(), entry(VIA_STACK_ORIG | ORIG_IS_KEY_DST)],
    [flow(), entry(VIA_STACK_REPLY | ORIG_IS_KEY_DST)],
    [flow(), entry(VIA_STACK_ORIG | VIA_STACK_REPLY | ORIG_IS_KEY_DST)],
  ]).map(row => row.notes);
  t.strictSame(notes, [
    ['via-stack-orig'],
    ['via-stack-reply'],
    ['via-stack-orig'],
    ['via-stack-orig', 'via-stack-reply'],
  ]);
  t.end();
});

t.test('states and notes', t => {
  const states = rowsOf(
    [
      [flow(), entry(ASSURED)],
      [flow(), entry(ASSURED | FIN_ORIGINATOR)],
      [flow(), entry(ASSURED | FIN_ORIGINATOR | FIN_RESPONDER)],
      [flow(), entry(ASSURED | RESET_ORIGINATOR)],
      [flow(), entry(ASSURED | MIDSTREAM | TUNNEL, 0n, { nodeId: 2 })],
      [flow({ protocol: 17 }), entry(ASSURED, 61n)],
      [flow({ protocol: 17 }), entry(ASSURED, 181n)],
    ],
    [
      [flow(), entry(0)],
      [flow(), entry(0, 61n)],
      [flow({ protocol: 1 }), entry(0, 31n)],
      [flow(), entry(RESET_ORIGINATOR, 11n)],
      [flow(), entry(SEEN_REPLY)],
      [flow(), entry(ASSURED | SEEN_REPLY)],
      [flow(), entry(MIDSTREAM, 61n)],
    ],
  ).map(({ state, notes, node }) => [state, ...notes, ...(node === undefined ? [] : [node])].join(' '));
  t.strictSame(states, [
    ...['assured', 'closing', 'closed', 'reset', 'assured tunnel midstream n2', 'assured', 'expired'],
    ...['new', 'expired', 'expired', 'expired', 'replied', 'assured evictable', 'new midstream'],
  ]);
  t.end();
});

t.test('what was evaluated, and by whose rule; generations are compared as entries keep them', t => {
  const [row] = rowsOf([
    [flow(), entry(ASSURED, 0n, { sourceGeneration: 6, sourceRule: 2, destinationGeneration: 5 })],
  ]);
  t.match(row, {
    originator: { evaluated: 'current', rule: 'NetworkPolicy shop/web, egress rule 3' },
    responder: { evaluated: 'stale', rule: undefined },
  });
  t.match(rowsOf([[flow(), entry(0)]]), [
    { originator: { evaluated: 'none' }, responder: { evaluated: 'none' } },
  ]);
  t.match(rowsOf([[flow(), entry(0, 5n)]]), [{ idleSeconds: 5, ageSeconds: 100, protocol: 'tcp' }]);
  t.end();
});
