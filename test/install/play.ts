// docs/install.md's plain machine on one release: two machines, every chapter of the page on each, and pods that see it through.
import { messageOf } from '../../loader/errors.ts';
import type { CriClient } from '../support/containerd/cri-client.ts';
import { connect, disconnect } from './lan.ts';
import { Machine } from './machine.ts';
import { copyPackages, daemonVersionAfter, mustRunOn, playAction } from './actions.ts';
import {
  chaptersFor,
  NODES,
  plannedMachines,
  PODS,
  podNames,
  REMOVAL,
  UPGRADE,
  type Action,
  type Chapter,
} from './page.ts';
import { lostDuring, mustReach, openRuntime, removePod, startPod, type Pod } from './pods.ts';
import { playNetworkd } from './networkd.ts';
import { playRefusal } from './refused.ts';
import { rootFolder, type Release } from './releases.ts';
import { changedSince, stateOf } from './remains.ts';

export interface Row {
  readonly root: string;
  readonly step: string;
  readonly seconds: number;
  readonly result: string;
  readonly hasFailed: boolean;
}

/** Told what happens. */
export type Progress = (text: string) => void;

/** One step after the other, the last of them the first that fails. */
export async function* playRelease(release: Release, progress: Progress): AsyncGenerator<Row> {
  const root = `Debian ${release.number}`;
  const run = new Run(release, text => progress(`${root}: ${text}`));
  try {
    for (const [step, play] of run.steps()) {
      const start = performance.now();
      const [result, hasFailed] = await play().then(
        said => [said, false] as const,
        (error: unknown) => [messageOf(error), true] as const,
      );
      yield { root, step, seconds: (performance.now() - start) / 1_000, result, hasFailed };
      if (hasFailed) return;
    }
  } finally {
    run[Symbol.dispose]();
  }
}

type Step = readonly [name: string, play: () => Promise<string>];

class Run {
  readonly #release: Release;
  readonly #progress: Progress;
  readonly #machines: Machine[] = [];
  readonly #before = new Map<Machine, readonly string[]>();
  readonly #runtimes = new Map<Machine, CriClient>();
  #pods: readonly Pod[] = [];

  constructor(release: Release, progress: Progress) {
    this.#release = release;
    this.#progress = progress;
  }

  steps(): Step[] {
    const chapters = chaptersFor(this.#release.number);
    return [
      ['boot', () => this.#boot(chapters)],
      ...chapters.flatMap(chapter => this.#stepsOf(chapter, chapters)),
      ['nothing left', () => this.#nothingLeft()],
    ];
  }

  [Symbol.dispose](): void {
    for (const cri of this.#runtimes.values()) cri[Symbol.dispose]();
    for (const machine of this.#machines) machine[Symbol.dispose]();
    disconnect(this.#machines);
  }

  #stepsOf(chapter: Chapter, chapters: readonly Chapter[]): Step[] {
    const played: Step = [chapter.title, () => this.#play(chapter)];
    if (chapter.title === NODES) return [played, ['a refused configuration', () => this.#refuse()]];
    if (chapter.title === PODS) return [played, ['pods through containerd', () => this.#startPods(chapters)]];
    if (chapter.title === UPGRADE)
      return [
        [chapter.title, () => this.#upgrade(chapter)],
        // That of Debian 13 waits for udev, whatever /sys is like, and there is no udev in these machines.
        ...(this.#release.number === 12
          ? [['systemd-networkd takes our devices', () => this.#networkd()] as const]
          : []),
      ];
    if (chapter.title === REMOVAL) return [['pods go', () => this.#removePods()], played];
    return [played];
  }

  async #boot(chapters: readonly Chapter[]): Promise<string> {
    for (const plan of plannedMachines(chapters)) {
      this.#progress(`boots ${plan.name}`);
      this.#machines.push(await Machine.boot(rootFolder(this.#release), plan));
    }
    await connect(this.#machines);
    for (const machine of this.#machines) {
      copyPackages(machine, this.#release, chapters);
      this.#before.set(machine, await stateOf(machine));
    }
    return `${this.#machines.length} machines`;
  }

  async #play({ actions }: Chapter): Promise<string> {
    for (const machine of this.#machines) for (const action of actions) await this.#playOn(machine, action);
    const commands = actions.filter(({ kind }) => kind === 'command').length;
    return `on each machine commands: ${commands}, files: ${actions.length - commands}`;
  }

  async #playOn(machine: Machine, action: Action): Promise<void> {
    this.#progress(`${machine.name}: ${action.kind === 'file' ? action.path : action.text}`);
    await playAction(machine, action);
  }

  async #startPods(chapters: readonly Chapter[]): Promise<string> {
    const names = podNames(chapters);
    const pods: Pod[] = [];
    for (const [i, machine] of this.#machines.entries()) {
      this.#progress(`${machine.name}: containerd`);
      const cri = await openRuntime(machine);
      this.#runtimes.set(machine, cri);
      pods.push(await startPod(machine, cri, names[i] ?? ''));
    }
    this.#pods = pods;
    await mustReach(pods);
    return pods.flatMap(({ sandbox }) => sandbox.addresses).join(' and ');
  }

  async #refuse(): Promise<string> {
    const [machine] = this.#machines;
    if (machine === undefined) throw new Error('there is no machine');
    return await playRefusal(machine);
  }

  async #upgrade({ actions }: Chapter): Promise<string> {
    const { sent, lost } = await lostDuring(this.#pair(), async () => {
      for (const machine of this.#machines)
        for (const action of actions) {
          await this.#playOn(machine, action);
          await daemonVersionAfter(machine, action);
        }
    });
    for (const machine of this.#machines) await mustRunOn(machine, this.#release.node);
    await mustReach(this.#pods);
    const said = `${lost} of ${sent} pings lost`;
    if (lost > 0) throw new Error(said);
    return said;
  }

  async #networkd(): Promise<string> {
    const pair = this.#pair();
    return await playNetworkd(pair[0].machine, pair);
  }

  #pair(): readonly [Pod, Pod] {
    const [from, to] = this.#pods;
    if (from === undefined || to === undefined) throw new Error('there are no two pods');
    return [from, to];
  }

  async #removePods(): Promise<string> {
    for (const pod of this.#pods) {
      const cri = this.#runtimes.get(pod.machine);
      if (cri !== undefined) await removePod(pod, cri);
    }
    return `${this.#pods.length} pods`;
  }

  async #nothingLeft(): Promise<string> {
    const changed: string[] = [];
    for (const machine of this.#machines)
      changed.push(...(await changedSince(this.#before.get(machine) ?? [], machine)));
    if (changed.length > 0) throw new Error(changed.join('\n'));
    return 'as before';
  }
}
