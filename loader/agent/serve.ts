// What the socket answers: the API from the first moment on, and pods once the start is over.
import type { Logger } from 'pino';
import { ApiServer } from '../api/server.ts';
import type { CniObserver } from '../api/cni-service.ts';
import type { PolicyContext } from '../api/policy-explanation.ts';
import type { PolicyAct } from '../api/policy-service.ts';
import type { KeyedMutex } from '../async/keyed-mutex.ts';
import type { Config } from '../config.ts';
import { HeddleError } from '../errors.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { PodAttachments } from '../pods/pod-attachments.ts';
import type { PolicyKeeper } from '../sources/applied/applied-policies.ts';
import { AgentAttacher } from './attacher.ts';
import { AgentEvents } from './events.ts';
import { deleteSpoolOf, makeDeleteSpool } from './kept-deletes.ts';
import { openDeletes } from './open-deletes.ts';
import type { Readiness } from './readiness.ts';
import type { AgentView } from './view.ts';

export interface ApiOptions {
  readonly config: Config;
  readonly readiness: Readiness;
  readonly view: AgentView;
  readonly policies: PolicyKeeper;
  readonly policyContext: PolicyContext;
  readonly observeCni: CniObserver;
  readonly onPolicyAct: (act: PolicyAct) => void;
  /** Of the CNI commands and the deletes that were kept for the daemon. */
  readonly cniMutex: KeyedMutex;
}

/** `listen` makes the socket. What needs a started daemon is answered with what the start waits for. */
export function createApi({ config, readiness: { gate }, view, policies, ...rest }: ApiOptions): ApiServer {
  return new ApiServer({
    ...{ ...rest, socketPath: config.socket, attacher: gate, view, policies: gate.policies(policies) },
    events: gate.events(id => view.nodes().find(node => node.id === id)?.name),
  });
}

/** A socket that cannot be made yet is tried again; another daemon on it, or a file in its place, ends the start. */
export async function serveApi(server: ApiServer, readiness: Readiness): Promise<void> {
  try {
    await server.listen();
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    await readiness.probes.probeSocket();
  }
  try {
    makeDeleteSpool(deleteSpoolOf(server.socketPath)); // the plugin makes none, and a start may wait or end
  } catch {
    // as the socket, and later the deletes themselves, will say
  }
  readiness.start();
}

export interface PodServiceOptions extends Pick<ApiOptions, 'config' | 'readiness' | 'view' | 'cniMutex'> {
  readonly logger: Logger;
  readonly attachments: PodAttachments;
  readonly ipam: Ipam;
  readonly cluster: PolicyContext['cluster'];
  /** Called after a pod was added or removed. */
  readonly onChange: () => void;
}

/** Deletes that were kept for the daemon come first. Needs the pinned maps. */
export async function servePods({
  config,
  readiness,
  view,
  ...rest
}: PodServiceOptions): Promise<Disposable> {
  const { logger, cniMutex, ...pods } = rest;
  const deletes = openDeletes({
    ...{ ...pods, socket: config.socket, logger, mutex: cniMutex },
    onProblems: problems => view.setDeleteProblems(problems),
  });
  await deletes.start();
  view.serve(pods);
  const events = new AgentEvents(config, view);
  const attacher = new AgentAttacher({
    ...{ ...pods, config },
    settle: key => deletes.settle(key),
    keepDelete: key => deletes.keep(key),
    oweDelete: key => deletes.owe(key),
    onFailure: () => readiness.probes.probeStateDirectory(),
  });
  readiness.gate.open({ attacher, events, whenGone: () => pods.attachments.whenAllGone() });
  return {
    [Symbol.dispose]() {
      for (const one of [deletes, events]) one[Symbol.dispose]();
    },
  };
}
