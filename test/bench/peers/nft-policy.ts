// Policy in nftables as a CNI writes it: established flows first, then a pod's rules one after the other, pods as a set.
import { execFileSync } from 'node:child_process';
import { writeSysctls } from '../../../lab/iproute.ts';
import type { FloodEnd } from '../net/flood.ts';
import type { PolicyRules, Rule } from '../policy/manifests.ts';

/** Timeout of unreplied flows: flows of one run are new again in the next. */
export const FORGOTTEN_MS = 1_500;

/** Of the pod of that node: what it sends, and what it receives. `pods`: the whole lab's. */
export function writeNftPolicy(
  { nodeNetns, address }: FloodEnd,
  pods: readonly string[],
  policies: readonly PolicyRules[],
): void {
  const chain = (name: string, field: string, rules: readonly Rule[]): string[] => [
    `chain ${name} {`,
    ...rules.map(rule => `  ${ruleText(field, rule)} accept`),
    '  drop',
    '}',
  ];
  const ruleset = [
    'table inet cni {',
    `set pods { type ipv4_addr; elements = { ${pods.join(', ')} }; }`,
    ...chain(
      'pod_sends',
      'daddr',
      policies.flatMap(policy => policy.egress),
    ),
    ...chain(
      'pod_receives',
      'saddr',
      policies.flatMap(policy => policy.ingress),
    ),
    'chain forward {',
    '  type filter hook forward priority 0; policy accept;',
    '  ct state established,related accept',
    `  ip saddr ${address} jump pod_sends`,
    `  ip daddr ${address} jump pod_receives`,
    '}',
    '}',
  ];
  nft(nodeNetns, `${ruleset.join('\n')}\n`);
  writeSysctls(nodeNetns, { 'net.netfilter.nf_conntrack_udp_timeout': '1' });
}

function ruleText(field: string, { peer, first, last }: Rule): string {
  const whom = peer === 'pods' ? '@pods' : peer.cidr;
  return `ip ${field} ${whom} udp dport ${first === last ? first : `${first}-${last}`}`;
}

function nft(netns: string, ruleset: string): void {
  execFileSync('nsenter', [`--net=${netns}`, 'nft', '-f', '-'], {
    input: ruleset,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}
