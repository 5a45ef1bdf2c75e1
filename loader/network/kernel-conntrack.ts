// Has the kernel load netfilter's conntrack, whose functions programs call: a module's can be called once it is loaded.
import type { Nft, NftCommand } from './nft.ts';

/** Never seen by others: the transaction that adds it removes it. */
const PROBE = { family: 'inet', name: 'heddle_probe' } as const;
const { family, name: table } = PROBE;
const CHAIN = { family, table, name: 'probe' };
const STATE = { match: { op: 'in', left: { ct: { key: 'state' } }, right: 'new' } };

const COMMANDS: readonly NftCommand[] = [
  { add: { table: PROBE } },
  { add: { chain: CHAIN } },
  { add: { rule: { family, table, chain: CHAIN.name, expr: [STATE] } } },
  { delete: { table: PROBE } },
];

/** The kernel loads what a rule asks for, as far as it may (modprobe.d, kernel.modules_disabled). Without nft it stays as it is. */
export async function loadConntrack(nft: Nft): Promise<void> {
  await nft.apply(COMMANDS).catch(() => undefined); // no nft, or no such module: what is missing then, the programs' reconciler says
}
