// The daemon: joins the source, the reconciler and the API, and decides the order of things.
import { join } from 'node:path';
import { openSocket, type RtnetlinkSocket } from 'rtnetlink';
import type { Logger } from 'pino';
import { collectGarbage } from './agent-garbage.ts';
import { openIpam } from './agent-ipam.ts';
import { Publisher } from './agent-publisher.ts';
import { AgentMetrics } from './agent-metrics.ts';
import { openSource } from './agent-source.ts';
import { MachineWatch } from './agent-watch.ts';
import { AgentAttacher } from './api/agent-attacher.ts';
import { AgentEvents } from './api/agent-events.ts';
import { AgentView } from './api/agent-view.ts';
import { ApiServer } from './api/server.ts';
import type { Config } from './config.ts';
import { checkBpffs, checkPrivileges } from './datapath/bpffs.ts';
import type { Datapath } from './datapath/datapath.ts';
import { DataplaneError } from './errors.ts';
import type { Ipam } from './ipam/ipam.ts';
import { emptyCluster, podKey, type ClusterState, type PodKey } from './model/objects.ts';
import type { Change } from './model/change.ts';
import { installCniFiles } from './network/cni-files.ts';
import { createNft } from './network/nft.ts';
import { unannounced } from './reconcile/drift.ts';
import { readNodeUplink } from './reconcile/facts.ts';
import { needsPass } from './reconcile/needs-pass.ts';
import { NodePolicy } from './reconcile/node-policy.ts';
import { PodAttachments } from './reconcile/pod-attachments.ts';
import { Reconciler, type NodeState } from './reconcile/reconciler.ts';
import { createTrigger, type Trigger } from './reconcile/trigger.ts';
import { AppliedPolicies } from './sources/applied-policies.ts';

export interface AgentOptions {
  readonly config: Config;
  readonly logger: Logger;
}

/** Causes of a pass that looks at everything. */
const UNANNOUNCED: ReadonlySet<string> = new Set(['start', 'interval', 'policy']);
/** A change of where pods and nodes are is in force this soon; one of policy at once. */
const CLUSTER_MS = 20;
/** Everything is compared with what it should be this often, whatever anybody has announced. */
const INTERVAL_MS = 30_000;
const RETRY_MS = 2_000;
/** After the start: those who have waited for it come first. */
const GARBAGE_MS = 3_000;

