// Nodes with flannel's annotations as peers: where their VTEPs are, and what of the annotations cannot be used.
import { type Addr, FAMILIES, familyOf, type Family, type Mac } from 'ip';
import { overlayMac } from './derived-macs.ts';
import {
  type FlannelNames,
  flannelNames,
  type FlannelVtep,
  parseVtep,
  publicAddress,
} from './flannel-annotations.ts';
import { tunnelAddressesOf } from './node-addresses.ts';
import type { TunnelSettings } from './node-facts.ts';
import type { NodeObject } from './objects.ts';

export interface FlannelSettings {
  /** This node: its own annotations are written, not read. */
  readonly nodeName: string;
  readonly prefix: string;
  readonly tunnel: Pick<TunnelSettings, 'vni' | 'encapsulation'> & Partial<Pick<TunnelSettings, 'family'>>;
}

interface FlannelPeer {
  readonly node: NodeObject;
  /** One sentence each. */
  readonly problems: readonly string[];
}

export type Nodes = ReadonlyMap<string, NodeObject>;

export class FlannelPeers {
  readonly #settings: FlannelSettings;
  readonly #names: FlannelNames;
  /** Objects are immutable: a Node that stays the same is the same peer. */
  readonly #known = new WeakMap<NodeObject, FlannelPeer>();

  constructor(settings: FlannelSettings) {
    this.#settings = settings;
    this.#names = flannelNames(settings.prefix);
  }

