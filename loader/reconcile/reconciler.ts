// One pass over everything: what is desired is computed, what is there is read, and the difference is applied.
import { listLinks, type RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { openDatapath, type Datapath } from '../datapath/datapath.ts';
import type { NodeSettings } from '../datapath/settings.ts';
import { syncTable, type TableSync } from '../maps/sync-table.ts';
import type { Attachment } from '../model/attachment.ts';
import type { DataplaneInput, LocalPod } from '../model/dataplane-input.ts';
import { dataplaneTables, type DataplaneTables } from '../model/dataplane-tables.ts';
import { gatewayMac } from '../model/derived-macs.ts';
import { fittingEndpoints } from '../model/endpoint-room.ts';
import { assignNodeIds } from '../model/node-ids.ts';
import { podMtu } from '../model/node-path.ts';
import type { ClusterState } from '../model/objects.ts';
import { unknownNode } from '../model/dataplane-input.ts';
import type { Change } from '../model/change.ts';
import { readForeign } from '../network/foreign.ts';
import type { Nft } from '../network/nft.ts';
import { lowerOverlayDevice, prepareOverlayDevice, raiseOverlayDevice } from '../network/overlay-device.ts';
import { reconcilePodLinks } from '../network/pod-links.ts';
import type { DesiredLink } from '../datapath/desired-link.ts';
import { desiredLinks } from './desired-links.ts';
import { nodeEntry, portEntry, routeEntry } from './encode-rows.ts';
import { readNodeUplink } from './facts.ts';
import type { Uplink } from '../network/uplink.ts';
import { reconcileFilters, reconcileRouting } from './host-network.ts';
import { readKnownNodes } from './known-nodes.ts';
import type { NodePolicy } from './node-policy.ts';
import { mapSizesOf, type NodeDevices, nodeSettings } from './node-settings.ts';
import { syncWords } from './sync-words.ts';
import { absentVxlan, OverlayKindChoice, overlayWish } from './overlay-wish.ts';
import { reachablePods } from './reachable-pods.ts';
import { syncTunnelEnds } from './tunnel-ends.ts';

export interface ReconcilerOptions {
  readonly config: Config;
  readonly socket: RtnetlinkSocket;
  readonly nft: Nft;
  readonly policy: NodePolicy;
  /** Told of every change as it is made. */
  readonly onChange: (change: Change) => void;
}

export interface Desired {
  readonly cluster: ClusterState;
  readonly attachments: readonly Attachment[];
  /** Something has announced itself: tables that announce nothing are not read for it. */
  readonly isQuick: boolean;
}

/** What a pass found and left. */
export interface NodeState {
  readonly input: DataplaneInput;
  readonly tables: DataplaneTables;
  readonly uplink: Uplink;
  /** Of pods' interfaces, bytes. */
  readonly podMtu: number;
  /** One sentence each. */
  readonly problems: readonly string[];
}

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #overlayKind = new OverlayKindChoice();
  #datapath: Datapath | undefined;
  #settings: NodeSettings | undefined;
  #nodeIds: ReadonlyMap<string, number> = new Map();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Undefined until the first pass has got that far. */
  get datapath(): Datapath | undefined {
    return this.#datapath;
  }

  /** What needs no other process is done, in one turn of the event loop, before this first waits. */
  async pass(desired: Desired): Promise<NodeState> {
    const state = this.#reconcileKernel(desired);
    const { config, nft } = this.#options;
    this.#tell(await reconcileFilters(nft, { config, uplink: state.uplink.name, cluster: desired.cluster }));
    return state;
  }

  [Symbol.dispose](): void {
    this.#datapath?.[Symbol.dispose]();
    this.#datapath = undefined;
  }

  #reconcileKernel({ cluster, attachments, isQuick }: Desired): NodeState {
    const { config, socket, policy } = this.#options;
    const object = cluster.nodes.get(config.nodeName);
    const uplink = readNodeUplink(socket, config, cluster);
    const settings = { ...config.tunnel, segment: config.tunnel.vni };
    const self = object ?? unknownNode(config.nodeName);
    const facts = { nodeName: config.nodeName, uplink, overlayIfindex: 0 };
    const kind = this.#overlayKind.of(socket, config);
    const overlay = overlayWish(kind, config, { facts, settings, object: self });
    const prepared = prepareOverlayDevice(socket, overlay);
    this.#tell(prepared.changes);
    this.#nodeIds = this.#assignIds(cluster);
    const devices = { uplinkIfindex: uplink.ifindex, overlayIfindex: prepared.ifindex };
    const datapath = this.#openDatapath({ ...devices, kernelVxlan: kind === 'vxlan' });
    const input: DataplaneInput = {
      cluster,
      localPods: this.#findPods(attachments, datapath),
      facts: { ...facts, overlayIfindex: prepared.ifindex },
      settings,
      nodeIds: this.#nodeIds,
    };
    const tables = fittingTables(input, config.maps.endpoints);
    const uplinkAddresses = uplink.addresses;
    policy.pass({ maps: datapath.maps, cluster, attachments, uplinkAddresses }, { isQuick });
    this.#fillMaps(datapath, tables);
    syncTunnelEnds(datapath.maps.hd_control, self);
    this.#attach(datapath, input, uplink);
    this.#tell(raiseOverlayDevice(socket, overlay));
    const { reachable, problems: podProblems } = reachablePods(
      attachments,
      input.localPods,
      listLinks(socket),
    );
    this.#tell(reconcileRouting(socket, reachable, tables.hostRoutes));
    const absent = [...absentHooks(datapath.absentHooks), ...absentVxlan(kind, config)];
    const problems = [...tables.problems, ...podProblems, ...absent];
    const mtu = podMtu({ facts: input.facts, settings, object: self });
    return { input, tables, uplink, podMtu: mtu, problems };
  }

  #assignIds(cluster: ClusterState): ReadonlyMap<string, number> {
    const { config } = this.#options;
    const self = cluster.nodes.get(config.nodeName) ?? unknownNode(config.nodeName);
    const isFirst = this.#nodeIds.size === 0;
    const byAddress = isFirst ? readKnownNodes(config.pinRoot) : new Map();
    const nodes = new Map(cluster.nodes).set(self.name, self);
    return assignNodeIds([...nodes.values()], { byName: this.#nodeIds, byAddress });
  }

  /** Loads or adopts the programs; again when a constant of theirs has changed, such as the uplink. */
  #openDatapath(devices: Omit<NodeDevices, 'nodeId'>): Datapath {
    const { config } = this.#options;
    const nodeId = this.#nodeIds.get(config.nodeName) ?? 0;
    const settings = nodeSettings(config, { nodeId, ...devices });
    if (this.#datapath !== undefined && sameSettings(settings, this.#settings)) return this.#datapath;
    this.#datapath?.[Symbol.dispose]();
    this.#datapath = undefined;
    this.#datapath = openDatapath({
      pinRoot: config.pinRoot,
      settings,
      mapSizes: mapSizesOf(config),
      expedite: config.expediteAttach,
    });
    this.#settings = settings;
    this.#tell(this.#datapath.changes);
    return this.#datapath;
  }

  /** The attachments whose interface is there. */
  #findPods(attachments: readonly Attachment[], datapath: Datapath): LocalPod[] {
    const { socket } = this.#options;
    const byName = new Map(listLinks(socket).map(link => [link.name, link.index]));
    const found = attachments.flatMap(attachment => {
      const ifindex = byName.get(attachment.hostInterface);
      return ifindex === undefined ? [] : [{ attachment, ifindex }];
    });
    const own = new Set(datapath.status().programs.map(program => program.id));
    const foreign = readForeign(
      socket,
      found.map(pod => pod.ifindex),
      own,
    );
    return found.map(pod => ({ ...pod, slowPath: foreign.has(pod.ifindex) }));
  }

  /** A route's node is known before the route is, and a pod's address before its port. */
  #fillMaps({ maps }: Datapath, tables: DataplaneTables): void {
    this.#tellSync('hd_node', syncTable(maps.hd_node, tables.nodes.map(nodeEntry)));
    this.#tellSync('hd_route', syncTable(maps.hd_route, tables.routes.map(routeEntry)));
    this.#tellSync('hd_endpoint', this.#options.policy.syncEndpoints(tables.endpoints));
    this.#tellSync('hd_port', syncTable(maps.hd_port, tables.ports.map(portEntry)));
  }

  #attach(datapath: Datapath, { localPods, facts }: DataplaneInput, uplink: Uplink): void {
    const { config } = this.#options;
    const { overlayIfindex } = facts;
    this.#attachOrLower(datapath, desiredLinks({ uplink, overlayIfindex, pods: localPods }, config));
    const hostEnds = localPods
      .filter(({ attachment }) => attachment.netns !== undefined) // others' interfaces are their makers' affair
      .map(({ attachment }) => ({
        hostInterface: attachment.hostInterface,
        gatewayMac: gatewayMac(config.nodeName),
      }));
    this.#tell(reconcilePodLinks(this.#options.socket, hostEnds));
  }

  /** Without its programs the overlay device would let in what nobody has checked. */
  #attachOrLower(datapath: Datapath, links: readonly DesiredLink[]): void {
    const { config, socket } = this.#options;
    try {
      this.#tell(datapath.reconcileLinks(links));
    } catch (error) {
      const isChecked = datapath
        .status()
        .links.some(link => link.hook === 'overlay_rx' && link.ifindex !== 0);
      if (!isChecked) this.#tell(lowerOverlayDevice(socket, config.overlayDevice));
      throw error;
    }
  }

  #tellSync(subject: string, sync: TableSync): void {
    this.#tell(syncWords(subject, sync));
  }

  #tell(changes: readonly Change[]): void {
    for (const change of changes) this.#options.onChange(change);
  }
}

/** What does not fit is a problem told, and no reason to let drop all the rest. */
function fittingTables(input: DataplaneInput, room: number): DataplaneTables {
  const tables = dataplaneTables(input);
  const { rows, problems } = fittingEndpoints(tables.endpoints, room);
  return { ...tables, endpoints: rows, problems: [...tables.problems, ...problems] };
}

function sameSettings(a: NodeSettings, b: NodeSettings | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What policy cannot hold where netfilter has no BPF links. */
function absentHooks(hooks: readonly string[]): string[] {
  if (hooks.length === 0) return [];
  const kernel = `this kernel (before 6.4) has no place for ${hooks.join(' and ')}`;
  return [
    `${kernel}: what netfilter translates, or this node takes in, is judged by the address that the pod asked for`,
  ];
}
