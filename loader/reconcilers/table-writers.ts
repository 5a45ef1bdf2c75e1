// The only writer of the tables of one set of programs: the reconciler `tables` writes all rows, ADD and DEL write one
// pod's. Order of writing: node before route; a pod's policy before its endpoints, these before its interface, and that
// before its programs. Removal is in reverse order.
import type { Programs } from '../programs/programs.ts';
import { ifaceEntry, nodeEntry, routeEntry } from '../tables/encode-rows.ts';
import { voidCachedFlows } from '../tables/flow-epoch.ts';
import { syncChanges } from '../tables/sync-changes.ts';
import type { TableSync } from '../tables/sync-table.ts';
import { TableWriter } from '../tables/table-writer.ts';
import type { NodeObject } from '../model/objects.ts';
import type { LocalNode, LocalPod } from '../model/tables-input.ts';
import type { DesiredTables } from '../model/desired-tables.ts';
import { localEndpointRow } from '../model/endpoint-row.ts';
import { podIfaceRow } from '../model/iface-rows.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import { notifyAll, type ChangeListener } from './notify-all.ts';
import type { SyncMode } from '../tables/sync-mode.ts';
import { syncTunnelEnds } from './tunnel-ends.ts';

export class TableWriters {
  readonly programs: Programs;
  readonly #policy: NodePolicy;
  readonly #notify: (table: string, sync: TableSync) => void;
  readonly #nodes;
  readonly #routes;
  readonly #ifaces;
  /** As written last; undefined after an error. */
  #written: DesiredTables | undefined;
  /** Whose tunnel ends hd_control has. */
  #self: NodeObject | undefined;

  constructor(programs: Programs, context: ChangeListener & { readonly policy: NodePolicy }) {
    this.programs = programs;
    this.#policy = context.policy;
    this.#notify = (table, sync) => notifyAll(context, syncChanges(table, sync));
    this.#nodes = new TableWriter(programs.maps.hd_node);
    this.#routes = new TableWriter(programs.maps.hd_route);
    this.#ifaces = new TableWriter(programs.maps.hd_iface);
    this.#voidCachedFlows(); // an earlier daemon may have been killed before it did
  }

  /** The reconciler `policy` has written policy before. A table that fails does not stop the others; then it throws. */
  write(tables: DesiredTables, mode: SyncMode): void {
    const { nodes, routes, endpoints, ifaces } = tables;
    const written = mode === 'full' ? undefined : this.#written;
    this.#written = undefined;
    const writes = {
      ...(nodes !== written?.nodes && { hd_node: () => this.#nodes.sync(nodes.map(nodeEntry), mode) }),
      ...(routes !== written?.routes && { hd_route: () => this.#routes.sync(routes.map(routeEntry), mode) }),
      hd_endpoint: () => this.#policy.syncEndpoints(endpoints, mode),
      hd_iface: () => this.#ifaces.sync(ifaces.map(ifaceEntry), mode),
    };
    const failures: unknown[] = [];
    let isChanged = false;
    for (const [table, write] of Object.entries(writes))
      try {
        const sync = write();
        isChanged ||= sync.written + sync.deleted > 0;
        this.#notify(table, sync);
      } catch (error) {
        isChanged = true; // some of its rows may be written
        failures.push(error);
      }
    if (isChanged) this.#voidCachedFlows();
    if (failures.length > 0) throw failures[0];
    this.#written = tables;
  }

  /** Reads nothing if the Node is the object that it was given before. */
  writeTunnelEnds(self: NodeObject, mode: SyncMode): void {
    if (mode !== 'full' && self === this.#self) return;
    syncTunnelEnds(this.programs.maps.hd_control, self);
    this.#self = self;
  }

  /** Adds a pod's policy, rows and programs. If it throws, call `removePod`. */
  addPod(node: LocalNode, local: LocalPod): void {
    const { attachment, ifindex } = local;
    this.#policy.addPod(attachment);
    for (const addr of attachment.addresses) this.#policy.putEndpoint(localEndpointRow(node, local, addr));
    this.#ifaces.put(...ifaceEntry(podIfaceRow(node, local)));
    this.#voidCachedFlows();
    this.programs.attachPodDevice({ ifindex, name: attachment.hostInterface });
    this.#policy.podReady();
  }

  /** Removes a pod's rows: its packets are dropped from then on. Its programs go with its device. `ifindex`: if it has one. */
  removePod(attachment: LocalPod['attachment'], ifindex: number | undefined): void {
    try {
      if (ifindex !== undefined) this.#ifaces.delete({ ifindex });
      this.#policy.removePod(attachment);
    } finally {
      this.#voidCachedFlows(); // some of its rows may be gone
    }
  }

  #voidCachedFlows(): void {
    voidCachedFlows(this.programs.maps.hd_flow_epoch);
  }
}
