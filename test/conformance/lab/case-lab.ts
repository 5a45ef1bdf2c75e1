// One lab that plays worlds of one topology: real daemons, pods added by the real plugin, real sockets.
import { addPodInterface, deletePodInterface } from '../../../lab/cni.ts';
import { ensureBpffs } from '../../../lab/bpffs.ts';
import { startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { writeDaemonConfig } from '../../../lab/daemon-config.ts';
import { labDown } from '../../../lab/down.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { claimLab } from '../../../lab/registry.ts';
import { podKey, type PodKey } from '../../../loader/model/objects.ts';
import { endsOf, type QueryEnd } from '../../support/policy/query-ends.ts';
import type { Query, World } from '../../support/policy/world.ts';
import { Probe, type ProbeAnswer, type ProbeQuestion } from '../../support/probe/probe.ts';
import type { Answer } from '../level.ts';
import { waitUntilInForce } from './in-force.ts';
import { labObjects, Manifests } from './manifests.ts';
import { ownPods, planCase, plannedPod, topologyOf, type CasePlan, type PlannedPod } from './plan.ts';
import { buildWires } from './wires.ts';

/** An answer takes a millisecond; a machine with more to do than it can takes longer. */
const FIRST_TIMEOUT_MS = 300;
/** What was not answered is asked once more: silence must be policy's, not chance's. */
const SECOND_TIMEOUT_MS = 600;

export class CaseLab {
  readonly topology: string;
  readonly #plan: CasePlan;
  readonly #manifests: Manifests;
  readonly #probe = new Probe();
  readonly #pods = new Map<PodKey, PlannedPod>();
  #podNumber = 1;
  #world: World;

  /** Comes up with nobody in it: `apply` follows. When that fails, nothing of the lab is left. */
  static async open(world: World, name: string, encapsulation: 'always' | 'never'): Promise<CaseLab> {
    const plan = planCase(world, name, encapsulation);
    claimLab(plan.lab);
    const lab = new CaseLab(plan, world);
    try {
      await lab.#start();
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  private constructor(plan: CasePlan, world: World) {
    this.#plan = plan;
    this.#world = world;
    this.topology = topologyOf(world);
    this.#manifests = new Manifests(plan.lab.manifests);
  }

  /** Settles when every node's kernel holds what the world comes to. */
  async apply(next: World): Promise<void> {
    const wanted = ownPods(next);
    const gone = [...this.#pods].filter(
      ([key, { pod }]) => !isSamePod(pod, wanted.get(key), this.#plan.labNames),
    );
    await Promise.all(this.#plan.lab.nodes.map(node => this.#removePods(node.name, gone)));
    const fresh: PlannedPod[] = [];
    for (const [key, pod] of wanted) {
      const known = this.#pods.get(key);
      const planned = known ?? plannedPod(this.#plan, pod, this.#podNumber++);
      if (known === undefined) fresh.push(planned);
      this.#pods.set(key, { plan: planned.plan, pod: { ...pod, node: planned.plan.node } });
    }
    this.#world = next;
    const pods = [...this.#pods.values()];
    const objects = labObjects(this.#plan, next, pods);
    this.#manifests.write(objects);
    await Promise.all(this.#plan.lab.nodes.map(node => this.#addPods(node.name, fresh)));
    await waitUntilInForce(this.#plan, pods, objects);
  }

  async ask(queries: readonly Query[]): Promise<readonly Answer[]> {
    const questions = queries.map(query => this.#questionOf(query));
    await this.#probe.serve(queries.map(query => this.#serverOf(query)));
    const answers = [...(await this.#probe.ask(questions, FIRST_TIMEOUT_MS))];
    const open = answers.flatMap(({ answered }, i) => (answered ? [] : [i]));
    const again = await this.#probe.ask(pick(questions, open), SECOND_TIMEOUT_MS);
    for (const [i, at] of open.entries()) answers[at] = again[i] ?? { answered: false, problem: '' };
    return answers.map(answerOf);
  }

  /** Nobody is left in it, and nothing is known of who was. */
  clear(): Promise<void> {
    return this.apply({ ...this.#world, namespaces: [], pods: [], policies: [] });
  }

  async close(): Promise<void> {
    await this.#probe.close();
    await labDown(this.#plan.lab.options.name);
  }

  async #start(): Promise<void> {
    const { lab } = this.#plan;
    ensureBpffs();
    buildWires(this.#plan);
    this.#manifests.write(labObjects(this.#plan, { ...this.#world, pods: [], policies: [] }, []));
    for (const node of lab.nodes) {
      writeDaemonConfig(lab, node);
      startDaemon(node);
    }
    await Promise.all(lab.nodes.map(node => waitForDaemon(node)));
  }

  /** One after the other on a node, as its kubelet mostly has it. */
  async #addPods(node: string, pods: readonly PlannedPod[]): Promise<void> {
    for (const { plan } of pods)
      if (plan.node === node) await addPodInterface(nodeNamed(this.#plan.lab, node), plan);
  }

  async #removePods(node: string, pods: readonly (readonly [PodKey, PlannedPod])[]): Promise<void> {
    for (const [key, { plan }] of pods) {
      if (plan.node !== node) continue;
      await deletePodInterface(nodeNamed(this.#plan.lab, node), plan);
      this.#probe.forget(plan.netns);
      this.#pods.delete(key);
    }
  }

  #questionOf(query: Query): ProbeQuestion {
    const { from, to } = endsOf(this.#world, query);
    const { protocol, port } = query;
    return { netns: this.#netnsOf(from), protocol, from: from.address, to: to.address, port };
  }

  #serverOf(query: Query): { netns: string; protocol: Query['protocol']; address: string; port: number } {
    const { to } = endsOf(this.#world, query);
    return { netns: this.#netnsOf(to), protocol: query.protocol, address: to.address, port: query.port };
  }

  #netnsOf({ pod, node }: QueryEnd): string {
    if (pod !== undefined) return this.#pods.get(podKey(pod))?.plan.netns ?? '';
    const { lab, labNames } = this.#plan;
    return node === undefined ? lab.outside.netns : nodeNamed(lab, labNames.get(node) ?? '').netns;
  }
}

function isSamePod(
  known: PlannedPod['pod'],
  wanted: PlannedPod['pod'] | undefined,
  labNames: ReadonlyMap<string, string>,
): boolean {
  return (
    wanted !== undefined &&
    labNames.get(wanted.node) === known.node &&
    JSON.stringify(wanted.ips) === JSON.stringify(known.ips)
  );
}

function pick<T>(all: readonly T[], indexes: readonly number[]): readonly T[] {
  return indexes.flatMap(i => {
    const found = all[i];
    return found === undefined ? [] : [found];
  });
}

function answerOf({ answered, problem }: ProbeAnswer): Answer {
  return { allowed: answered, why: answered ? 'answered' : `${problem}, asked twice` };
}
