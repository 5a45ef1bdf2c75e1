// The programs and maps of this node, loaded or adopted, and their links.
import { readlinkSync } from 'node:fs';
import { queryTcx } from 'libbpf-ts';
import { HOOK_NAMES, type HookName } from '../abi/hook-name.ts';
import { openMapSet, typedMap, type MapSet } from '../abi/map-set.ts';
import { DataplaneError } from '../errors.ts';
import { checkBpffs, checkPrivileges } from './bpffs.ts';
import type { Change } from '../model/change.ts';
import { ensureClsact } from './clsact-filter.ts';
import type { DesiredLink, Device } from './desired-link.ts';
import { detach } from './detach.ts';
import { errorCode, orFail } from './failure.ts';
import { carryFlows, type FormerTable } from './former-flows.ts';
import {
  restoreGracePeriods,
  withExpeditedGracePeriods,
  withExpeditedGracePeriodsUntil,
} from './grace-period.ts';
import type { LinkContext } from './link-context.ts';
import { reconcileLinks } from './links.ts';
import { ProgramSet } from './load.ts';
import { missingParts } from './missing.ts';
import { findObjectFolder } from './objects.ts';
import { linkPin, removePin } from './pin.ts';
import { listPinnedLinks, pinnedLinksOf, type PinnedLink } from './pinned-links.ts';
import { sortPinnedMaps, type MapSizes } from './pinned-maps.ts';
import { describeProgram, type PinnedProgram } from './pinned-programs.ts';
import type { NodeSettings } from './settings.ts';
import { attachTcx, ensureTcx, type TcxPlace } from './tcx-link.ts';
import { Upgrade } from './upgrade.ts';

export type { NodeSettings } from './settings.ts';

export interface DatapathOptions {
  /** Directory in a BPF filesystem, made if it is not there. */
  readonly pinRoot: string;
  readonly settings: NodeSettings;
  /** Entries in place of the objects' own numbers. A stateful map that exists keeps its size. */
  readonly mapSizes?: MapSizes;
  /** Where the `.bpf.o` files lie; found by itself if absent. */
  readonly objectFolder?: string;
  /** False: attach as on a kernel before 6.6, whatever this one can. */
  readonly tcx?: boolean;
  /**
   * True: pods are attached in 0.2 ms instead of two grace periods of 5 to 10 ms, at the price of an interrupt to
   * every CPU that is not idle.
   */
  readonly expedite?: boolean;
  /** Told after each step of an upgrade: a process may end between any two. */
  readonly onStep?: (step: string) => void;
}

export interface DatapathStatus {
  readonly programs: readonly PinnedProgram[];
  readonly links: readonly PinnedLink[];
  /** Why XDP is not attached though it was asked for, by ifindex. */
  readonly xdpRefusals: ReadonlyMap<number, string>;
}

/** Loads or adopts everything; MAP_INCOMPATIBLE, PERMISSION, KERNEL_UNSUPPORTED or IO say in one sentence why not. */
export function openDatapath(options: DatapathOptions): Datapath {
  checkPrivileges();
  checkBpffs(options.pinRoot);
  const { pinRoot, settings, mapSizes = {}, onStep = () => undefined } = options;
  const restored = restoreGracePeriods(pinRoot);
  const upgrade = new Upgrade(pinRoot, onStep);
  upgrade.removeUnfinished();
  const pinned = sortPinnedMaps(pinRoot, mapSizes);
  onStep('maps opened');
  const objectFolder = options.objectFolder ?? findObjectFolder();
  const set = new ProgramSet({ pinRoot, objectFolder, settings, mapSizes }, pinned.reusable);
  try {
    set.loadAll();
    onStep('programs loaded');
    upgrade.pinMaps(set, pinned.outdated);
    const changes = [...restored, ...pinned.changes, ...set.changes];
    return new Datapath(set, { upgrade, former: pinned.former }, options, changes);
  } catch (error) {
    set[Symbol.dispose]();
    for (const { map } of pinned.former) map[Symbol.dispose]();
    throw error;
  }
}

/** Owns the descriptors; dispose it: everything pinned goes on working. */
export class Datapath {
  /** To be filled before `reconcileLinks`: maps that were made anew are empty, and go into force there. */
  readonly maps: MapSet;
  /** What opening did: nothing when everything was adopted. */
  readonly changes: readonly Change[];
  readonly #set: ProgramSet;
  readonly #upgrade: Upgrade;
  #former: readonly FormerTable[];
  readonly #context: LinkContext;
  readonly #expedite: boolean;

  constructor(
    set: ProgramSet,
    { upgrade, former }: { readonly upgrade: Upgrade; readonly former: readonly FormerTable[] },
    options: DatapathOptions,
    changes: readonly Change[],
  ) {
    this.#set = set;
    this.#upgrade = upgrade;
    this.#former = former;
    this.changes = changes;
    this.maps = openMapSet(name => {
      const map = set.maps.get(name);
      if (map === undefined) throw new DataplaneError('INTERNAL', `no program's object declares ${name}`);
      return typedMap(name, map);
    });
    this.#context = contextOf(set, options);
    this.#expedite = options.expedite ?? false;
  }

