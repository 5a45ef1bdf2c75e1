// The daemon: connects source, reconcilers and API, and orders start and stop.
import { openSocket, type RtnetlinkSocket } from 'rtnetlink';
import type { Logger } from 'pino';
import { KeyedMutex } from '../async/keyed-mutex.ts';
import { ApiServer } from '../api/server.ts';
import type { Config } from '../config.ts';
import { checkPrivileges } from '../programs/bpffs.ts';
import { HeddleError, messageOf } from '../errors.ts';
import type { Ipam } from '../ipam/ipam.ts';
import { emptyCluster, podKey, type ClusterState, type PodKey } from '../model/objects.ts';
import type { Change } from '../model/change.ts';
import { PodAttachments } from '../pods/pod-attachments.ts';
import { NodePolicy } from '../policy-writer/node-policy.ts';
import { readNodeUplink } from '../reconcilers/read-uplink.ts';
import { NodeReconcilers } from '../reconcilers/node-reconcilers.ts';
import type { NodeState } from '../reconcilers/node-state.ts';
import { AppliedPolicies } from '../sources/applied/applied-policies.ts';
import { policyFolder } from '../sources/applied/policy-store.ts';
import { AgentAttacher } from './attacher.ts';
import { claimNode, type ClaimedNode } from './claim-node.ts';
import { AgentEvents } from './events.ts';
import type { DeleteSpool } from './delete-spool.ts';
import { collectGarbage } from './garbage.ts';
import { AgentMetrics } from './metrics.ts';
import { openDeletes } from './open-deletes.ts';
import { openIpam } from './open-ipam.ts';
import { openSource } from './open-source.ts';
import { ProblemLog } from './problem-log.ts';
import { policyLog } from './policy-log.ts';
import { Publisher } from './publisher.ts';
import { reconcilerLog } from './reconciler-log.ts';
import { logInterrupted, logRestored } from './start-log.ts';
import { AgentView } from './view.ts';

export interface AgentOptions {
  readonly config: Config;
  readonly logger: Logger;
}

/** Delay before a policy that could not be activated is tried again. */
const POLICY_RETRY_MS = 2_000;
/** Delay of the garbage collection after the start: waiting ADDs are served first. */
const GARBAGE_MS = 3_000;

