// The virtual services that kube-proxy writes in its IPVS mode (Kubernetes: pkg/proxy/ipvs, README), for one node.
import { mustExec } from './lab.ts';

export interface VirtualService {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
  readonly backend: { readonly address: string; readonly port: number };
}

/** kube-proxy's: what has an address there is taken in, and IPVS stands at LOCAL_IN. */
const DEVICE = 'kube-ipvs0';
const TABLE = 'virtual-services';

/**
 * In masquerading mode: IPVS changes the destination, and the answers' source. What is not from `podRanges` becomes the
 * node. Addresses that the node has not are put on a device of their own.
 */
export async function writeVirtualServices(
  node: { readonly netns: string; readonly addresses: readonly string[] },
  services: readonly VirtualService[],
  podRanges: { readonly ipv4: string; readonly ipv6: string },
): Promise<void> {
  const addresses = [...new Set(services.map(({ address }) => address))];
  const strange = addresses.filter(address => !node.addresses.includes(address));
  const [ipv4, ipv6] = [addresses.filter(one => !isIpv6(one)), addresses.filter(isIpv6)];
  await sh(
    node,
    `sysctl -q -w net.ipv4.vs.conntrack=1
ip link add ${DEVICE} type dummy
ip link set ${DEVICE} up
${strange.map(one => `ip address add ${one}/${isIpv6(one) ? 128 : 32} dev ${DEVICE}`).join('\n')}
nft -f - <<'RULES'
table inet ${TABLE} {
  chain strangers {
    type nat hook postrouting priority srcnat
    ct original ip daddr { ${ipv4.join(', ')} } ip saddr != ${podRanges.ipv4} masquerade
    ct original ip6 daddr { ${ipv6.join(', ')} } ip6 saddr != ${podRanges.ipv6} masquerade
  }
}
RULES
ipvsadm --restore <<'RULES'
${services.map(ipvsRules).join('\n')}
RULES`,
  );
}

/** kube-proxy always has it on; plain IPVS has it off: then its packets are netfilter's NOTRACK. */
export async function setIpvsConntrack(node: { readonly netns: string }, on: boolean): Promise<void> {
  await mustExec(node, 'sysctl', '-q', '-w', `net.ipv4.vs.conntrack=${Number(on)}`);
}

export async function removeVirtualServices(node: { readonly netns: string }): Promise<void> {
  await sh(node, `ipvsadm --clear\nnft delete table inet ${TABLE}\nip link delete ${DEVICE}`);
}

async function sh(node: { readonly netns: string }, script: string): Promise<void> {
  await mustExec(node, 'sh', '-e', '-c', script);
}

function ipvsRules({ protocol, address, port, backend }: VirtualService): string {
  const service = `${protocol === 'TCP' ? '-t' : '-u'} ${endpoint(address, port)}`;
  return `-A ${service} -s rr\n-a ${service} -r ${endpoint(backend.address, backend.port)} -m`;
}

function endpoint(address: string, port: number): string {
  return isIpv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
