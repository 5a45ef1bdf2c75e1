// Compiled policy as text that can be compared: equal tables are equal texts, whatever the order of their maps.
import type { CompiledPolicy, PolicyChange } from '../../../loader/policy/compiled.ts';

export type TableName = keyof CompiledPolicy;

const TABLES: readonly TableName[] = ['identities', 'cidrs', 'pods', 'peers', 'ruleSets', 'rules'];

/** By table, then by key ('policy identity' in `peers`), each row as text. */
export type TableTexts = Readonly<Record<TableName, ReadonlyMap<string, string>>>;

export function tableTexts(compiled: CompiledPolicy): TableTexts {
  const texts = (table: ReadonlyMap<unknown, unknown>): Map<string, string> =>
    new Map([...table].map(([key, row]) => [String(key), JSON.stringify(row)]));
  const peers = [...compiled.peers].flatMap(([policy, rows]) =>
    [...rows].map(([identity, row]): [string, string] => [`${policy} ${identity}`, JSON.stringify(row)]),
  );
  return {
    identities: texts(compiled.identities),
    cidrs: texts(compiled.cidrs),
    pods: texts(compiled.pods),
    peers: new Map(peers),
    ruleSets: texts(compiled.ruleSets),
    rules: texts(compiled.rules),
  };
}

/** 'cidrs 10.0.0.0/8' for each row that is not the same in both. */
export function differences(before: TableTexts, after: TableTexts): readonly string[] {
  return TABLES.flatMap(table => {
    const keys = new Set([...before[table].keys(), ...after[table].keys()]);
    return [...keys]
      .filter(key => before[table].get(key) !== after[table].get(key))
      .map(key => `${table} ${key}`);
  });
}

/** The same words for what a compilation says that it has changed. */
export function changedKeys(change: PolicyChange): ReadonlySet<string> {
  const { identities, cidrs, pods, peers, ruleSets, rules } = change;
  const plain = Object.entries({ identities, cidrs, pods, ruleSets, rules }).flatMap(([table, keys]) =>
    [...keys].map(key => `${table} ${key}`),
  );
  const nested = [...peers].flatMap(([policy, rows]) => [...rows].map(row => `peers ${policy} ${row}`));
  return new Set([...plain, ...nested]);
}
