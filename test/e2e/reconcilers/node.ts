// The reconcilers of a node in this process's own namespace, with an uplink, a pod's device, and faults put into any of them.
import '../../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddr, parseCidr } from 'ip';
import { listAddresses, listLinks, listRoutes, openSocket } from 'rtnetlink';
import { ensureBpffs } from '../../../lab/bpffs.ts';
import { loadConfig, type Config } from '../../../loader/config.ts';
import { removeAllPins } from '../../../loader/programs/cleanup.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import type { Attachment } from '../../../loader/model/attachment.ts';
import { gatewayMac, podMac } from '../../../loader/model/derived-macs.ts';
import {
  emptyCluster,
  podKey,
  type ClusterState,
  type NodeObject,
  type PodObject,
} from '../../../loader/model/objects.ts';
import { NodePolicy } from '../../../loader/policy-writer/node-policy.ts';
import type { NodeCells } from '../../../loader/reconcilers/node-cells.ts';
import { NodeReconcilers } from '../../../loader/reconcilers/node-reconcilers.ts';
import type { Reconciler } from '../../../loader/reconcilers/reconciler.ts';

export const NODE = 'a';
export const OVERLAY = 'heddle0';
const PROTOCOL = 104;

/** Retries at once: nobody waits for backoff in a test. */
const HURRY = { fullIntervalMs: 600_000, retry: { firstMs: 5, maxMs: 20 }, failingPauseMs: 5 } as const;

export interface Started extends AsyncDisposable {
  readonly reconcilers: NodeReconcilers;
  /** How often each has begun to run, by name. */
  readonly runs: ReadonlyMap<string, number>;
}

export interface StartOptions {
  readonly config?: Partial<Config>;
  /** Asked before each run: whether it throws instead. */
  readonly isBroken?: (name: string) => boolean;
  /** Null: the source has not answered yet. */
  readonly cluster?: ClusterState | null;
  /** After each run that has not thrown. */
  readonly onSync?: (name: string, cells: NodeCells) => void;
  /** Of each reconciler, before anything runs. */
  readonly onReconciler?: (reconciler: Reconciler) => void;
}

export class ReconciledNode implements Disposable {
  readonly config: Config;
  readonly attachment: Attachment;
  readonly #directory = mkdtempSync(join(tmpdir(), 'heddle-reconcilers-'));

