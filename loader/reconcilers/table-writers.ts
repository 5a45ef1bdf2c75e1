// The one writer of the maps of one set of programs: for the tables reconciler, which writes all, and ADD and DEL, which
// write one pod's rows. In order: a route's node is there before the route, a pod's policy before its addresses, those
// before its port, and that before its programs; they go the other way round.
import type { Programs } from '../programs/programs.ts';
import { nodeEntry, portEntry, routeEntry } from '../tables/encode-rows.ts';
import { syncChanges } from '../tables/sync-changes.ts';
import type { TableSync } from '../tables/sync-table.ts';
import { TableWriter } from '../tables/table-writer.ts';
import type { LocalNode, LocalPod } from '../model/dataplane-input.ts';
import { portRow, type DataplaneTables } from '../model/dataplane-tables.ts';
import { localEndpointRow } from '../model/endpoint-rows.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import { notifyAll, type NodeContext } from './node-context.ts';
import type { SyncMode } from './reconciler.ts';

export class TableWriters {
  readonly programs: Programs;
  readonly #policy: NodePolicy;
  readonly #notify: (table: string, sync: TableSync) => void;
  readonly #nodes;
  readonly #routes;
  readonly #ports;

  constructor(programs: Programs, context: Pick<NodeContext, 'policy' | 'onChange'>) {
    this.programs = programs;
    this.#policy = context.policy;
    this.#notify = (table, sync) => notifyAll(context, syncChanges(table, sync));
    this.#nodes = new TableWriter(programs.maps.hd_node);
    this.#routes = new TableWriter(programs.maps.hd_route);
    this.#ports = new TableWriter(programs.maps.hd_port);
  }

  /** Policy is there already: its reconciler comes first. */
  write({ nodes, routes, endpoints, ports }: DataplaneTables, mode: SyncMode): void {
    this.#notify('hd_node', this.#nodes.sync(nodes.map(nodeEntry), mode));
    this.#notify('hd_route', this.#routes.sync(routes.map(routeEntry), mode));
    this.#notify('hd_endpoint', this.#policy.syncEndpoints(endpoints, mode));
    this.#notify('hd_port', this.#ports.sync(ports.map(portEntry), mode));
  }

  /** Of a pod more, with its policy and programs. Throws what keeps it from that; `removePod` is due then. */
  addPod(node: LocalNode, local: LocalPod): void {
    const { attachment, ifindex } = local;
    this.#policy.addPod(attachment);
    for (const addr of attachment.addresses) this.#policy.putEndpoint(localEndpointRow(node, local, addr));
    this.#ports.put(...portEntry(portRow(node, local)));
    this.programs.attachPodDevice({ ifindex, name: attachment.hostInterface });
    this.#policy.podIsThere();
  }

  /** From then on it sends and receives nothing; its programs go with its device. `ifindex`: undefined without one. */
  removePod(attachment: LocalPod['attachment'], ifindex: number | undefined): void {
    if (ifindex !== undefined) this.#ports.delete({ ifindex });
    this.#policy.removePod(attachment);
  }
}
