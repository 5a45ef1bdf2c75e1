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
${services.map(service => ipvsRules(service, '-m')).join('\n')}
RULES`,
  );
}

/**
 * Direct routing, as plain IPVS does it: the backend has the Service's address itself, and is its next hop. Addresses are put on a
 * device of their own; answers come from them, which IPv4 takes for martians unless told otherwise. Without netfilter's conntrack, as is
 * IPVS' default.
 */
export async function writeDirectServices(
  node: { readonly netns: string },
  services: readonly VirtualService[],
): Promise<void> {
  const addresses = [...new Set(services.map(({ address }) => address))];
  await sh(
    node,
    `sysctl -q -w net.ipv4.vs.conntrack=0 net.ipv4.conf.all.accept_local=1
ip link add ${DEVICE} type dummy
ip link set ${DEVICE} up
${addresses.map(one => `ip address add ${one}/${isIpv6(one) ? 128 : 32} dev ${DEVICE}`).join('\n')}
ipvsadm --restore <<'RULES'
${services.map(service => ipvsRules(service, '-g')).join('\n')}
RULES`,
  );
}

export async function removeDirectServices(node: { readonly netns: string }): Promise<void> {
  await sh(node, `ipvsadm --clear\nip link delete ${DEVICE}\nsysctl -q -w net.ipv4.conf.all.accept_local=0`);
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

function ipvsRules({ protocol, address, port, backend }: VirtualService, method: '-m' | '-g'): string {
  const service = `${protocol === 'TCP' ? '-t' : '-u'} ${endpoint(address, port)}`;
  return `-A ${service} -s rr\n-a ${service} -r ${endpoint(backend.address, backend.port)} ${method}`;
}

function endpoint(address: string, port: number): string {
  return isIpv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
