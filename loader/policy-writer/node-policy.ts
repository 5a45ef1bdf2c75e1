// Policy on this node: feeds the compiler and the policy writer, and orders ADD and DEL against them.
import { type Addr, addrFromBytes, cidrContains } from 'ip';
import type { Config } from '../config.ts';
import type { MapSet } from '../abi/map-set.ts';
import { HeddleError } from '../errors.ts';
import { flowAddr } from '../tables/flows.ts';
import { changedKeys } from '../collections/map-diff.ts';
import type { SyncMode } from '../tables/sync-mode.ts';
import type { TableSync } from '../tables/sync-table.ts';
import type { Attachment } from '../model/attachment.ts';
import type { Change } from '../model/change.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import type { ClusterState } from '../model/objects.ts';
import { FlowSweeper } from './flow-sweeper.ts';
import { PolicyWriter } from './policy-writer.ts';
import { PolicyWorld } from './policy-world.ts';

export interface NodePolicyOptions {
  readonly config: Config;
  readonly onChange: (change: Change) => void;
  /** The caller schedules a `sync`. */
  readonly onFailure: (error: unknown) => void;
}

export interface PolicySync {
  readonly maps: MapSet;
  readonly cluster: ClusterState;
  readonly attachments: readonly Attachment[];
  readonly uplinkAddresses: readonly Addr[];
  /** Of foreign writes that it mends; absent: that of the options. */
  readonly onChange?: (change: Change) => void;
}

export class NodePolicy implements Disposable {
  readonly #options: NodePolicyOptions;
  readonly #world: PolicyWorld;
  readonly #writer: PolicyWriter;
  readonly #flows: FlowSweeper;
  #maps: MapSet | undefined;
  #areOldFlowsGone = false;
  /** The endpoint rows as last written. */
  #rows: ReadonlyMap<Addr, EndpointRow> = new Map();

  constructor(options: NodePolicyOptions) {
    const { config, onChange, onFailure } = options;
    this.#options = options;
    this.#world = new PolicyWorld(config.nodeName);
    this.#writer = new PolicyWriter({ vni: config.tunnel.vni, onChange, onFailure });
    this.#flows = new FlowSweeper({ maps: () => this.#requireMaps(), onError: onFailure });
  }

  /** One sentence each. */
  get problems(): readonly string[] {
    const { failure } = this.#writer;
    return [...(failure === undefined ? [] : [failure.message]), ...this.#world.problems];
  }

  /** Why the newest policy is not active, so that no pod can be added; undefined: it is. */
  get failure(): string | undefined {
    return this.#writer.failure?.message;
  }

  /** Active when it returns, unless a grace period is pending; no effect before the first `sync`. */
  setCluster(cluster: ClusterState): void {
    this.#world.setCluster(cluster);
    if (this.#maps !== undefined) this.#writer.update(this.#world.input);
  }

  /** Call before `syncEndpoints`. Throws only if no policy at all is active. */
  sync({ maps, cluster, attachments, uplinkAddresses, onChange }: PolicySync, mode: SyncMode): void {
    this.#maps = maps;
    this.#world.setCluster(cluster);
    this.#world.setUplinkAddresses(uplinkAddresses);
    this.#world.setAttachments(attachments);
    this.#writer.sync(maps, this.#world.input, mode, onChange);
    const { failure, isActive } = this.#writer;
    if (!isActive && failure !== undefined) throw failure;
  }

  syncEndpoints(rows: ReadonlyMap<Addr, EndpointRow>, mode: SyncMode): TableSync {
    const sync = this.#writer.syncEndpoints(rows, mode);
    if (!this.#areOldFlowsGone) this.#forgetOldFlows(rows);
    this.#areOldFlowsGone = true;
    this.#forgetFlowsOfGonePods(rows);
    return sync;
  }

  /** Resolves when a pod can be added. */
  whenIdle(): Promise<void> {
    return this.#writer.whenIdle();
  }

  /** When it returns, the pod's policy is active and its addresses have no flows. Throws otherwise. */
  addPod(attachment: Attachment): void {
    this.#flows.finish(attachment.addresses);
    this.#world.add(attachment);
    this.#writer.addPod(this.#world.input, attachment.podId);
  }

  /** After `addPod`; the row of one of its addresses. */
  putEndpoint(row: EndpointRow): void {
    this.#writer.putEndpoint(row);
  }

  /** Call once all its rows are written: bumps the generation, so that cached verdicts on its addresses expire. */
  podReady(): void {
    this.#writer.bumpGeneration();
  }

  /** Deletes its rows and closes its pod id: packets to and from it are dropped. */
  removePod(attachment: Attachment): void {
    for (const addr of attachment.addresses) this.#writer.deleteEndpoint(addr);
    this.#writer.closePod(attachment.podId);
    this.#world.delete(attachment);
    this.#writer.update(this.#world.input);
    this.#flows.forget(attachment.addresses);
  }

  /** Leaves the maps as they are. */
  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]();
    this.#maps = undefined;
  }

  #requireMaps(): MapSet {
    if (this.#maps === undefined) throw new HeddleError('NOT_READY', 'no policy is active yet: try again');
    return this.#maps;
  }

  /** A remote pod that gets the address must not inherit its flows either. */
  #forgetFlowsOfGonePods(rows: ReadonlyMap<Addr, EndpointRow>): void {
    const before = this.#rows;
    this.#rows = rows;
    const gone = changedKeys(before, rows).filter(addr => {
      const pod = before.get(addr)?.pod;
      return pod !== undefined && !isSamePod(pod, rows.get(addr)?.pod);
    });
    if (gone.length > 0) this.#flows.forget(gone);
  }

  /** Flows of addresses that were released while the daemon was not running. */
  #forgetOldFlows(rows: ReadonlyMap<Addr, EndpointRow>): void {
    const { config } = this.#options;
    const podCidrs = this.#world.input.nodes.get(config.nodeName)?.podCidrs ?? [];
    let held: ReadonlySet<string> | undefined; // built lazily: most starts find no such flow
    const isHeld = (flow: string): boolean => (held ??= new Set(Array.from(rows.keys(), flowAddr))).has(flow);
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
