// The daemon: connects source, reconcilers and API, and orders start and stop.
import { openSocket, type RtnetlinkSocket } from 'rtnetlink';
import type { Logger } from 'pino';
import type { ApiServer } from '../api/server.ts';
import { KeyedMutex } from '../async/keyed-mutex.ts';
import type { Config } from '../config.ts';
import { checkPrivileges } from '../programs/bpffs.ts';
import { HeddleError, messageOf } from '../errors.ts';
import type { Ipam } from '../ipam/ipam.ts';
import { Reservations } from '../ipam/reservations.ts';
import { emptyCluster, podKey, type ClusterState, type PodKey } from '../model/objects.ts';
import type { Change } from '../model/change.ts';
import { PodAttachments } from '../pods/pod-attachments.ts';
import { NodePolicy } from '../policy-writer/node-policy.ts';
import { NodeReconcilers } from '../reconcilers/node-reconcilers.ts';
import type { NodeState } from '../reconcilers/node-state.ts';
import { claimNode, type ClaimedNode } from './claim-node.ts';
import { ClusterSource } from './cluster-source.ts';
import { conditionNames } from './conditions.ts';
import { collectGarbage } from './garbage.ts';
import { AgentMetrics } from './metrics.ts';
import { openIpam } from './open-ipam.ts';
import { policyLog } from './policy-log.ts';
import { Publisher } from './publisher.ts';
import { Readiness } from './readiness.ts';
import { reconcilerLog } from './reconciler-log.ts';
import { createApi, serveApi, servePods } from './serve.ts';
import { logInterrupted, logRestored } from './start-log.ts';
import { AgentView } from './view.ts';

export interface AgentOptions {
  readonly config: Config;
  readonly logger: Logger;
}

/** Delay before a policy that could not be activated is tried again. */
const POLICY_RETRY_MS = 2_000;
const GARBAGE_MS = 3_000; // after the start: waiting ADDs are served first

export class Agent {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #socket: RtnetlinkSocket;
  readonly #policy: NodePolicy;
  readonly #reconcilers: NodeReconcilers;
  readonly #source: ClusterSource;
  readonly #view: AgentView;
  readonly #readiness: Readiness;
  readonly #publisher: Publisher;
  readonly #cniMutex = new KeyedMutex();
  #node: ClaimedNode | undefined;
  #cluster: ClusterState = emptyCluster;
  readonly #reservations = new Reservations(() => this.#cluster);
  #ipam: Ipam | undefined;
  #attachments: PodAttachments | undefined;
  #server: ApiServer | undefined;
  #served: Disposable | undefined;
  #metrics: AgentMetrics | undefined;
  #garbage: NodeJS.Timeout | undefined;

