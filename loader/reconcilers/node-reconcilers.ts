// The graph of a node's reconcilers, in the order in which due ones run.
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import type { Attachment } from '../model/attachment.ts';
import type { Change } from '../model/change.ts';
import { dataplaneCollections, type DataplaneCollection } from '../model/kinds.ts';
import { emptyCluster, type ClusterState } from '../model/objects.ts';
import { loadConntrack } from '../network/kernel-conntrack.ts';
import { createNft, type Nft } from '../network/nft.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import { hasCtInsert } from '../programs/program-constants.ts';
import type { ServicesInput } from '../services/compiler.ts';
import { affectsDataplane } from './affects-dataplane.ts';
import { watchBpffs } from './bpffs-watch.ts';
import type { Cell } from './cell.ts';
import { attachments } from './attachments.ts';
import { cniFiles } from './cni-files.ts';
import { firewall } from './firewall.ts';
import { forwarding } from './forwarding.ts';
import { hostRoutes } from './host-routes.ts';
import { watchKernel, type RelevantStates } from './kernel-watch.ts';
import { readKnownNodes } from './known-nodes.ts';
import { kubeProxy } from './kube-proxy.ts';
import { links } from './links.ts';
import { LocalPods } from './local-pods.ts';
import { masquerade } from './masquerade.ts';
import { createNodeCells, type ClusterCells, type NodeCells } from './node-cells.ts';
import type { NodeContext } from './node-context.ts';
import { nodeAddresses } from './node-addresses.ts';
import { NodeIds } from './node-ids.ts';
import { overlayDevice } from './overlay-device.ts';
import { overlayState } from './overlay-state.ts';
import { podDevices } from './pod-devices.ts';
import { pods } from './pods.ts';
import { policyRows } from './policy.ts';
import { programs } from './programs.ts';
import type { KernelEvent, Reconciler } from './reconciler.ts';
import { nftablesState, relevantState } from './relevant-state.ts';
import { recorded } from './recorded.ts';
import { ReconcilerRunner, type RunnerOptions } from './runner.ts';
import { services } from './services.ts';
import { stateFiles } from './state-files.ts';
import { tables } from './tables.ts';
import { uplinks } from './uplinks.ts';

const ZONE = 'topology.kubernetes.io/zone';

export interface NodeReconcilersOptions extends Omit<RunnerOptions, 'reconcilers'> {
  readonly config: Config;
  readonly socket: RtnetlinkSocket;
  readonly policy: NodePolicy;
  /** Attachments whose ADD has succeeded. */
  readonly attachments: () => readonly Attachment[];
  /** Attachments whose ADD has not succeeded, or whose DEL has begun. */
  readonly unfinished: () => readonly Attachment[];
  readonly adoptMac: NodeContext['adoptMac'];
  /** Writes anew what is gone from the state directory. Returns a name of each. */
  readonly rewriteLostFiles: () => readonly string[];
  /** Called for every change. */
  readonly onApply: (change: Change) => void;
  /** Wraps each reconciler, for tests that make it fail. */
  readonly decorate?: (reconciler: Reconciler) => Reconciler;
}

export class NodeReconcilers implements AsyncDisposable {
  readonly cells: NodeCells = createNodeCells();
  readonly localPods = new LocalPods();
  readonly runner: ReconcilerRunner;
  readonly #self: string;
  readonly #relevant: RelevantStates;
  readonly #programs: ReturnType<typeof programs>;
  /** Ends commands that a stop would wait for. */
  readonly #stop = new AbortController();
  readonly #pinRoot: string;
  readonly #hasServices: boolean;
  readonly #nft: Nft;
  #kernel: readonly Disposable[] = [];
  #cluster: ClusterState = emptyCluster;

  constructor(options: NodeReconcilersOptions) {
    const { config, socket } = options;
    this.#self = config.nodeName;
    this.#pinRoot = config.pinRoot;
    this.#hasServices = config.services !== 'off';
    this.#nft = createNft(socket.netns, this.#stop.signal);
    const context: NodeContext = {
      ...{ config, socket, nft: this.#nft, policy: options.policy },
      ...{ cells: this.cells, localPods: this.localPods, attachments: options.attachments },
      ...{ unfinished: options.unfinished, adoptMac: options.adoptMac },
      rewriteLostFiles: options.rewriteLostFiles,
      nodeIds: new NodeIds(() => readKnownNodes(config.pinRoot)),
      cluster: () => this.#cluster,
      onChange: options.onApply,
    };
    this.#relevant = { rtnetlink: relevantState(context), nftables: nftablesState(context) };
    this.#programs = recorded(context, programs);
    const { decorate = (one: Reconciler) => one } = options;
    const reconcilers = inOrder(context, this.#programs).map(decorate);
    this.runner = new ReconcilerRunner({ ...options, reconcilers });
  }

  /** Resolves when it has begun. Subscribes before the first read, so that no event is missed in between. */
  async start(): Promise<void> {
    if (!hasCtInsert()) await loadConntrack(this.#nft);
    if (this.#stop.signal.aborted) return;
    const announce = (event: KernelEvent, withinMs: number): void => this.runner.announce(event, withinMs);
    this.#kernel = [watchKernel(this.#relevant, announce), watchBpffs(this.#pinRoot, announce)];
    this.runner.start();
  }

  /** No table is written before the first call. */
  setCluster(cluster: ClusterState): void {
    const affected = affectsDataplane(this.#cluster, cluster, this.#self);
    this.#cluster = cluster;
    for (const collection of dataplaneCollections)
      setCell(this.cells, cluster, { collection, isAffected: affected[collection] });
    if (this.#hasServices) this.cells.services.set(servicesOf(cluster, this.#self));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#kernel) watch[Symbol.dispose]();
    this.#stop.abort();
    await this.runner[Symbol.asyncDispose]();
    this.#programs[Symbol.dispose]();
  }
}

function servicesOf({ services, endpointSlices, nodes }: ClusterState, node: string): ServicesInput {
  return { services, endpointSlices, place: { node, zone: nodes.get(node)?.labels[ZONE] } };
}

function setCell<C extends DataplaneCollection>(
  cells: Pick<ClusterCells, C>,
  cluster: Pick<ClusterState, C>,
  { collection, isAffected }: { readonly collection: C; readonly isAffected: boolean },
): void {
  const cell: Cell<ClusterState[C]> = cells[collection];
  if (isAffected || !cell.isKnown) cell.set(cluster[collection]);
}

/**
 * Policy before endpoints before interfaces, all tables before links, links before devices are set up, devices before routes,
 * the CNI files last. A reconciler that sets a cell comes before those that need it.
 */
function inOrder(context: NodeContext, loaded: Reconciler): readonly Reconciler[] {
  const one = (make: (context: NodeContext) => Reconciler): Reconciler => recorded(context, make);
  return [
    one(stateFiles),
    one(forwarding),
    one(uplinks),
    one(nodeAddresses),
    one(overlayDevice),
    loaded,
    one(pods),
    one(policyRows),
    one(services),
    one(tables),
    one(links),
    one(overlayState),
    one(podDevices),
    one(hostRoutes),
    one(attachments),
    one(masquerade),
    one(firewall),
    one(kubeProxy),
    one(cniFiles),
  ];
}
