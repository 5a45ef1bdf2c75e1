// Policy on this node: what of it is in force, and the pods that come and go under it.
import type { Config } from '../config.ts';
import type { MapSet } from '../abi/map-set.ts';
import { HeddleError } from '../errors.ts';
import { flowAddr } from '../tables/flows.ts';
import type { TableSync } from '../tables/sync-table.ts';
import { addrFromBytes, type Addr } from '../model/addr.ts';
import type { Attachment } from '../model/attachment.ts';
import type { Change } from '../model/change.ts';
import { cidrContains } from '../model/cidr.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import type { ClusterState } from '../model/objects.ts';
import { FlowSweeper } from './flow-sweeper.ts';
import { PolicyPlane } from './policy-plane.ts';
import { PolicyWorld } from './policy-world.ts';

export interface NodePolicyOptions {
  readonly config: Config;
  readonly onChange: (change: Change) => void;
  /** A `sync` is due, before long. */
  readonly onFailure: (error: unknown) => void;
}

export interface PolicySync {
  readonly maps: MapSet;
  readonly cluster: ClusterState;
  readonly attachments: readonly Attachment[];
  readonly uplinkAddresses: readonly Addr[];
}

export class NodePolicy implements Disposable {
  readonly #options: NodePolicyOptions;
  readonly #world: PolicyWorld;
  readonly #plane: PolicyPlane;
  readonly #flows: FlowSweeper;
  #maps: MapSet | undefined;
  #areOldFlowsGone = false;
  /** As the endpoints were last written. */
  #rows: readonly EndpointRow[] = [];

  constructor(options: NodePolicyOptions) {
    const { config, onChange, onFailure } = options;
    this.#options = options;
    this.#world = new PolicyWorld(config.nodeName);
    this.#plane = new PolicyPlane({ segment: config.tunnel.vni, onChange, onFailure });
    this.#flows = new FlowSweeper({ maps: () => this.#requireMaps(), onError: onFailure });
  }

  /** One sentence each. */
  get problems(): readonly string[] {
    const { failure } = this.#plane;
    return [...(failure === undefined ? [] : [failure.message]), ...this.#world.problems];
  }

  /** In force when it returns, as a rule; not before the first `sync`. */
  setCluster(cluster: ClusterState): void {
    this.#world.setCluster(cluster);
    if (this.#maps !== undefined) this.#plane.update(this.#world.input);
  }

  /** Before the endpoints are written (`syncEndpoints`). Throws only where no policy at all is in force. */
  sync({ maps, cluster, attachments, uplinkAddresses }: PolicySync, mode: 'incremental' | 'full'): void {
    this.#maps = maps;
    this.#world.setCluster(cluster);
    this.#world.setUplinkAddresses(uplinkAddresses);
    this.#world.setAttachments(attachments);
    this.#plane.pass(maps, this.#world.input, { verify: mode === 'full' });
    const { failure, isActive } = this.#plane;
    if (!isActive && failure !== undefined) throw failure;
  }

  syncEndpoints(rows: readonly EndpointRow[], mode: 'incremental' | 'full'): TableSync {
    const sync = this.#plane.syncEndpoints(rows, { isQuick: mode === 'incremental' });
    if (!this.#areOldFlowsGone) this.#forgetOldFlows(rows);
    this.#areOldFlowsGone = true;
    this.#forgetFlowsOfGonePods(rows);
    return sync;
  }

  /** Resolves when a pod can be added. */
  settled(): Promise<void> {
    return this.#plane.settled();
  }

  /** Its policy is in force when it returns, and no flow of its addresses is known. Throws what keeps it from that. */
  addPod(attachment: Attachment): void {
    this.#flows.finish(attachment.addresses);
    this.#world.add(attachment);
    this.#plane.addPod(this.#world.input, attachment.podSlot);
  }

  /** After `addPod`; the row of one of its addresses. */
  putEndpoint(row: EndpointRow): void {
    this.#plane.putEndpoint(row);
  }

  /** When all its rows are there: what others have been told of its addresses counts no more. */
  podIsThere(): void {
    this.#plane.raise();
  }

  /** Nobody reaches its addresses any more, and nothing passes for its slot. */
  removePod(attachment: Attachment): void {
    for (const addr of attachment.addresses) this.#plane.deleteEndpoint(addr);
    this.#plane.closePod(attachment.podSlot);
    this.#world.delete(attachment);
    this.#plane.update(this.#world.input);
    this.#flows.forget(attachment.addresses);
  }

  /** The maps stay as they are. */
  [Symbol.dispose](): void {
    this.#plane[Symbol.dispose]();
    this.#maps = undefined;
  }

  #requireMaps(): MapSet {
    if (this.#maps === undefined) throw new HeddleError('NOT_READY', 'no policy is in force yet: try again');
    return this.#maps;
  }

  /** A pod of another node that gets its address must not pass for it either, as who answers what was asked before. */
  #forgetFlowsOfGonePods(rows: readonly EndpointRow[]): void {
    const others = this.#rows.filter((row, i) => row.pod !== undefined && row !== rows[i]);
    this.#rows = rows;
    if (others.length === 0) return;
    const owners = new Map(rows.map(({ key, pod }) => [key.addr, pod]));
    const gone = others
      .filter(({ key, pod }) => !isSamePod(pod, owners.get(key.addr)))
      .map(({ key }) => key.addr);
    if (gone.length > 0) this.#flows.forget(gone);
  }

  /** Of addresses that were taken away while nobody was there to sweep. */
  #forgetOldFlows(rows: readonly EndpointRow[]): void {
    const { config } = this.#options;
    const podCidrs = this.#world.input.nodes.get(config.nodeName)?.podCidrs ?? [];
    let held: ReadonlySet<string> | undefined; // most starts find no flow that is asked about
    const isHeld = (flow: string): boolean =>
      (held ??= new Set(rows.map(row => flowAddr(row.key.addr)))).has(flow);
    const isOurs = (flow: string): boolean => {
      const addr = addrFromBytes(Buffer.from(flow, 'latin1'));
      return podCidrs.some(cidr => cidrContains(cidr, addr));
    };
    this.#flows.finishAll(flow => isOurs(flow) && !isHeld(flow));
  }
}

function isSamePod(a: EndpointRow['pod'], b: EndpointRow['pod']): boolean {
  return a === b || (a?.name === b?.name && a?.namespace === b?.namespace);
}
