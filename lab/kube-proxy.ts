// The rules that kube-proxy writes for a Service, in its iptables mode and in its nftables mode (Kubernetes:
// pkg/proxy/iptables and pkg/proxy/nftables, README), for one family.
import { execIn } from './exec.ts';

export type ProxyMode = 'iptables' | 'nftables';

export interface ServiceRules {
  readonly family: 'ipv4' | 'ipv6';
  readonly clusterIp: string;
  readonly port: number;
  /** On every address of the node. */
  readonly nodePort: number;
  /** What is not from there becomes the node. */
  readonly podRange: string;
  /** Each is chosen as often. */
  readonly backends: readonly string[];
}

const PROTOCOLS = ['tcp', 'udp'] as const;
const MASQUERADE_MARK = '0x4000';

/** On one node, as if kube-proxy ran there. */
export async function writeServiceRules(
  node: { readonly netns: string },
  mode: ProxyMode,
  services: readonly ServiceRules[],
): Promise<void> {
  for (const { command, text } of rulesText(mode, services)) await fed(node, command, text);
}

/** What each command is fed: one for each family that has a service. */
export function rulesText(
  mode: ProxyMode,
  services: readonly ServiceRules[],
): readonly { readonly command: string; readonly text: string }[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const own = services.filter(service => service.family === family);
    if (own.length === 0) return [];
    if (mode === 'nftables') return [{ command: 'nft -f -', text: nftablesTable(family, own) }];
    const command = family === 'ipv4' ? 'iptables-restore' : 'ip6tables-restore';
    return [{ command, text: iptablesTables(own) }];
  });
}

/** Of the nftables mode. */
export async function removeServiceRules(node: { readonly netns: string }): Promise<void> {
  const tables = ['ip', 'ip6'].map(
    family => `table ${family} kube-proxy\ndelete table ${family} kube-proxy\n`,
  );
  await fed(node, 'nft -f -', tables.join(''));
}

async function fed(node: { readonly netns: string }, command: string, text: string): Promise<void> {
  const { code, stderr } = await execIn(node.netns, ['sh', '-c', `${command} <<'RULES'\n${text}RULES`]);
  if (code !== 0) throw new Error(`'${command}' in ${node.netns} ended with ${code}: ${stderr}`);
}

function endpoint({ family, port }: ServiceRules, backend: string): string {
  return family === 'ipv4' ? `${backend}:${port}` : `[${backend}]:${port}`;
}

function iptablesTables(services: readonly ServiceRules[]): string {
  const chains = services.flatMap((service, number) =>
    PROTOCOLS.flatMap(protocol => iptablesService(service, `${number}${protocol.toUpperCase()}`, protocol)),
  );
  const names = new Set(
    chains.map(rule => rule.split(' ')[1] ?? '').filter(name => name.startsWith('KUBE-')),
  );
  return `*filter
:KUBE-FORWARD - [0:0]
-A FORWARD -j KUBE-FORWARD
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m mark --mark ${MASQUERADE_MARK}/${MASQUERADE_MARK} -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
${['KUBE-MARK-MASQ', 'KUBE-POSTROUTING', ...names].map(name => `:${name} - [0:0]\n`).join('')}-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --or-mark ${MASQUERADE_MARK}
-A KUBE-POSTROUTING -m mark ! --mark ${MASQUERADE_MARK}/${MASQUERADE_MARK} -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark ${MASQUERADE_MARK}
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
${chains.join('\n')}
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
`;
}

function iptablesService(service: ServiceRules, id: string, protocol: string): string[] {
  const { clusterIp, port, nodePort, podRange, backends } = service;
  const toService = `-d ${clusterIp} -p ${protocol} -m ${protocol} --dport ${port}`;
  return [
    `-A KUBE-SERVICES ${toService} -j KUBE-SVC-${id}`,
    `-A KUBE-NODEPORTS -p ${protocol} -m ${protocol} --dport ${nodePort} -j KUBE-EXT-${id}`,
    `-A KUBE-EXT-${id} -j KUBE-MARK-MASQ`,
    `-A KUBE-EXT-${id} -j KUBE-SVC-${id}`,
    `-A KUBE-SVC-${id} ! -s ${podRange} ${toService} -j KUBE-MARK-MASQ`,
    ...backends.flatMap((backend, i) => {
      const left = backends.length - i;
      const chance = left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(5)} `;
      return [
        `-A KUBE-SVC-${id} ${chance}-j KUBE-SEP-${id}${i}`,
        `-A KUBE-SEP-${id}${i} -s ${backend} -j KUBE-MARK-MASQ`,
        `-A KUBE-SEP-${id}${i} -p ${protocol} -m ${protocol} -j DNAT --to-destination ${endpoint(service, backend)}`,
      ];
    }),
  ];
}

function nftablesTable(family: 'ipv4' | 'ipv6', services: readonly ServiceRules[]): string {
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  const all = services.flatMap((service, number) =>
    PROTOCOLS.map(protocol => ({ service, protocol, id: `${number}-${protocol}` })),
  );
  const byAddress = all.map(
    ({ service, protocol, id }) =>
      `${service.clusterIp} . ${protocol} . ${service.port} : goto service-${id}`,
  );
  const byPort = all.map(
    ({ service, protocol, id }) => `${protocol} . ${service.nodePort} : goto external-${id}`,
  );
  return `table ${ip} kube-proxy {
  map service-ips {
    type ${family}_addr . inet_proto . inet_service : verdict
    elements = { ${byAddress.join(', ')} }
  }
  map service-nodeports {
    type inet_proto . inet_service : verdict
    elements = { ${byPort.join(', ')} }
  }
  chain mark-for-masquerade { meta mark set meta mark or ${MASQUERADE_MARK}; }
  chain masquerading {
    meta mark and ${MASQUERADE_MARK} == 0 return
    meta mark set meta mark xor ${MASQUERADE_MARK}
    masquerade fully-random
  }
${all.map(({ service, protocol, id }) => nftablesChains(service, ip, protocol, id)).join('')}
  chain services {
    ${ip} daddr . meta l4proto . th dport vmap @service-ips
    fib daddr type local meta l4proto . th dport vmap @service-nodeports
  }
  chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
  chain nat-output { type nat hook output priority -100; jump services; }
  chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }
}
`;
}

function nftablesChains(service: ServiceRules, ip: string, protocol: string, id: string): string {
  const { clusterIp, port, podRange, backends } = service;
  const choice = backends.map((_backend, i) => `${i} : goto endpoint-${id}-${i}`).join(', ');
  const endpoints = backends.map(
    (backend, i) => `  chain endpoint-${id}-${i} {
    ${ip} saddr ${backend} jump mark-for-masquerade
    meta l4proto ${protocol} dnat to ${endpoint(service, backend)}
  }
`,
  );
  return `${endpoints.join('')}  chain service-${id} {
    ${ip} daddr ${clusterIp} ${protocol} dport ${port} ${ip} saddr != ${podRange} jump mark-for-masquerade
    numgen random mod ${backends.length} vmap { ${choice} }
  }
  chain external-${id} {
    jump mark-for-masquerade
    goto service-${id}
  }
`;
}