  constructor(pinRoot = `/sys/fs/bpf/heddle-test-${process.pid}`) {
    ensureBpffs();
    ip('link set lo up', 'link add eth0 type veth peer name wire', 'address add 192.168.9.1/24 dev eth0');
    ip('link set eth0 up', 'link set wire up');
    this.config = loadConfig({
      argv: [
        ...['--node-name', NODE, '--uplink', 'eth0', '--pin-root', pinRoot],
        ...['--run-dir', this.#directory, '--state-dir', this.#directory],
      ],
      env: {},
      readFile: () => undefined,
    });
    this.attachment = attachmentOf('hd0123456789a', '10.9.0.2');
    ip(`link add ${this.attachment.hostInterface} address ${gatewayMac(NODE)} type veth peer name pod0`);
    ip(`link set pod0 up`);
  }

  start(options: StartOptions = {}): Started {
    const { config = {}, isBroken = () => false, cluster = clusterOf(), onReconciler, onSync } = options;
    const socket = openSocket();
    const runs = new Map<string, number>();
    const whole = { ...this.config, ...config, cni: { binDir: '', confFile: '' } };
    const ignore = (): void => undefined;
    const policy = new NodePolicy({ config: whole, onChange: ignore, onFailure: ignore });
    const reconcilers: NodeReconcilers = new NodeReconcilers({
      ...{ config: whole, socket, policy, timing: HURRY, onApply: ignore },
      attachments: () => [this.attachment],
      unfinished: () => [],
      adoptMac: attachment => attachment,
      rewriteLostFiles: () => [],
      decorate: one => {
        onReconciler?.(one);
        const watched = withFault(one, runs, isBroken);
        return onSync === undefined ? watched : followed(watched, name => onSync(name, reconcilers.cells));
      },
      ...{ onStart: ignore, onEnd: ignore, onProblems: ignore, onChange: ignore },
    });
    if (cluster !== null) reconcilers.setCluster(cluster);
    void reconcilers.start(); // rejects never: what fails is told by the reconcilers
    return {
      ...{ reconcilers, runs },
      async [Symbol.asyncDispose]() {
        policy[Symbol.dispose]();
        await reconcilers[Symbol.asyncDispose]();
        socket[Symbol.dispose]();
      },
    };
  }

  /** What of the kernel is a node's own, as lines. */
  standing(): ReadonlySet<string> {
    return new Set([...this.#rows(), ...this.#links(), ...routes()]);
  }

  /** Whether packets of the tunnel get in. */
  isOverlayUp(): boolean {
    using socket = openSocket();
    return listLinks(socket).some(link => link.name === OVERLAY && link.up);
  }

  /** Whether the pod's packets get to the host. */
  isPodUp(): boolean {
    using socket = openSocket();
    return listLinks(socket).some(link => link.name === this.attachment.hostInterface && link.up);
  }

  isOverlayGuarded(): boolean {
    return this.#links().some(line => line.startsWith('overlay_rx'));
  }

  [Symbol.dispose](): void {
    removeAllPins(this.config.pinRoot);
    rmSync(this.#directory, { recursive: true });
    ip('link delete eth0');
  }

  #rows(): string[] {
    const maps = openPinnedMaps(this.config.pinRoot);
    try {
      return (['hd_node', 'hd_route', 'hd_endpoint', 'hd_iface'] as const).flatMap(name =>
        [...maps[name].entries()].map(([key]) => `${name} ${text(key)}`),
      );
    } finally {
      for (const map of Object.values(maps)) map[Symbol.dispose]();
    }
  }

  #links(): string[] {
    return listPinnedLinks(this.config.pinRoot)
      .filter(({ programId, ifindex, hook }) => programId !== 0 && (ifindex !== 0 || hook === 'forward'))
      .map(({ hook, ifindex }) => `${hook} on ${ifindex}`);
  }
}

/** Two nodes, a pod on each. */
export function clusterOf(): ClusterState {
  const nodes = [nodeOf('a', '192.168.9.1', '10.9.0.0/24'), nodeOf('b', '192.168.9.2', '10.9.1.0/24')];
  const pods = [podOf('near', 'a', '10.9.0.2'), podOf('far', 'b', '10.9.1.2')];
  return {
    ...emptyCluster,
    nodes: new Map(nodes.map(node => [node.name, node])),
    pods: new Map(pods.map(pod => [podKey(pod), pod])),
  };
}

function nodeOf(name: string, address: string, cidr: string): NodeObject {
  return {
    ...{ name, labels: {}, podCidrs: [parseCidr(cidr)], internalAddresses: [parseAddr(address)] },
    ...{ externalAddresses: [], tunnelAddresses: [] },
  };
}

function podOf(name: string, nodeName: string, address: string): PodObject {
  return {
    ...{ namespace: 'shop', name, uid: name, labels: {}, nodeName, hostNetwork: false },
    ...{ phase: 'Running', addresses: [parseAddr(address)], ports: [] },
  };
}

function attachmentOf(hostInterface: string, address: string): Attachment {
  return {
    ...{ containerId: 'near', ifname: 'eth0', netns: '/run/netns/near', hostInterface },
    ...{ podMac: podMac('near', 'eth0'), addresses: [parseAddr(address)], podId: 1, mtu: 1450 },
    ...{ pod: { namespace: 'shop', name: 'near' }, bootId: '', createdAtMs: 0, phase: 'attached' },
  };
}

function withFault(
  one: Reconciler,
  runs: Map<string, number>,
  isBroken: (name: string) => boolean,
): Reconciler {
  return {
    ...one,
    sync(mode) {
      runs.set(one.name, (runs.get(one.name) ?? 0) + 1);
      if (isBroken(one.name)) throw new Error(`${one.name} is broken on purpose`);
      return one.sync(mode);
    },
  };
}

function followed(one: Reconciler, onSync: (name: string) => void): Reconciler {
  return {
    ...one,
    sync(mode) {
      const outcome = one.sync(mode);
      onSync(one.name);
      return outcome;
    },
  };
}

function routes(): string[] {
  using socket = openSocket();
  const ours = listRoutes(socket, { protocol: PROTOCOL }).map(
    ({ destination, type, nextHops: [hop] }) =>
      `route ${destination.address}/${destination.prefixLength} ${type ?? ''} ${hop?.index ?? ''}`,
  );
  const overlay = listLinks(socket).find(link => link.name === OVERLAY)?.index ?? 0;
  return [...ours, ...listAddresses(socket, overlay).map(({ address }) => `address ${address}`)];
}

export function ip(...commands: readonly string[]): void {
  for (const command of commands) execFileSync('ip', command.split(' '));
}

function text(key: unknown): string {
  return JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
