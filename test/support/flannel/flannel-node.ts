// A node as flannel's backend vxlan or host-gw and its CNI plugin make it: devices, tables, rules, files, and its Node's annotations.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cidrAddr, isIpv4Cidr, parseCidr } from 'ip';
import { addNetns, ipIn, removeNetns, writeSysctls } from '../../../lab/iproute.ts';
import type { NodePlan, PodPlan } from '../../../lab/plan.ts';
import { writeFlannelRules } from '../../bench/peers/flannel-rules.ts';
import type { StandInApiServer } from '../api-server/api-server.ts';
import type { TestHost } from '../lab.ts';

const NODES = '/api/v1/nodes';
const PREFIX = 'flannel.alpha.coreos.com';
const [VNI, PORT, MTU] = [1, 8472, 1450];
const UNDERLAY_MTU = 1500;
/** What flannel writes where a backend has nothing to say. */
const PLAIN = { 'backend-data': 'null', 'backend-v6-data': 'null' } as const;
/** Outer headers of IPv6 are larger. */
const MTU6 = 1430;

export type FlannelBackend = 'vxlan' | 'host-gw';

type Annotations = Readonly<Record<string, string>>;

export class FlannelNode {
  readonly plan: NodePlan;
  readonly #server: StandInApiServer;
  readonly #cidrs: { readonly ipv4: string; readonly ipv6: string };

  readonly #backend: FlannelBackend;

