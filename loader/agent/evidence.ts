// Gathers what the conditions of readiness are evaluated from.
import type { Config } from '../config.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { Reservations } from '../ipam/reservations.ts';
import { isIpv4Cidr } from 'ip';
import { effectiveCidrs, type EffectiveCidrs } from '../reconcilers/effective-cidrs.ts';
import type { NodeReconcilers } from '../reconcilers/node-reconcilers.ts';
import type { ClusterState } from '../model/objects.ts';
import { usableCidrs } from '../model/cidr-claims.ts';
import { underlayClashes } from '../model/underlay-clash.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import type { Evidence } from './conditions.ts';

export interface EvidenceSources {
  readonly config: Config;
  readonly reconcilers: Pick<NodeReconcilers, 'cells' | 'localPods' | 'runner'>;
  readonly policy: Pick<NodePolicy, 'failure'>;
  readonly cluster: () => ClusterState;
  readonly reservations: Pick<Reservations, 'get'>;
  /** Undefined while the state directory cannot be used. */
  readonly ipam: () => Ipam | undefined;
  /** Why the source is silent; undefined: it is not. */
  readonly silence: () => string | undefined;
  /** Why a record cannot be written, and why the socket cannot be made. */
  readonly probes: { readonly stateDirectory: string | undefined; readonly socket: string | undefined };
  /** CNI requests are served. */
  readonly isServing: () => boolean;
}

export class EvidenceReader {
  readonly #sources: EvidenceSources;
  #nodes: ClusterState['nodes'] | undefined;
  #cidrs: EffectiveCidrs = { own: [], all: [] };

  constructor(sources: EvidenceSources) {
    this.#sources = sources;
  }

  read(): Evidence {
    const { config, reconcilers, policy, cluster, reservations, ipam, silence, probes } = this.#sources;
    const state = cluster();
    return {
      nodeName: config.nodeName,
      source: { isKnown: reconcilers.cells.nodes.isKnown, silence: silence() },
      podCidrs: state.nodes.get(config.nodeName)?.podCidrs,
      effectiveCidrs: this.#effectiveCidrs(state),
      clashes: underlayClashes(
        usableCidrs(state.nodes.get(config.nodeName)?.podCidrs ?? []),
        reconcilers.cells.uplinks.value ?? [],
      ),
      exhaustedCidrs: ipam()?.exhausted(addr => reservations.get(addr) !== undefined) ?? [],
      stateDirectory: probes.stateDirectory,
      socket: probes.socket,
      policy: policy.failure,
      fullMap: this.#fullMap(ipam()),
      failing: reconcilers.runner.failures,
      waiting: this.#waiting(),
    };
  }

  #waiting(): string | undefined {
    const { reconcilers, isServing, ipam } = this.#sources;
    if (ipam() === undefined) return 'the state directory has not been read';
    if (!reconcilers.cells.nodes.isKnown) return 'the source has not delivered the cluster yet';
    return reconcilers.runner.waiting ?? (isServing() ? undefined : 'it is about to serve ADD and DEL');
  }

  /** Computed once for each list of nodes. */
  #effectiveCidrs(state: ClusterState): EffectiveCidrs['own'] {
    if (state.nodes !== this.#nodes) this.#cidrs = effectiveCidrs({ ...this.#sources, cluster: () => state });
    this.#nodes = state.nodes;
    return this.#cidrs.own;
  }

  /** The rows of one more pod against what the maps hold, as far as the daemon knows. */
  #fullMap(ipam: Ipam | undefined): Evidence['fullMap'] {
    const { config, reconcilers } = this.#sources;
    const { state, programs } = reconcilers.cells;
    if (state.value === undefined || programs.value === undefined || ipam === undefined) return undefined;
    const { hd_iface: ifaces, hd_pod: pods } = programs.value.maps;
    const { tables, input } = state.value;
    const added = reconcilers.localPods.all.length - input.localPods.length;
    const families = new Set(this.#cidrs.own.map(isIpv4Cidr)).size;
    if (tables.endpoints.size + (added + 1) * families > config.maps.endpoints)
      return { map: 'hd_endpoint', cure: 'raise maps.endpoints and restart heddled' };
    if (tables.ifaces.length + added + 1 > ifaces.info.maxEntries || ipam.podIds.next >= pods.info.maxEntries)
      return { map: 'hd_pod', cure: 'delete pods of this node' };
    return undefined;
  }
}
