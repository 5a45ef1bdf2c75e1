// Nodes of flannel and of Heddle in one cluster, with the stand-in API server on their wire.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addPodInterface, deletePodInterface } from '../../../lab/cni.ts';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { writeDaemonConfig } from '../../../lab/daemon-config.ts';
import { ensureBpffs } from '../../../lab/bpffs.ts';
import { labDown } from '../../../lab/down.ts';
import { execIn } from '../../../lab/exec.ts';
import { buildFabric } from '../../../lab/fabric.ts';
import { builtFile } from '../../../lab/installation.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { DEFAULT_OPTIONS, planLab, planPod, type LabPlan, type PodPlan } from '../../../lab/plan.ts';
import { claimLab } from '../../../lab/registry.ts';
import { StandInApiServer } from '../api-server/api-server.ts';
import { kubeconfig } from '../api-server/kubeconfig.ts';
import { labName, type TestHost } from '../lab.ts';
import { FlannelNode, type FlannelBackend } from './flannel-node.ts';

interface Test {
  teardown(clean: () => Promise<void>): void;
}

interface Outcome {
  readonly code: number;
  readonly lines: readonly string[];
}

/** On the nodes' wire. */
const SERVER = '192.168.1.250';
const PORT = 8472;

export class MixedLab {
  readonly plan: LabPlan;
  readonly server: StandInApiServer;
  readonly flannel: readonly FlannelNode[];
  /** Whose flanneld runs. */
  readonly #running = new Set<FlannelNode>();
  readonly #plans = new Map<string, PodPlan>();
  #pods = 0;

