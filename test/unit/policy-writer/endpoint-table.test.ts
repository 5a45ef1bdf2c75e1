// hd_endpoint after writes that fail half way: the map has what is wanted, and no identity that is not.
import { parseAddr, type Addr } from 'ip';
import fc from 'fast-check';
import t from 'tap';
import { mapCodecs } from '../../../loader/abi/codecs.ts';
import { endpointEntry } from '../../../loader/tables/encode-rows.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { MapDraft } from '../../../loader/collections/persistent-map.ts';
import { NO_MAC, type EndpointRow } from '../../../loader/model/table-rows.ts';
import { EndpointTable } from '../../../loader/policy-writer/endpoint-table.ts';
import { byBank } from '../../../loader/policy-writer/banks.ts';
import { FailedWrite, mapOf, TextMap, textOf } from '../../support/text-map.ts';

const VNI = 7;
const CAPACITY = 6;

const { key: keyCodec, value: valueCodec } = mapCodecs('hd_endpoint');

const ADDRESSES = Array.from({ length: 9 }, (_, i) => parseAddr(`10.2.0.${i + 1}`));

function row(addr: Addr, nodeId: number): EndpointRow {
  const value = {
    kind: 'ENDPOINT_REMOTE_POD',
    nodeId,
    ifindex: 0,
    podId: 0,
    mac: NO_MAC,
    flags: [],
  } as const;
  return { key: { vni: VNI, addr }, value, node: `n${nodeId}` };
}

const address = fc.constantFrom(...ADDRESSES);
const nodeId = fc.integer({ min: 1, max: 3 });
const rowsStep = fc.record({
  set: fc.array(fc.tuple(address, nodeId), { maxLength: 4 }),
  gone: fc.subarray(ADDRESSES, { maxLength: 5 }),
  mode: fc.constantFrom('update' as const, 'update' as const, 'sync' as const),
  budget: fc.oneof(fc.constant(Infinity), fc.nat(6)),
  /** What another program does to the map. */
  foreign: fc.option(address, { freq: 6, nil: undefined }),
});
const step = fc.oneof(
  { weight: 3, arbitrary: rowsStep.map(of => ({ kind: 'rows' as const, of })) },
  { weight: 1, arbitrary: fc.tuple(address, nodeId).map(of => ({ kind: 'put' as const, of })) },
  { weight: 1, arbitrary: address.map(of => ({ kind: 'delete' as const, of })) },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(address, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 })
      .map(of => ({ kind: 'identities' as const, of })),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The table as the writer drives it: identities change in the shadow bank, then the banks are switched. */
class World {
  readonly raw = new TextMap('hd_endpoint', CAPACITY);
  readonly table = new EndpointTable(mapOf(this.raw), VNI, 0);
  readonly #wanted = new MapDraft<Addr, EndpointRow>();
  #bank = 0;

  take(step: Step): void {
    if (step.kind === 'identities') this.#identify(step.of);
    else if (step.kind === 'rows') this.#rows(step.of);
    else if (step.kind === 'put') this.#attempt(() => this.table.put(row(...step.of), this.#bank));
    else this.table.delete(step.of);
    this.#checkIdentities();
  }

  #rows({ set, gone, mode, budget, foreign }: (Step & { kind: 'rows' })['of']): void {
    if (foreign !== undefined) this.raw.rows.delete(this.#key(foreign));
    for (const addr of gone) this.#wanted.delete(addr);
    for (const [addr, id] of set) this.#wanted.set(addr, row(addr, id));
    this.raw.budget = budget;
    const how = foreign === undefined ? mode : 'sync';
    const isDone = this.#attempt(() => this.table[how](this.#wanted.seal(), this.#bank));
    this.raw.budget = Infinity;
    if (isDone) this.#checkRows();
  }

  #identify(identities: readonly (readonly [Addr, number])[]): void {
    for (const [addr, identity] of identities) this.table.identities.stage(addr, identity);
    this.table.rewrite(this.table.identities.staged(), this.#bank);
    this.table.identities.commit(true);
    this.#bank = 1 - this.#bank;
    this.table.rewrite(this.table.identities.syncShadow(), this.#bank);
  }

  #attempt(action: () => unknown): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (error instanceof FailedWrite || error instanceof HeddleError) return false;
      throw error;
    }
  }

  #key(addr: Addr): string {
    return textOf(keyCodec, { vni: VNI, addr });
  }

  #columns(addr: Addr): [number, number] {
    const { identities } = this.table;
    return byBank(this.#bank, identities.active(addr) ?? 0, identities.shadow(addr) ?? 0);
  }

  #checkRows(): void {
    const wanted = this.#wanted.seal();
    const rows = Array.from(wanted, ([addr, each]): [string, string] => [
      this.#key(addr),
      textOf(valueCodec, endpointEntry(each, this.#columns(addr))[1]),
    ]);
    const [is, ought] = [[...this.raw.rows].sort(), rows.sort()].map(each => JSON.stringify(each));
    if (is !== ought) throw new Error(`${is}\ninstead of\n${ought}`);
  }

  /** Whatever has failed: a row that is there says who has the address now. */
  #checkIdentities(): void {
    for (const addr of ADDRESSES) {
      const held = this.raw.rows.get(this.#key(addr));
      if (held === undefined) continue;
      const { identity } = valueCodec.decode(Buffer.from(held, 'latin1'), 0);
      const wanted = this.#columns(addr);
      if (identity[0] !== wanted[0] || identity[1] !== wanted[1])
        throw new Error(`${addr} has ${identity.join()} instead of ${wanted.join()}`);
    }
  }
}

function rows(set: readonly string[], gone: readonly string[] = [], budget = Infinity): Step {
  const [added, removed] = [set, gone].map(list => list.map(parseAddr));
  const of = { mode: 'update' as const, budget, foreign: undefined, gone: removed ?? [] };
  return { kind: 'rows', of: { ...of, set: (added ?? []).map(addr => [addr, 1]) } };
}

t.test('a row that came with a deletion that failed goes when it is not wanted any more', t => {
  const world = new World();
  world.take(rows(['10.2.0.8']));
  world.take(rows(['10.2.0.1', '10.2.0.4'], ['10.2.0.8'], 2));
  world.take(rows([], ['10.2.0.4']));
  t.equal(world.raw.rows.size, 1);
  t.end();
});

t.test('after writes that fail half way, rows and identities are right again', t => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 12 }), steps => {
      const world = new World();
      for (const each of steps) world.take(each);
    }),
    { numRuns: 1_000 },
  );
  t.pass();
  t.end();
});
