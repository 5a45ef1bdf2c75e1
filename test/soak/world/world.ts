// A lab whose daemons read their cluster from a real source, with pods that come and go as a kubelet has it.
import { callPlugin, addPodInterface } from '../../../lab/cni.ts';
import { removeNetns } from '../../../lab/iproute.ts';
import { nodeOf, type Lab, type LabPod } from '../../../lab/lab.ts';
import { planPod, type PodPlan } from '../../../lab/plan.ts';
import type { Talk } from '../../chaos/talk.ts';
import { insist } from '../insist.ts';
import type { SoakSource } from '../sources/source.ts';
import { talksOf } from '../talks.ts';
import { podObject } from './cluster-objects.ts';

/** Of pods that a fault adds: beyond those that traffic uses. */
const FIRST_NUMBER = 100;

export class World {
  readonly lab: Lab;
  readonly source: SoakSource;
  readonly talks: readonly Talk[];
  #number = FIRST_NUMBER;

  constructor(lab: Lab, source: SoakSource) {
    this.lab = lab;
    this.source = source;
    this.talks = lab.pods.length === 0 ? [] : talksOf(lab);
  }

  /** Numbers are never used twice: an address rests after its pod. */
  newPod(node: string): PodPlan {
    return planPod(this.lab.options, node, this.#number++);
  }

  /** ADD until it succeeds, with a DEL after each that does not. */
  async addPod(plan: PodPlan): Promise<LabPod> {
    const object = podObject(plan);
    await this.source.put(object);
    const { ips } = await insist(`ADD of ${plan.name}`, () => this.#add(plan));
    const pod = { ...plan, addresses: ips.map(({ address }) => address.replace(/\/\d+$/, '')) };
    await this.source.announce(pod, object);
    return pod;
  }

  /** DEL until it succeeds, also of one that was never added in full. */
  async deletePod(plan: PodPlan): Promise<void> {
    await insist(`DEL of ${plan.name}`, () => this.#delete(plan));
    removeNetns(plan.netns);
    await this.source.remove(podObject(plan));
  }

  async #add(plan: PodPlan): ReturnType<typeof addPodInterface> {
    try {
      return await addPodInterface(nodeOf(this.lab, plan), plan);
    } catch (error) {
      await this.#delete(plan).catch(() => undefined); // the failure to add is the one to tell
      throw error;
    }
  }

  async #delete(plan: PodPlan): Promise<void> {
    const { code, stdout } = await callPlugin(nodeOf(this.lab, plan), plan, 'DEL');
    if (code !== 0) throw new Error(stdout.trim());
  }
}