/**
 * Resolves once ADD can succeed and the socket is served. Until then it waits and logs the reason. Throws an error that
 * waiting cannot resolve.
 */
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
  readonly #reconcilers: NodeReconcilers;
  readonly #source: AppliedPolicies;
  readonly #sourceLog: ProblemLog;
  readonly #view: AgentView;
  readonly #publisher: Publisher;
  #node: ClaimedNode | undefined;
  #cluster: ClusterState = emptyCluster;
  #ipam: Ipam | undefined;
  #attachments: PodAttachments | undefined;
  #server: ApiServer | undefined;
  #deletes: DeleteSpool | undefined;
  #events: AgentEvents | undefined;
  #metrics: AgentMetrics | undefined;
  #garbage: NodeJS.Timeout | undefined;

  constructor({ config, logger }: AgentOptions) {
    this.#config = config;
    this.#logger = logger;
    this.#socket = openSocket();
    const source = openSource(config, {
      addresses: () => readNodeUplink(this.#socket, config, emptyCluster).addresses,
      ready: () => this.#server !== undefined,
      onDelay: sentence => this.#noteDelay(sentence),
    });
    this.#source = new AppliedPolicies(source, policyFolder(config.stateDir), policyFolder(config.runDir));
    this.#sourceLog = new ProblemLog(logger, { source: config.source.kind });
    this.#publisher = new Publisher({
      source: this.#source,
      attachments: () => this.#ipam?.attached ?? [],
      onError: error => this.#logError(error),
    });
    const onApply = (change: Change): void => this.#onApply(change);
    this.#policy = new NodePolicy({
      ...{ config, onChange: onApply, onFailure: error => this.#onPolicyFailure(error) },
    });
    this.#reconcilers = new NodeReconcilers({
      ...{ config, socket: this.#socket, policy: this.#policy, onApply },
      attachments: () => this.#ipam?.attached ?? [],
      unfinished: () => this.#ipam?.unfinished ?? [],
      rewriteLostFiles: () => [
        ...(this.#ipam?.rewriteLost() ?? []).map(({ hostInterface }) => `record of ${hostInterface}`),
        ...this.#source.rewriteLost(),
      ],
      ...reconcilerLog(logger, (name, seconds, isFailure) =>
        this.#metrics?.countSync(name, seconds, isFailure),
      ),
      onChange: () => this.#view.changed(),
    });
    this.#view = new AgentView(config, {
      ...{ reconcilers: this.#reconcilers, policy: this.#policy, source: this.#source },
    });
  }

  /** The lock comes first; then the state directory, because no address may be allocated without it; the socket is served last. */
  async start(): Promise<void> {
    checkPrivileges();
    const node = await claimNode(this.#config, this.#logger, change => this.#onApply(change));
    this.#node = node;
    const metrics = this.#openMetrics(); // served while the start waits
    this.#metrics = metrics;
    const ipam = openIpam(this.#config, this.#socket, this.#logger);
    this.#ipam = ipam;
    this.#reconcilers.start(); // reconcilers that need nothing of the source do not wait for it
    await this.#source.start((cluster, problems) => this.#setCluster(cluster, problems));
    logRestored(this.#logger, this.#source.restored);
    await this.#reconcilers.runner.firstSuccess();
    const attachments = this.#podAttachments(ipam);
    this.#attachments = attachments;
    logInterrupted(this.#logger, attachments.removeUnfinished());
    await this.#serve(attachments, ipam, metrics);
    this.#publisher.publish();
    this.#reconcilers.cells.serving.set(true);
    await this.#reconcilers.runner.firstRun('cni-files');
    await node.removeLeftovers();
    this.#logger.info({ socket: this.#config.socket }, 'ready');
    this.#garbage = setTimeout(collectGarbage, GARBAGE_MS).unref();
  }

  /** Stops the process's part; pinned programs and maps stay. */
  async stop(): Promise<void> {
    clearTimeout(this.#garbage);
    await Promise.all([this.#server?.stop(), this.#metrics?.stop()]);
    this.#deletes?.[Symbol.dispose]();
    this.#publisher.flush();
    this.#events?.[Symbol.dispose]();
    await this.#source.stop();
    this.#attachments?.[Symbol.dispose]();
    this.#policy[Symbol.dispose]();
    await this.#reconcilers[Symbol.asyncDispose]();
    this.#socket[Symbol.dispose]();
    this.#node?.[Symbol.dispose]();
  }

  async #serve(attachments: PodAttachments, ipam: Ipam, metrics: AgentMetrics): Promise<void> {
    const { socket: socketPath } = this.#config;
    const onChange = () => this.#podsChanged();
    const cniMutex = new KeyedMutex();
    const deletes = (this.#deletes = openDeletes({
      ...{ socket: socketPath, logger: this.#logger, attachments, mutex: cniMutex, onChange },
      onProblems: problems => this.#view.setDeleteProblems(problems),
    }));
    const attacher = new AgentAttacher({
      ...{ config: this.#config, attachments, ipam, onChange },
      settle: key => deletes.settle(key),
      cluster: () => this.#cluster,
      failures: () => this.#reconcilers.runner.failures,
    });
    await deletes.start();
    this.#view.serve({ attachments, ipam, onChange });
    const events = new AgentEvents(this.#config, this.#view);
    this.#events = events;
    this.#server = await ApiServer.start({
      ...{ socketPath, attacher, view: this.#view, events, policies: this.#source },
      ...{ observeCni: metrics.observeCni, cniMutex, onPolicyAct: policyLog(this.#logger) },
      policyContext: { cluster: () => this.#cluster, localPods: () => this.#localPods() },
    });
  }

  /** Why there is no first state yet: a problem until there is one. */
  #noteDelay(sentence: string): void {
    this.#logger.warn(sentence);
    this.#view.setSourceProblems([sentence]);
    this.#view.changed();
  }

  #setCluster(cluster: ClusterState, problems: readonly string[]): void {
    this.#cluster = cluster;
    this.#policy.setCluster(cluster);
    this.#view.setSourceProblems(problems);
    this.#sourceLog.note(problems);
    this.#ipam?.setCidrs(cluster.nodes.get(this.#config.nodeName)?.podCidrs ?? []);
    this.#reconcilers.setCluster(cluster);
    this.#view.changed();
  }

  #onPolicyFailure(error: unknown): void {
    this.#logError(error);
    this.#reconcilers.runner.requestFull('policy', POLICY_RETRY_MS, 'policy');
  }

  #onApply({ subject, action }: Change): void {
    this.#view.countChange();
    this.#logger.info({ subject }, `${subject}: ${action}`);
  }

  #openMetrics(): AgentMetrics {
    return new AgentMetrics({
      listen: this.#config.metrics.listen,
      status: () => this.#view.status(),
      policies: () => this.#cluster.policies.size,
      maps: () => this.#reconcilers.cells.programs.value?.maps,
      onProblem: problem => this.#view.setMetricsProblem(problem),
    });
  }

  #logError(error: unknown): void {
    this.#logger.error({ err: error }, messageOf(error));
    this.#view.changed();
  }

  #podAttachments(ipam: Ipam): PodAttachments {
    return new PodAttachments({
      ...{ config: this.#config, socket: this.#socket, ipam },
      localPods: this.#reconcilers.localPods,
      policy: this.#policy,
      cluster: () => this.#cluster,
      state: () => this.#state(),
    });
  }

  #state(): NodeState {
    const state = this.#reconcilers.cells.state.value;
    if (state === undefined)
      throw new HeddleError('NOT_READY', 'heddled has not finished starting: try again');
    return state;
  }

  #localPods(): PodKey[] {
    return (this.#ipam?.attached ?? []).flatMap(({ pod }) => (pod === undefined ? [] : [podKey(pod)]));
  }

  #podsChanged(): void {
    this.#view.changed();
    this.#publisher.request();
  }
}
