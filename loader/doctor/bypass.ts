// Detects rules that take packets from one device straight to another: from a pod they pass neither FORWARD nor
// POST_ROUTING, and egress policy is checked only where they lead to a device with a program of ours, as the uplink is
// (docs/threat-model.md, "What is not held").
import { createNft, type NftObject, type NftRule } from '../network/nft.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';

const { ok, warning } = findingsOf('bypass');

/** nftables statements that end the packet's way through the host's stack (nft(8): FWD, FLOW). */
const STATEMENTS = ['fwd', 'flow'] as const;

export async function checkBypass(): Promise<Finding[]> {
  const objects = (await createNft().list('ruleset')) ?? [];
  return orOk(bypasses(objects), ok('no rule of nftables takes packets past FORWARD'));
}

/** Of a ruleset in the form of libnftables-json(5). */
function bypasses(objects: readonly NftObject[]): Finding[] {
  return objects
    .flatMap(({ rule }) => (rule === undefined ? [] : [rule]))
    .filter(({ expr }) => STATEMENTS.some(name => expr.some(statement => name in statement)))
    .map(describe);
}

function describe({ family, table, chain, handle }: NftRule): Finding {
  const place = `${family} ${table} ${chain}`;
  return warning(
    `a rule in nftables chain ${place} takes packets past FORWARD: what it takes from a pod out of any device but the uplink is not checked by policy`,
    `nft delete rule ${place} handle ${handle ?? 0}`,
  );
}