/** Resolves once the first pass is complete and the socket answers. Throws what makes that impossible. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const agent = new Agent(options);
  try {
    await agent.start();
    return agent;
  } catch (error) {
    await agent.stop();
    throw error;
  }
}

export class Agent {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #socket: RtnetlinkSocket;
  readonly #policy: NodePolicy;
  readonly #reconciler: Reconciler;
  readonly #trigger: Trigger;
  readonly #source: AppliedPolicies;
  readonly #view: AgentView;
  readonly #publisher: Publisher;
  #cluster: ClusterState = emptyCluster;
  #state: NodeState | undefined;
  #ipam: Ipam | undefined;
  #attachments: PodAttachments | undefined;
  #watch: MachineWatch | undefined;
  #server: ApiServer | undefined;
  #events: AgentEvents | undefined;
  #metrics: AgentMetrics | undefined;
  #garbage: NodeJS.Timeout | undefined;

  constructor({ config, logger }: AgentOptions) {
    this.#config = config;
    this.#logger = logger;
    this.#socket = openSocket();
    this.#view = new AgentView(config);
    const source = openSource(config, {
      addresses: () => readNodeUplink(this.#socket, config, emptyCluster).addresses,
      ready: () => this.#server !== undefined,
      onDelay: sentence => logger.warn(sentence),
    });
    this.#source = new AppliedPolicies(source, join(config.stateDir, 'policies'));
    this.#publisher = new Publisher({
      source: this.#source,
      attachments: () => this.#ipam?.attached ?? [],
      onError: error => this.#noteFailure(error),
    });
    const onChange = (change: Change): void => this.#onChange(change);
    this.#policy = new NodePolicy({ config, onChange, onFailure: error => this.#notePolicyFailure(error) });
    this.#view.setPolicy(this.#policy);
    const nft = createNft(this.#socket.netns);
    this.#reconciler = new Reconciler({ config, socket: this.#socket, nft, policy: this.#policy, onChange });
    this.#trigger = createTrigger({
      run: causes => this.#pass(causes),
      onError: error => this.#noteFailure(error),
      intervalMs: INTERVAL_MS,
      retryMs: RETRY_MS,
    });
  }

  /** The state directory comes first: without it no address may be given; the socket last: it says that all is there. */
  async start(): Promise<void> {
    checkPrivileges();
    checkBpffs(this.#config.pinRoot);
    const metrics = this.#openMetrics(); // it tells of a start that waits
    this.#metrics = metrics;
    const ipam = openIpam(this.#config, this.#logger);
    this.#ipam = ipam;
    await this.#source.start((cluster, problems) => this.#takeCluster(cluster, problems));
    await this.#trigger.runNow('start');
    const attachments = this.#podAttachments(ipam);
    this.#attachments = attachments;
    attachments.notePass(this.#ready().state.input.localPods);
    for (const one of attachments.removeUnfinished())
      this.#logger.warn({ container: one.containerId }, 'an interrupted ADD was undone, or DEL completed');
    this.#watch = new MachineWatch({
      uplink: () => this.#state?.uplink,
      findDrift: () => {
        const pods = this.#attachments?.localPods ?? [];
        return unannounced({ ...this.#ready(), pods, config: this.#config, netns: this.#socket.netns });
      },
      request: (cause, withinMs) => this.#trigger.request(cause, withinMs),
      onError: error => this.#noteFailure(error),
    });
    const onChange = () => this.#podsChanged();
    const attacher = new AgentAttacher({
      config: this.#config,
      attachments,
      ipam,
      cluster: () => this.#cluster,
      failure: () => this.#view.failure,
      onChange,
    });
    this.#view.serve({ attachments, ipam, onChange });
    const events = new AgentEvents(this.#config, this.#view);
    this.#events = events;
    const { socket: socketPath } = this.#config;
    this.#server = await ApiServer.start({
      ...{ socketPath, attacher, view: this.#view, events, policies: this.#source },
      observeCni: metrics.observeCni,
      world: { cluster: () => this.#cluster, localPods: () => this.#localPods() },
    });
    this.#publisher.publish();
    this.#logger.info({ socket: socketPath }, 'ready');
    for (const change of installCniFiles({ ...this.#config.cni, socket: socketPath })) this.#onChange(change);
    this.#garbage = setTimeout(collectGarbage, GARBAGE_MS).unref();
  }

  /** Ends the process's part; everything pinned goes on working. */
  async stop(): Promise<void> {
    clearTimeout(this.#garbage);
    await Promise.all([this.#server?.stop(), this.#metrics?.stop()]);
    this.#publisher.flush();
    this.#events?.[Symbol.dispose]();
    this.#trigger[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    await this.#source.stop();
    this.#attachments?.[Symbol.dispose]();
    this.#policy[Symbol.dispose]();
    this.#reconciler[Symbol.dispose]();
    this.#socket[Symbol.dispose]();
  }

  #takeCluster(cluster: ClusterState, problems: readonly string[]): void {
    const isPass = needsPass(this.#cluster, cluster, this.#config.nodeName);
    this.#cluster = cluster;
    this.#policy.setCluster(cluster);
    this.#view.setSourceProblems(problems);
    for (const problem of problems) this.#logger.warn(problem);
    this.#ipam?.setCidrs(cluster.nodes.get(this.#config.nodeName)?.podCidrs ?? []);
    if (isPass) this.#trigger.request('cluster', CLUSTER_MS);
    else this.#view.changed();
  }

  #notePolicyFailure(error: unknown): void {
    this.#logger.error({ err: error }, error instanceof Error ? error.message : String(error));
    this.#view.changed();
    this.#trigger.request('policy', RETRY_MS);
  }

  async #pass(causes: readonly string[]): Promise<void> {
    this.#logger.debug({ causes }, 'reconciling');
    const attachments = this.#ipam?.attached ?? [];
    const isQuick = !causes.some(cause => UNANNOUNCED.has(cause));
    this.#state = await this.#reconciler.pass({ cluster: this.#cluster, attachments, isQuick });
    this.#attachments?.notePass(this.#state.input.localPods);
    this.#view.passed(this.#state, this.#reconciler.datapath);
  }

  #onChange({ subject, action }: Change): void {
    this.#view.countChange();
    this.#logger.info({ subject }, `${subject}: ${action}`);
  }

  #openMetrics(): AgentMetrics {
    return new AgentMetrics({
      listen: this.#config.metrics.listen,
      status: () => this.#view.status(),
      policies: () => this.#cluster.policies.size,
      maps: () => this.#reconciler.datapath?.maps,
      onProblem: problem => this.#view.setMetricsProblem(problem),
    });
  }

  #noteFailure(error: unknown): void {
    this.#metrics?.countFailedPass();
    const sentence = error instanceof Error ? error.message : String(error);
    this.#view.failed(sentence);
    this.#logger.error({ err: error }, sentence);
  }

  #podAttachments(ipam: Ipam): PodAttachments {
    return new PodAttachments({
      config: this.#config,
      socket: this.#socket,
      ipam,
      policy: this.#policy,
      cluster: () => this.#cluster,
      ready: () => this.#ready(),
    });
  }

  #ready(): { state: NodeState; datapath: Datapath } {
    const datapath = this.#reconciler.datapath;
    if (this.#state === undefined || datapath === undefined)
      throw new DataplaneError('NOT_READY', 'heddled has not finished starting: try again');
    return { state: this.#state, datapath };
  }

  #localPods(): PodKey[] {
    return (this.#ipam?.attached ?? []).flatMap(({ pod }) => (pod === undefined ? [] : [podKey(pod)]));
  }

  #podsChanged(): void {
    this.#view.changed();
    this.#publisher.request();
  }
}
