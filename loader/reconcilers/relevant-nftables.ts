// Which reconcilers a change of nftables concerns: kube-proxy changes rules and elements of its own all the time, and a sync
// starts an `nft` that reads whole tables.
import type { NftablesChange } from 'rtnetlink';
import { forwardChainId } from '../network/firewall.ts';
import { MASQUERADE_FAMILY } from '../network/masquerade.ts';
import type { KernelEvent } from './reconciler.ts';

export interface NftablesState {
  /** Name of the table that masquerades. */
  readonly ownTable: string;
  /** Ids of the chains that `firewall` looks at; undefined: not known yet. */
  readonly forwardChains: ReadonlySet<string> | undefined;
}

/** Pure. Undefined: of no concern. */
export function relevantNftables(
  change: NftablesChange,
  { ownTable, forwardChains }: NftablesState,
): KernelEvent | undefined {
  const { kind, family, table, chain, isBase } = change;
  if (family === MASQUERADE_FAMILY && table === ownTable) return 'nftables-own';
  if (kind === 'table') return 'nftables-forward'; // with all of its chains, or made dormant
  if (chain === undefined) return undefined;
  if (isBase || forwardChains === undefined) return 'nftables-forward';
  return forwardChains.has(forwardChainId({ family, table, name: chain })) ? 'nftables-forward' : undefined;
}
