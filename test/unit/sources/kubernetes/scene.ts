// A stand-in API server with a small cluster, and the real source that watches it.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { emptyCluster, podKey, type ClusterState } from '../../../../loader/model/objects.ts';
import {
  KubernetesSource,
  type KubernetesOptions,
} from '../../../../loader/sources/kubernetes/kubernetes-source.ts';
import type { Timing } from '../../../../loader/sources/kubernetes/timing.ts';
import { StandInApiServer } from '../../../support/api-server/api-server.ts';
import { kubeconfig } from '../../../support/api-server/kubeconfig.ts';

export const PATHS = {
  nodes: '/api/v1/nodes',
  namespaces: '/api/v1/namespaces',
  pods: '/api/v1/pods',
  networkPolicies: '/apis/networking.k8s.io/v1/networkpolicies',
  clusterNetworkPolicies: '/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies',
} as const;

export const HURRY: Timing = {
  gatherMs: 5,
  backoffMs: 20,
  backoffMostMs: 200,
  answerMs: 1_000,
  watchSeconds: [300, 600],
  steadyMs: 60,
  quietMs: 60_000,
  silentMs: 120_000,
  absentMs: 150,
  patienceMs: 100,
  grace: { ownMs: 60_000, othersMs: 0 },
  recheckMs: 10,
  unreadyMs: 60_000,
  eventSpreadMs: 5,
  eventTtlMs: 3_600_000,
  pageSize: 3,
};

export interface Scene {
  readonly server: StandInApiServer;
  readonly source: KubernetesSource;
  readonly started: Promise<void>;
  readonly state: () => ClusterState;
  readonly problems: () => readonly string[];
  /** Every state that was emitted. */
  readonly told: readonly ClusterState[];
  readonly waiting: readonly string[];
  /** Of the daemon: what proves to the server who it is. */
  readonly setToken: (token: string) => void;
}

export type SceneOptions = Partial<Omit<KubernetesOptions, 'timing'>> & {
  readonly timing?: Partial<Timing>;
  /** Changes the server before the source asks it. */
  readonly prepare?: (server: StandInApiServer) => void;
};

/** With a node, a namespace and four pods, more than a page; `started` is the source's own. */
export async function begun(t: Test, options: SceneOptions = {}): Promise<Scene> {
  const { prepare, timing, ...more } = options;
  const directory = mkdtempSync(join(tmpdir(), 'heddle-kubernetes-'));
  const server = new StandInApiServer();
  await server.comeUp();
  server.collections.put(node('a', '192.0.2.1'));
  server.collections.put({ kind: 'Namespace', metadata: { name: 'shop' } });
  for (const i of [1, 2, 3, 4]) server.collections.put(pod(`p${i}`, `10.1.0.${i}`));
  prepare?.(server);
  const tokenFile = join(directory, 'token');
  const setToken = (token: string): void => put(tokenFile, token);
  setToken('first-token');
  put(join(directory, 'kubeconfig'), kubeconfig(server.url, tokenFile));
  const waiting: string[] = [];
  const told: ClusterState[] = [];
  let problems: readonly string[] = [];
  const source = new KubernetesSource({
    ...{
      nodeName: 'a',
      kubeconfig: join(directory, 'kubeconfig'),
      ready: () => true,
      ownNode: () => undefined,
    },
    ...{ onDelay: sentence => waiting.push(sentence), timing: { ...HURRY, ...timing }, ...more },
  });
  const started = source.start((state, sentences) => {
    told.push(state);
    problems = sentences;
  });
  started.catch(() => undefined); // a test that expects it to fail looks at it itself
  t.teardown(async () => {
    await source.stop();
    await server.goAway();
    rmSync(directory, { recursive: true });
  });
  const state = () => told.at(-1) ?? emptyCluster;
  return { server, source, started, state, problems: () => problems, told, waiting, setToken };
}

/** The first state has been emitted, and every watch is open. */
export async function scene(t: Test, options: SceneOptions = {}): Promise<Scene> {
  const one = await begun(t, options);
  await one.started;
  const present = Object.values(PATHS).filter(path => !one.server.absent.has(path));
  await until(() => present.every(path => one.server.watching(path) === 1), 'every kind is watched');
  return one;
}

/** Fails the test after a minute. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    if (condition()) return;
    await sleep(3);
  }
  throw new Error(`never came true: ${what}`);
}

export function node(name: string, address: string, more: object = {}) {
  return {
    kind: 'Node',
    metadata: { name },
    spec: {},
    status: { addresses: [{ type: 'InternalIP', address }] },
    ...more,
  };
}

export function pod(name: string, ip: string, more: object = {}) {
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }] };
  return { kind: 'Pod', metadata: { name, namespace: 'shop' }, spec: { nodeName: 'a' }, status, ...more };
}

export function networkPolicy(name: string, spec: object = { podSelector: {} }) {
  return { kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' }, spec };
}

export function shopPod(name: string) {
  return podKey({ namespace: 'shop', name });
}

/** Whole or not at all, as the kubelet rotates tokens. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