  /** None has `flannelAnnotations` any more. The same map when no Node has any. */
  of(nodes: Nodes): { readonly nodes: Nodes; readonly problems: readonly string[] } {
    if (![...nodes.values()].some(({ flannelAnnotations }) => flannelAnnotations))
      return { nodes, problems: [] };
    const peers = [...nodes.values()].map(node => this.#peerOf(node));
    return {
      nodes: new Map(peers.map(({ node }) => [node.name, node])),
      problems: [...peers.flatMap(({ problems }) => problems), ...duplicates(peers.map(({ node }) => node))],
    };
  }

  /** Whether flannel's nodes are to find that node, and it them. */
  isManaged({ flannelAnnotations }: NodeObject): boolean {
    return flannelAnnotations?.[this.#names.managed] === 'true';
  }

  /** Whether another node is to find this one by its annotations: Heddle's own do without. */
  isFlannels(node: NodeObject): boolean {
    return node.name !== this.#settings.nodeName && this.isManaged(node) && !this.#isHeddles(node);
  }

  /** Heddle has written the annotations: its MAC follows from the node's name. */
  #isHeddles({ name, flannelAnnotations }: NodeObject): boolean {
    const mac = overlayMac(name);
    return FAMILIES.some(
      each => flannelAnnotations?.[this.#names.families[each].data]?.includes(mac) === true,
    );
  }

  #peerOf(raw: NodeObject): FlannelPeer {
    const known = this.#known.get(raw);
    if (known !== undefined) return known;
    const { flannelAnnotations, ...node } = raw;
    const isPeer = flannelAnnotations && raw.name !== this.#settings.nodeName && this.isManaged(raw);
    const peer = isPeer ? this.#read(node, flannelAnnotations, this.#isHeddles(raw)) : plain(raw, node);
    this.#known.set(raw, peer);
    return peer;
  }

  #read(node: NodeObject, annotations: Readonly<Record<string, string>>, isHeddles: boolean): FlannelPeer {
    const problems: string[] = [];
    const report = (text: string): void => void problems.push(`node ${node.name}: ${text}`);
    const type = annotations[this.#names.backendType] ?? '';
    if (type !== 'vxlan' && type !== 'host-gw') {
      report(unknownBackend(type));
      return { node, problems };
    }
    if (misfit(type, this.#settings) !== undefined) report(misfit(type, this.#settings) ?? '');
    const vteps = new Map<Family, Mac>();
    const addresses: Addr[] = [];
    for (const family of FAMILIES) {
      const end = this.#endOf(node, annotations, { family, type, report });
      if (end?.addr !== undefined) addresses.push(end.addr);
      if (end?.mac !== undefined) vteps.set(family, end.mac);
    }
    if (type === 'vxlan' && vteps.size === 0 && problems.length === 0)
      report(`annotation ${this.#names.families.ipv4.data} names no VTEP, so nothing reaches its pods`);
    if (!isHeddles) familyProblems(vteps, this.#settings).forEach(report);
    const missing = addresses.filter(addr =>
      node.tunnelAddresses.every(one => familyOf(one) !== familyOf(addr)),
    );
    const tunnelAddresses = [...node.tunnelAddresses, ...missing];
    const flannelVteps = isHeddles ? {} : { flannelVteps: Object.fromEntries(vteps) };
    return { node: { ...node, tunnelAddresses, ...flannelVteps }, problems };
  }

  /** Undefined: the node has no VTEP of the family. */
  #endOf(
    node: NodeObject,
    annotations: Readonly<Record<string, string>>,
    { family, type, report }: { family: Family; type: 'vxlan' | 'host-gw'; report: (text: string) => void },
  ): { readonly addr: Addr | undefined; readonly mac: Mac | undefined } | undefined {
    const names = this.#names.families[family];
    const vtep = readVtep(annotations, names.data, report);
    if (vtep === undefined && type === 'vxlan') return undefined;
    if (vtep !== undefined) this.#checkVtep(vtep, names.data, report);
    const name = annotations[names.overwrite] ? names.overwrite : names.publicIp;
    const text = annotations[name];
    const addr = publicAddress(text, family);
    if (addr === undefined && text !== undefined) report(unusable(node, family, { name, text }));
    return { addr, mac: vtep?.mac };
  }

  #checkVtep({ vni, odd }: FlannelVtep, name: string, report: (text: string) => void): void {
    const { tunnel } = this.#settings;
    if (vni !== undefined && vni !== tunnel.vni)
      report(`annotation ${name} has VNI ${vni}, and this node ${tunnel.vni}: set tunnel.vni to ${vni}`);
    if (odd.length > 0)
      report(`annotation ${name} has ${odd.join(' and ')}: flannel writes VNI and VtepMAC, and reads either`);
  }
}

const IPV6_ALONE =
  "flannel's VTEP of IPv6 drops UDP without a checksum, which Heddle sends over IPv6: its pods are not reached before it runs Heddle";

/** Why packets to its VTEPs would be lost. */
function familyProblems(
  vteps: ReadonlyMap<Family, Mac>,
  { tunnel: { family = 'auto' } }: FlannelSettings,
): string[] {
  if (vteps.size === 0) return [];
  if (family !== 'auto' && !vteps.has(family))
    return [`flannel has no VTEP of ${family} there, and tunnel.family is ${family} here: set it to auto`];
  return family === 'ipv6' || !vteps.has('ipv4') ? [IPV6_ALONE] : [];
}

/** The object itself where it has no annotation. */
function plain(raw: NodeObject, node: NodeObject): FlannelPeer {
  return { node: raw.flannelAnnotations === undefined ? raw : node, problems: [] };
}

function readVtep(
  annotations: Readonly<Record<string, string>>,
  name: string,
  report: (text: string) => void,
): FlannelVtep | undefined {
  try {
    return parseVtep(annotations[name]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(`annotation ${name} ${error.message}: end flannel there and let it write it anew`);
    return undefined;
  }
}

function unknownBackend(type: string): string {
  const what =
    type === '' ? 'names no backend' : `has flannel's backend ${type}, which has no counterpart here`;
  return `it ${what}, so its pods are not reached before it runs Heddle`;
}

/** Why packets to it would be lost. */
function misfit(type: 'vxlan' | 'host-gw', { tunnel }: FlannelSettings): string | undefined {
  if (type === 'host-gw' && tunnel.encapsulation === 'always')
    return 'flannel routes plainly there (host-gw), and this node encapsulates: set tunnel.encapsulation to never';
  if (type === 'vxlan' && tunnel.encapsulation === 'never')
    return 'flannel encapsulates there (vxlan), and this node routes plainly: set tunnel.encapsulation to always';
  return undefined;
}

function unusable(
  node: NodeObject,
  family: Family,
  { name, text }: { readonly name: string; readonly text: string },
): string {
  const other = tunnelAddressesOf(node).find(addr => familyOf(addr) === family);
  const instead =
    other === undefined ? 'so nothing reaches it in that family' : `${other} is used in its place`;
  return `annotation ${name} has '${text}', which is not an address to send to: ${instead}`;
}

/** Two nodes with one MAC: flannel's forwarding table has one of them. Heddle sends by address. */
function duplicates(nodes: readonly NodeObject[]): string[] {
  const owners = new Map<Mac, string>();
  return nodes.flatMap(({ name, flannelVteps }) => {
    const macs = flannelVteps === undefined ? [overlayMac(name)] : Object.values(flannelVteps);
    return [...new Set(macs)].flatMap(mac => {
      const owner = owners.get(mac);
      owners.set(mac, owner ?? name);
      return owner === undefined ? [] : [sameMac(mac, owner, name)];
    });
  });
}

function sameMac(mac: Mac, ...[one, other]: readonly [string, string]): string {
  return (
    `nodes ${one} and ${other} have one VTEP MAC, ${mac}, so flannel's nodes reach only one of them: ` +
    `on one of them delete flannel.1 and restart flannel`
  );
}