  private constructor(plan: LabPlan, server: StandInApiServer, backend: FlannelBackend) {
    this.plan = plan;
    this.server = server;
    this.flannel = plan.nodes.map(node => new FlannelNode(node, server, backend));
    const { onEvent } = server.collections;
    server.collections.onEvent = event => {
      onEvent(event);
      const { kind, metadata } = event.object as { kind: string; metadata: { name: string } };
      if (kind === 'Node') for (const node of this.#running) node.learn(metadata.name);
    };
  }

  /** Call it in a network namespace of the test's own. No node has a network yet, nor a Node object. */
  static async open(t: Test, nodes: number, backend: FlannelBackend = 'vxlan'): Promise<MixedLab> {
    const name = labName();
    const tunnel = backend === 'vxlan' ? { port: PORT } : { encapsulation: 'never' as const };
    const config = { tunnel, podWaitMs: 60_000 };
    const plan = planLab({ ...DEFAULT_OPTIONS, name, nodes, podsPerNode: 0, config });
    const server = new StandInApiServer(SERVER);
    t.teardown(async () => {
      await labDown(name);
      await server.goAway();
    });
    ensureBpffs();
    claimLab(plan);
    await buildFabric(plan);
    ipIn(plan.fabricNetns, [
      `link add api type veth peer name api netns ${process.pid}`,
      'link set api master br1 up',
    ]);
    for (const words of [`address add ${SERVER}/24 dev api`, 'link set api up', 'link set lo up'])
      execFileSync('ip', words.split(' '));
    await server.comeUp();
    mkdirSync(plan.directory, { recursive: true });
    writeFileSync(join(plan.directory, 'token'), 'first-token');
    writeFileSync(join(plan.directory, 'kubeconfig'), kubeconfig(server.url, join(plan.directory, 'token')));
    server.collections.put({ kind: 'Namespace', metadata: { name: 'lab' } });
    return new MixedLab(plan, server, backend);
  }

  node(name: string): FlannelNode {
    const found = this.flannel.find(({ plan }) => plan.name === name);
    if (found === undefined) throw new RangeError(`the lab has no node ${name}`);
    return found;
  }

  join(name: string): void {
    const { plan } = this.node(name);
    this.server.collections.put({
      kind: 'Node',
      metadata: { name },
      spec: { podCIDRs: plan.podCidrs },
      status: { addresses: plan.addresses.map(address => ({ type: 'InternalIP', address })) },
    });
  }

  startFlannel(name: string): void {
    const node = this.node(name);
    this.#running.add(node);
    node.up();
    for (const { plan } of this.flannel) node.learn(plan.name);
  }

  /** What it has made stays. */
  endFlannel(name: string): void {
    this.#running.delete(this.node(name));
  }

  /** Resolves when it is ready. */
  async startHeddle(name: string): Promise<void> {
    this.configure(name);
    const { plan } = this.node(name);
    startDaemon(plan);
    await waitForDaemon(plan);
  }

  configure(name: string): void {
    const node = this.node(name);
    const config = {
      ...this.plan.options.config,
      source: { kind: 'kubernetes', kubeconfig: join(this.plan.directory, 'kubeconfig') },
      flannel: { hostLocalDir: node.hostLocalDir },
      cni: {
        binDir: join(dirname(node.plan.configFile), 'bin'),
        confFile: join(node.confDir, '05-heddle.conflist'),
      },
    };
    writeDaemonConfig({ ...this.plan, options: { ...this.plan.options, config } }, node.plan);
  }

  stopHeddle(name: string): Promise<void> {
    return stopDaemon(this.node(name).plan);
  }

  /** In the node's network namespace. The API server is this process: it must not be waited for in one turn. */
  async heddlectl(name: string, ...args: readonly string[]): Promise<Outcome> {
    const { netns, configFile } = this.node(name).plan;
    const argv = [process.execPath, builtFile('heddlectl.mjs'), '--config', configFile, ...args];
    const { code, stdout, stderr } = await execIn(netns, argv);
    return { code, lines: `${stdout}${stderr}`.split('\n').filter(line => line !== '') };
  }

  removeFlannel(name: string, ...flags: readonly string[]): Promise<Outcome> {
    const file = ['--subnet-file', this.node(name).subnetFile];
    return this.heddlectl(name, 'migrate', 'remove-flannel', ...file, ...flags);
  }

  addFlannelPod(name: string, labels: Readonly<Record<string, string>> = {}): TestHost {
    const plan = this.#planPod(name);
    const pod = this.node(name).addPod(plan, this.#pods + 1);
    this.#put(plan, labels, pod.addresses);
    return pod;
  }

  async addHeddlePod(name: string, labels: Readonly<Record<string, string>> = {}): Promise<TestHost> {
    const plan = this.#planPod(name);
    this.#put(plan, labels, []);
    const { ips } = await addPodInterface(this.node(name).plan, plan);
    const addresses = ips.map(({ address }) => address.replace(/\/\d+$/, ''));
    this.#put(plan, labels, addresses); // the kubelet
    return { name: plan.name, netns: plan.netns, addresses };
  }

  async removePod(pod: TestHost, by: 'flannel' | 'heddle'): Promise<void> {
    const plan = this.#plans.get(pod.name);
    if (plan === undefined) throw new RangeError(`there is no pod ${pod.name}`);
    const node = this.node(plan.node);
    if (by === 'flannel') node.removePod(pod);
    else await deletePodInterface(node.plan, plan);
    this.server.collections.remove({ kind: 'Pod', metadata: { name: plan.name, namespace: plan.namespace } });
  }

  /** The node itself, as pods of other nodes see it once it runs Heddle. */
  heddleHost(name: string): TestHost {
    const { plan, firstAddresses } = this.node(name);
    return { name, netns: plan.netns, addresses: firstAddresses };
  }

  annotations(name: string): Readonly<Record<string, string>> {
    return this.server.collections.get('/api/v1/nodes', name)?.metadata.annotations ?? {};
  }

  #planPod(node: string): PodPlan {
    const plan = planPod(this.plan.options, node, ++this.#pods);
    this.#plans.set(plan.name, plan);
    return plan;
  }

  #put(plan: PodPlan, labels: Readonly<Record<string, string>>, addresses: readonly string[]): void {
    const { name, namespace, uid, node } = plan;
    this.server.collections.put({
      kind: 'Pod',
      metadata: { name, namespace, uid, labels: { app: name, ...labels } },
      spec: { nodeName: node },
      status: { phase: 'Running', podIPs: addresses.map(ip => ({ ip })) },
    } as Parameters<StandInApiServer['collections']['put']>[0]);
  }
}
