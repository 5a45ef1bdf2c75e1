// The nftables rules that flannel keeps on a node: forwarding is accepted, what leaves the cluster is masqueraded.
import { execFileSync } from 'node:child_process';

const CLUSTER = '10.244.0.0/16';
/** Of packets that kube-proxy masquerades itself. */
const KUBE_PROXY_MARK = '0x4000';

/** As its manifest has them (`--ip-masq`); with them comes netfilter's connection tracking. */
export function writeFlannelRules(netns: string, podCidr: string): void {
  const rules = [
    'table ip flannel-ipv4 {',
    'chain forward {',
    '  type filter hook forward priority filter; policy accept;',
    `  ip saddr ${CLUSTER} accept`,
    `  ip daddr ${CLUSTER} accept`,
    '}',
    'chain postrtg {',
    '  type nat hook postrouting priority srcnat; policy accept;',
    `  meta mark & ${KUBE_PROXY_MARK} == ${KUBE_PROXY_MARK} return`,
    `  ip saddr ${podCidr} ip daddr ${CLUSTER} return`,
    `  ip saddr ${CLUSTER} ip daddr ${podCidr} return`,
    `  ip saddr != ${CLUSTER} ip daddr ${podCidr} return`,
    `  ip saddr ${CLUSTER} ip daddr != 224.0.0.0/4 masquerade fully-random`,
    `  ip saddr != ${CLUSTER} ip daddr ${CLUSTER} masquerade fully-random`,
    '}',
    '}',
  ];
  execFileSync('nsenter', [`--net=${netns}`, 'nft', '-f', '-'], {
    input: `${rules.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}