  constructor({ config, logger }: AgentOptions) {
    this.#config = config;
    this.#logger = logger;
    this.#socket = openSocket();
    this.#source = new ClusterSource({
      ...{ config, logger, socket: this.#socket },
      ready: () => this.#readiness.gate.isOpen,
      unmet: () => this.#readiness.unmet,
      publish: () => this.#publisher.publish(),
      onDelay: () => this.#changed(),
    });
    const { source, standing } = this.#source;
    this.#publisher = new Publisher({
      source,
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
      adoptMac: (attachment, mac) => this.#ipam?.setMac(attachment, mac) ?? attachment,
      rewriteLostFiles: () => [
        ...(this.#ipam?.rewriteLost() ?? []).map(({ hostInterface }) => `record of ${hostInterface}`),
        ...[...source.rewriteLost(), ...(this.#node?.rewriteLost() ?? [])],
      ],
      ...reconcilerLog(logger, (name, seconds, isFailure) =>
        this.#metrics?.countSync(name, seconds, isFailure),
      ),
      onChange: () => this.#changed(),
    });
    this.#readiness = new Readiness({
      ...{ logger, config, reconcilers: this.#reconcilers, policy: this.#policy, source: standing },
      ...{ cluster: () => this.#cluster, reservations: this.#reservations, ipam: () => this.#ipam },
      listen: async () => this.#server?.listen(),
      problems: () => this.#view.ownProblems,
      onChange: () => this.#view.changed(),
    });
    this.#view = new AgentView(config, {
      ...{ reconcilers: this.#reconcilers, policy: this.#policy, source },
      unmet: () => this.#readiness.unmet,
      sourceProblems: () => standing.problems,
    });
  }

  /**
   * The lock comes first, then what reports how the start goes; then the state directory, because no address may be allocated
   * without it; ADD and DEL are served last. Resolves then; until then it waits, logs the reason and says it on the socket.
   * Rejects with an error that waiting cannot resolve; call `stop` then, too.
   */
  async start(): Promise<void> {
    checkPrivileges();
    const node = (this.#node = await claimNode(this.#config, this.#logger, {
      onApply: change => this.#onApply(change),
      onLocked: () => this.#serve(),
      untilUsable: action => this.#readiness.untilUsable(action),
    }));
    const ipam = await this.#readiness.untilUsable(() => openIpam(this.#config, this.#socket, this.#logger));
    this.#ipam = ipam;
    await this.#reconcilers.start(); // reconcilers that need nothing of the source do not wait for it
    await this.#source.start((cluster, problems) => this.#setCluster(cluster, problems));
    logRestored(this.#logger, this.#source.source.restored);
    await this.#reconcilers.runner.firstSuccess();
    await this.#openGate(ipam);
    this.#publisher.publish();
    this.#reconcilers.cells.serving.set(true);
    await this.#reconcilers.runner.firstRun('cni-files');
    await node.removeLeftovers();
    this.#readiness.evaluate();
    this.#garbage = setTimeout(collectGarbage, GARBAGE_MS).unref();
  }

  /** Stops the process's part; pinned programs and maps stay. */
  async stop(): Promise<void> {
    clearTimeout(this.#garbage);
    this.#readiness[Symbol.dispose]();
    await Promise.all([this.#server?.stop(), this.#metrics?.stop()]);
    this.#publisher.flush();
    this.#served?.[Symbol.dispose]();
    await this.#source.stop();
    await this.#attachments?.[Symbol.asyncDispose]();
    this.#policy[Symbol.dispose]();
    await this.#reconcilers[Symbol.asyncDispose]();
    this.#socket[Symbol.dispose]();
    this.#node?.[Symbol.dispose]();
  }

  async #serve(): Promise<void> {
    this.#metrics = this.#openMetrics();
    this.#server = createApi({
      ...{
        config: this.#config,
        readiness: this.#readiness,
        view: this.#view,
        policies: this.#source.source,
      },
      policyContext: { cluster: () => this.#cluster, localPods: () => this.#localPods() },
      ...{ observeCni: this.#metrics.observeCni, cniMutex: this.#cniMutex },
      onPolicyAct: policyLog(this.#logger),
    });
    await serveApi(this.#server, this.#readiness);
  }

  async #openGate(ipam: Ipam): Promise<void> {
    const attachments = (this.#attachments = this.#podAttachments(ipam));
    logInterrupted(this.#logger, attachments.removeUnfinished());
    this.#served = await servePods({
      ...{ config: this.#config, logger: this.#logger, readiness: this.#readiness, view: this.#view },
      ...{ attachments, ipam, cniMutex: this.#cniMutex },
      cluster: () => this.#cluster,
      onChange: () => this.#podsChanged(),
    });
  }

  #changed(): void {
    this.#view.changed();
    this.#readiness.request();
  }

  #setCluster(cluster: ClusterState, problems: readonly string[]): void {
    this.#cluster = cluster;
    this.#policy.setCluster(cluster);
    this.#source.standing.noteState(problems);
    this.#ipam?.setCidrs(cluster.nodes.get(this.#config.nodeName)?.podCidrs ?? []);
    this.#reconcilers.setCluster(cluster);
    this.#changed();
  }

  #onPolicyFailure(error: unknown): void {
    // A condition of readiness logs the first kind.
    if (error instanceof HeddleError) this.#changed();
    else this.#logError(error);
    this.#reconcilers.runner.requestFull('policy', POLICY_RETRY_MS, 'policy');
  }

  #onApply({ subject, action }: Change): void {
    this.#view.countChange();
    const level = this.#reconcilers.runner.isDiverging(subject) ? 'debug' : 'info'; // a problem, once
    this.#logger[level]({ subject }, `${subject}: ${action}`);
  }

  #openMetrics(): AgentMetrics {
    return new AgentMetrics({
      listen: this.#config.metrics.listen,
      status: () => this.#view.status(),
      conditions: () => conditionNames(this.#reconcilers.runner.needed),
      policies: () => this.#cluster.policies,
      maps: () => this.#reconcilers.cells.programs.value?.maps,
      onProblem: problem => this.#view.setMetricsProblem(problem),
    });
  }

  #logError(error: unknown): void {
    this.#logger.error({ err: error }, messageOf(error));
    this.#changed();
  }

  #podAttachments(ipam: Ipam): PodAttachments {
    return new PodAttachments({
      ...{ config: this.#config, socket: this.#socket, ipam },
      localPods: this.#reconcilers.localPods,
      policy: this.#policy,
      ...{ cluster: () => this.#cluster, reservations: this.#reservations, state: () => this.#state() },
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
    this.#reconcilers.runner.recheck('pods', 'ADD or DEL');
    this.#publisher.request();
  }
}