  /**
   * Makes the links exactly these, switching those that exist over without a gap; then the maps and programs that
   * are new take the old ones' pins, and pins that somebody removed come back. Links of others are not touched.
   */
  reconcileLinks(desired: readonly DesiredLink[]): Change[] {
    const carried = carryFlows(this.#former, this.maps.hd_ct_unassured);
    const changes = reconcileLinks(this.#context, desired);
    return [...changes, ...this.#endCarrying(carried), ...this.#upgrade.commit(this.#set)];
  }

  /** What the old programs have entered until the last link was switched. */
  #endCarrying(carried: number): Change[] {
    if (this.#former.length === 0) return [];
    const flows = carried + carryFlows(this.#former, this.maps.hd_ct_unassured);
    this.#closeFormer();
    return [{ subject: 'hd_ct_unassured', action: `${flows} flows carried over` }];
  }

  #closeFormer(): void {
    for (const { map } of this.#former) map[Symbol.dispose]();
    this.#former = [];
  }

  /** pod_rx and pod_tx, first in order; what was pinned for a device of that name is replaced. */
  attachPodDevice(device: Device): void {
    const attach = (): void => {
      for (const hook of ['pod_rx', 'pod_tx'] as const) attachNow(this.#context, { hook, device });
    };
    orFail(`${device.name} cannot be attached`, () => this.expedited(attach));
  }

  /** Hooks that this kernel has no programs for. */
  get absentHooks(): readonly HookName[] {
    return HOOK_NAMES.filter(hook => !this.#set.programs.has(hook));
  }

  /** Runs what waits for the kernel's grace periods with a pod's programs, one for each. */
  expedited<T>(action: () => T): T {
    return this.#expedite ? withExpeditedGracePeriods(this.#context.pinRoot, action) : action();
  }

  /** As `expedited`, of an action that goes on after it returns. */
  expeditedUntil<T>(action: () => Promise<T>): Promise<T> {
    return this.#expedite ? withExpeditedGracePeriodsUntil(this.#context.pinRoot, action) : action();
  }

  /** False if nothing was attached under that name. */
  detachPodDevice(name: string): boolean {
    const links = pinnedLinksOf(this.#context.pinRoot, name);
    orFail(`${name} cannot be detached`, () => this.expedited(() => links.forEach(detach)));
    return links.length > 0;
  }

  /** The pins of a device that is gone: the kernel has detached its links with it. */
  forgetPodDevice(name: string): void {
    for (const hook of ['pod_tx', 'pod_rx'] as const)
      removePin(linkPin(this.#context.pinRoot, { hook, device: name }));
  }

  /** What of it and of these links somebody has taken away, a few words each. */
  missing(desired: readonly DesiredLink[]): string[] {
    return missingParts(this.#context.pinRoot, desired, new Set(this.#set.programs.keys()));
  }

  status(): DatapathStatus {
    const programs = [...this.#set.programs].map(([hook, program]) => describeProgram(hook, program));
    const { pinRoot, xdpRefusals } = this.#context;
    return { programs, links: listPinnedLinks(pinRoot), xdpRefusals };
  }

  /** Closes every descriptor; a second time does nothing. */
  [Symbol.dispose](): void {
    this.#closeFormer();
    this.#set[Symbol.dispose]();
  }
}

/** The short way: a new device has no links yet. Only one that turns out to have them is looked at closely. */
function attachNow(context: LinkContext, place: TcxPlace): void {
  const ours = context.program(place.hook);
  if (ours === undefined) return;
  if (!context.hasTcx) {
    ensureClsact(context, place, []);
    return;
  }
  try {
    attachTcx(context, place, ours.program);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const isSame = (link: PinnedLink): boolean =>
      link.hook === place.hook && link.ifindex === place.device.ifindex;
    ensureTcx(context, place, listPinnedLinks(context.pinRoot).filter(isSame));
  }
}

function contextOf(set: ProgramSet, { pinRoot, tcx }: DatapathOptions): LinkContext {
  const ids = new Map([...set.programs].map(([hook, program]) => [hook, program.info().id]));
  return {
    pinRoot,
    program: (hook: HookName) => {
      const program = set.programs.get(hook);
      const id = ids.get(hook);
      return program === undefined || id === undefined ? undefined : { program, id };
    },
    copy: hook => set.loadCopy(hook),
    hasTcx: tcx ?? kernelHasTcx(),
    netns: Number(/\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0] ?? 0),
    xdpRefusals: new Map(),
  };
}

const LOOPBACK_IFINDEX = 1;

function kernelHasTcx(): boolean {
  try {
    queryTcx(LOOPBACK_IFINDEX, 'ingress');
    return true;
  } catch (error) {
    if (errorCode(error) === 'UNSUPPORTED') return false;
    throw error;
  }
}
