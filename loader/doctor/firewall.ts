// Detects foreign nftables rules that drop the tunnel's port.
import { createNft, type NftChain, type NftRule } from '../network/nft.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

const { ok, warning } = findingsOf('firewall');

export async function checkFirewall({ config: { tunnel } }: DoctorContext): Promise<Finding[]> {
  const objects = (await createNft().list('ruleset')) ?? [];
  const chains = objects.flatMap(({ chain }) => (chain === undefined ? [] : [chain]));
  const rules = objects.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  const problems = rules
    .filter(rule => refuses(rule) && rule.expr.some(statement => namesPort(statement, tunnel.port)))
    .map(rule => describe(rule, chains, tunnel.port));
  return orOk(problems, ok(`no rule of nftables drops UDP port ${tunnel.port}`));
}

function refuses({ expr }: NftRule): boolean {
  return expr.some(statement => 'drop' in statement || 'reject' in statement);
}

function namesPort(statement: Readonly<Record<string, unknown>>, port: number): boolean {
  const { left, right } = (statement['match'] ?? {}) as {
    left?: { payload?: { field?: string } };
    right?: unknown;
  };
  return (
    left?.payload?.field === 'dport' &&
    JSON.stringify(right ?? null)
      .split(/\D+/)
      .includes(String(port))
  );
}

function describe(
  { family, table, chain, handle }: NftRule,
  chains: readonly NftChain[],
  port: number,
): Finding {
  const place = `${family} ${table} ${chain}`;
  const isHere = (one: NftChain): boolean => `${one.family} ${one.table} ${one.name}` === place;
  const hook = chains.find(isHere)?.hook ?? 'an unknown chain';
  return warning(
    `a rule in nftables chain ${place} (${hook}) drops UDP port ${port}: it drops the tunnel packets that the programs pass to the kernel`,
    `nft delete rule ${place} handle ${handle ?? 0}`,
  );
}