  constructor(plan: NodePlan, server: StandInApiServer, backend: FlannelBackend = 'vxlan') {
    const cidrs = plan.podCidrs.map(parseCidr);
    this.plan = plan;
    this.#server = server;
    this.#backend = backend;
    this.#cidrs = {
      ipv4: cidrs.find(isIpv4Cidr) ?? '',
      ipv6: cidrs.find(cidr => !isIpv4Cidr(cidr)) ?? '',
    };
  }

  get subnetFile(): string {
    return join(dirname(this.plan.configFile), 'flannel/subnet.env');
  }

  get confDir(): string {
    return join(dirname(this.plan.configFile), 'net.d');
  }

  /** Beside it the plugin keeps a file a container. */
  get hostLocalDir(): string {
    return join(dirname(this.plan.configFile), 'cni/networks');
  }

  /** The node itself: its packets to pods come from its VTEPs' addresses, where it has them. */
  get host(): TestHost {
    const { ipv4, ipv6 } = this.#cidrs;
    const { name, netns, addresses } = this.plan;
    return { name, netns, addresses: this.#backend === 'vxlan' ? [base(ipv4), base(ipv6)] : addresses };
  }

  /** The first address of each pod CIDR: of flannel's bridge, and of Heddle's overlay device. */
  get firstAddresses(): readonly string[] {
    return [gateway(this.#cidrs.ipv4), gateway(this.#cidrs.ipv6)];
  }

  /** As a start of flanneld; the MACs of an earlier one stay, as they stand in the annotations. */
  up(): void {
    const { netns, addresses } = this.plan;
    const [underlay4 = '', underlay6 = ''] = addresses;
    writeSysctls(netns, { 'net.ipv4.ip_forward': '1', 'net.ipv6.conf.all.forwarding': '1' });
    const data = this.#backend === 'vxlan' ? this.#addVteps(underlay4, underlay6) : PLAIN;
    writeFlannelRules(netns, this.#cidrs.ipv4);
    this.#writeFiles();
    this.#annotate({
      ...data,
      'backend-type': this.#backend,
      'kube-subnet-manager': 'true',
      'public-ip': underlay4,
      'public-ipv6': underlay6,
    });
  }

  #addVteps(underlay4: string, underlay6: string): Annotations {
    const { ipv4, ipv6 } = this.#cidrs;
    const [mac4, mac6] = [this.#macOf('backend-data'), this.#macOf('backend-v6-data')];
    ipIn(this.plan.netns, [
      `link add flannel.1 address ${mac4} mtu ${MTU} type vxlan id ${VNI} dstport ${PORT} local ${underlay4} dev eth0 nolearning`,
      'link set flannel.1 up',
      `address add ${base(ipv4)}/32 dev flannel.1`,
      `link add flannel-v6.1 address ${mac6} mtu ${MTU6} type vxlan id ${VNI} dstport ${PORT} local ${underlay6} dev eth0 nolearning`,
      'link set flannel-v6.1 up',
      `address add ${base(ipv6)}/128 dev flannel-v6.1 nodad`,
    ]);
    return { 'backend-data': vtep(mac4), 'backend-v6-data': vtep(mac6) };
  }

  /** What flannel does when a Node says something new: handleSubnetEvents in pkg/backend/vxlan and in pkg/backend/hostgw's route network. */
  learn(name: string): void {
    if (name === this.plan.name) return;
    const node = this.#server.collections.get(NODES, name);
    const texts = (key: string): string => node?.metadata.annotations?.[`${PREFIX}/${key}`] ?? '';
    const { podCIDRs = [] } = (node?.['spec'] ?? {}) as { readonly podCIDRs?: readonly string[] };
    if (texts('kube-subnet-manager') !== 'true' || texts('backend-type') !== this.#backend) return;
    for (const cidr of podCIDRs) {
      const isV4 = !cidr.includes(':');
      const [device, data, publicIp] = isV4
        ? ['flannel.1', 'backend-data', 'public-ip']
        : ['flannel-v6.1', 'backend-v6-data', 'public-ipv6'];
      if (this.#backend === 'host-gw') {
        ipIn(this.plan.netns, [`route replace ${cidr} via ${texts(publicIp)} dev eth0`]);
        continue;
      }
      const { VNI: vni, VtepMAC: mac } = JSON.parse(texts(data)) as { VNI?: number; VtepMAC?: string };
      if (vni === undefined || mac === undefined) throw new Error(`flannel cannot read ${data} of ${name}`);
      ipIn(this.plan.netns, [
        `neigh replace ${base(cidr)} lladdr ${mac} dev ${device} nud permanent`,
        `route replace ${cidr} via ${base(cidr)} dev ${device} onlink`,
      ]);
      const entry = ['fdb', 'replace', mac, 'dev', device, 'dst', texts(publicIp), 'self', 'permanent'];
      execFileSync('bridge', ['-n', basename(this.plan.netns), ...entry]);
    }
  }

  /** As the plugin flannel by way of bridge and host-local, which gives `number`. */
  addPod(pod: PodPlan, number: number): TestHost {
    const { netns, name } = this.plan;
    const { ipv4, ipv6 } = this.#cidrs;
    const [v4, v6] = [`${base(ipv4).replace(/0$/, '')}${number}`, `${base(ipv6)}${number.toString(16)}`];
    this.#needBridge();
    addNetns(pod.netns);
    const host = `veth${number}`;
    const mtu = this.#mtu;
    ipIn(netns, [
      `link add ${host} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${basename(pod.netns)}`,
      `link set ${host} master cni0 up`,
    ]);
    ipIn(pod.netns, [
      `address add ${v4}/24 dev eth0`,
      `address add ${v6}/64 dev eth0 nodad`,
      'link set eth0 up',
      `route add default via ${gateway(ipv4)}`,
      `route add default via ${gateway(ipv6)}`,
    ]);
    for (const address of [v4, v6])
      writeFileSync(join(this.#given(), address), `${name}-${pod.name}\r\neth0`);
    return { name: pod.name, netns: pod.netns, addresses: [v4, v6] };
  }

  /** What host-local remembers of a pod, without the pod. */
  reserve(address: string): void {
    writeFileSync(join(this.#given(), address), 'gone\r\neth0');
  }

  /** As the plugin bridge: the device goes first, since processes may hold the namespace. */
  removePod({ netns, addresses }: TestHost): void {
    ipIn(netns, ['link delete eth0']);
    removeNetns(netns);
    for (const address of addresses) rmSync(join(this.#given(), address));
  }

  get #mtu(): number {
    return this.#backend === 'vxlan' ? MTU : UNDERLAY_MTU;
  }

  #needBridge(): void {
    const { netns } = this.plan;
    if (execFileSync('ip', ['-n', basename(netns), 'link']).includes(' cni0:')) return;
    ipIn(netns, [
      `link add cni0 mtu ${this.#mtu} type bridge`,
      'link set cni0 up',
      `address add ${gateway(this.#cidrs.ipv4)}/24 dev cni0`,
      `address add ${gateway(this.#cidrs.ipv6)}/64 dev cni0 nodad`,
    ]);
  }

  /** Random, as mac.NewHardwareAddr has it, where no earlier one is known. */
  #macOf(key: string): string {
    const text = this.#server.collections.get(NODES, this.plan.name)?.metadata.annotations?.[
      `${PREFIX}/${key}`
    ];
    const stored = text === undefined ? null : (JSON.parse(text) as { VtepMAC?: string } | null);
    const bytes = [0x02, ...randomBytes(5)].map(byte => byte.toString(16).padStart(2, '0'));
    return stored?.VtepMAC ?? bytes.join(':');
  }

  #writeFiles(): void {
    const { ipv4, ipv6 } = this.#cidrs;
    for (const folder of [dirname(this.subnetFile), this.confDir, this.#given()])
      mkdirSync(folder, { recursive: true });
    const lines = [
      ...['FLANNEL_NETWORK=10.244.0.0/16', `FLANNEL_SUBNET=${gateway(ipv4)}/24`],
      ...['FLANNEL_IPV6_NETWORK=fd00:244::/48', `FLANNEL_IPV6_SUBNET=${gateway(ipv6)}/64`],
      ...[`FLANNEL_MTU=${MTU6}`, 'FLANNEL_IPMASQ=true', ''],
    ];
    writeFileSync(this.subnetFile, lines.join('\n'));
    const plugins = [{ type: 'flannel', delegate: { isDefaultGateway: true } }, { type: 'portmap' }];
    const conflist = { name: 'cbr0', cniVersion: '1.0.0', plugins };
    writeFileSync(join(this.confDir, '10-flannel.conflist'), JSON.stringify(conflist));
  }

  #given(): string {
    const folder = join(this.hostLocalDir, 'cbr0');
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    return folder;
  }

  #annotate(texts: Annotations): void {
    const node = this.#server.collections.get(NODES, this.plan.name);
    if (node === undefined) throw new Error(`there is no Node ${this.plan.name}`);
    const named = Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${PREFIX}/${key}`, text]));
    const annotations = { ...node.metadata.annotations, ...named };
    this.#server.collections.put({ ...node, metadata: { ...node.metadata, annotations } });
  }
}

function vtep(mac: string): string {
  return JSON.stringify({ VNI, VtepMAC: mac });
}

function base(cidr: string): string {
  return cidrAddr(parseCidr(cidr));
}

/** The bridge's address. */
function gateway(cidr: string): string {
  return cidr.includes(':') ? `${base(cidr)}1` : base(cidr).replace(/0$/, '1');
}
