// The node's programs, maps and links: loads or adopts them, attaches them, replaces them in an upgrade.
import { readlinkSync } from 'node:fs';
import { queryTcx } from 'libbpf-ts';
import { HOOK_NAMES, type HookName } from '../abi/hook-name.ts';
import { openMapSet, typedMap, type MapSet } from '../abi/map-set.ts';
import { HeddleError } from '../errors.ts';
import { checkBpffs, checkPrivileges } from './bpffs.ts';
import type { Change } from '../model/change.ts';
import { ensureClsact } from './clsact-filter.ts';
import type { DesiredLink, Device } from './desired-link.ts';
import { detach } from './detach.ts';
import { errorCode, orFail } from './failure.ts';
import { carryFlows, type FormerTable } from './former-flows.ts';
import { withExpeditedGracePeriods, withExpeditedGracePeriodsUntil } from './grace-period.ts';
import { TCX_HOOKS, type TcxHook } from './hook.ts';
import type { LinkContext } from './link-context.ts';
import { reconcileLinks } from './links.ts';
import { ProgramSet } from './load.ts';
import { missingParts } from './missing.ts';
import { findObjectFolder } from './objects.ts';
import { linkPin, removePin } from './pin.ts';
import { listPinnedLinks, pinnedLinksOf, type PinnedLink } from './pinned-links.ts';
import { sortPinnedMaps, type MapSizes } from './pinned-maps.ts';
import { describeProgram, type PinnedProgram } from './pinned-programs.ts';
import type { ProgramConstants } from './program-constants.ts';
import { attachTcx, ensureTcx, type TcxPlace } from './tcx-link.ts';
import { Upgrade } from './upgrade.ts';

export type { ProgramConstants } from './program-constants.ts';

export interface ProgramsOptions {
  /** Directory in a BPF filesystem; created if absent. */
  readonly pinRoot: string;
  readonly constants: ProgramConstants;
  /** `max_entries` instead of the objects' values. A stateful map that exists keeps its size. */
  readonly mapSizes?: MapSizes;
  /** Folder of the `.bpf.o` files; searched for if absent. */
  readonly objectFolder?: string;
  /** False: attach as on a kernel before 6.6, even if this one has tcx. */
  readonly tcx?: boolean;
  /**
   * True: attaching a pod takes 0.2 ms instead of two grace periods of 5 to 10 ms, and costs an interrupt on every CPU
   * that is not idle.
   */
  readonly expedite?: boolean;
  /** Called after each step of an upgrade; tests end the process there. */
  readonly onStep?: (step: string) => void;
}

export interface ProgramsStatus {
  readonly programs: readonly PinnedProgram[];
  readonly links: readonly PinnedLink[];
  /** Reasons why XDP could not be attached, by ifindex. */
  readonly xdpRefusals: ReadonlyMap<number, string>;
}

/** Loads or adopts everything. Throws MAP_INCOMPATIBLE, PERMISSION, KERNEL_UNSUPPORTED or IO. */
export function openPrograms(options: ProgramsOptions): Programs {
  checkPrivileges();
  checkBpffs(options.pinRoot);
  const { pinRoot, constants, mapSizes = {}, onStep = () => undefined } = options;
  const upgrade = new Upgrade(pinRoot, onStep);
  upgrade.removeUnfinished();
  const pinned = sortPinnedMaps(pinRoot, mapSizes);
  onStep('maps opened');
  const objectFolder = options.objectFolder ?? findObjectFolder();
  const set = new ProgramSet({ pinRoot, objectFolder, constants, mapSizes }, pinned.reusable);
  try {
    set.loadAll();
    onStep('programs loaded');
    upgrade.pinMaps(set, pinned.outdated);
    const changes = [...pinned.changes, ...set.changes];
    return new Programs(set, { upgrade, former: pinned.former }, options, changes);
  } catch (error) {
    set[Symbol.dispose]();
    for (const { map } of pinned.former) map[Symbol.dispose]();
    throw error;
  }
}

/** Owns the descriptors. After disposal everything pinned keeps working. */
export class Programs {
  /** Fill them before `reconcileLinks`: recreated maps are empty and become active there. */
  readonly maps: MapSet;
  /** Changes that opening made; empty if everything was adopted. */
  readonly changes: readonly Change[];
  readonly #set: ProgramSet;
  readonly #upgrade: Upgrade;
  #former: readonly FormerTable[];
  readonly #context: LinkContext;
  readonly #expedite: boolean;

  constructor(
    set: ProgramSet,
    { upgrade, former }: { readonly upgrade: Upgrade; readonly former: readonly FormerTable[] },
    options: ProgramsOptions,
    changes: readonly Change[],
  ) {
    this.#set = set;
    this.#upgrade = upgrade;
    this.#former = former;
    this.changes = changes;
    this.maps = openMapSet(name => {
      const map = set.maps.get(name);
      if (map === undefined) throw new HeddleError('INTERNAL', `no program's object declares ${name}`);
      return typedMap(name, map);
    });
    this.#context = contextOf(set, options);
    this.#expedite = options.expedite ?? false;
  }

  /**
   * Makes the links exactly these; existing links are updated atomically. Then commits new maps and programs to the pins
   * and restores missing pins. Links of other software are not touched. Throws IO while no link could be pinned.
   */
  reconcileLinks(desired: readonly DesiredLink[]): Change[] {
    checkBpffs(this.#context.pinRoot);
    const carried = carryFlows(this.#former, this.maps.hd_ct_unassured);
    const changes = reconcileLinks(this.#context, desired);
    return [...changes, ...this.#endCarrying(carried), ...this.#upgrade.commit(this.#set)];
  }

  /** Second pass: flows that the old programs created until the last link was switched. */
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

  /** Attaches pod_rx and pod_tx, first in order. Replaces pins of an earlier device of that name. */
  attachPodDevice(device: Device): void {
    const attach = (): void => {
      for (const hook of ['pod_rx', 'pod_tx'] as const) attachNow(this.#context, { hook, device });
    };
    orFail(`${device.name} cannot be attached`, () => this.expedited(attach));
  }

  /** Hooks whose program this kernel could not load. */
  get absentHooks(): readonly HookName[] {
    return HOOK_NAMES.filter(hook => !this.#set.programs.has(hook));
  }

  /** Runs `action` with expedited grace periods if configured: detaching a pod's programs waits for one each. */
  expedited<T>(action: () => T): T {
    return this.#expedite ? withExpeditedGracePeriods(this.#context.pinRoot, action) : action();
  }

  /** As `expedited`, for an asynchronous action. */
  expeditedUntil<T>(action: () => Promise<T>): Promise<T> {
    return this.#expedite ? withExpeditedGracePeriodsUntil(this.#context.pinRoot, action) : action();
  }

  /** False if no link is pinned for that device. */
  detachPodDevice(name: string): boolean {
    const links = pinnedLinksOf(this.#context.pinRoot, name);
    orFail(`${name} cannot be detached`, () => this.expedited(() => links.forEach(detach)));
    return links.length > 0;
  }

  /** Removes the pins of a deleted device; the kernel has detached its links. */
  removePodDevicePins(name: string): void {
    for (const hook of ['pod_tx', 'pod_rx'] as const)
      removePin(linkPin(this.#context.pinRoot, { hook, device: name }));
  }

  /** Whether the kernel runs this hook's program on the device, wherever its link is pinned. False before kernel 6.6. */
  isAttached(hook: TcxHook, ifindex: number): boolean {
    const ours = this.#context.program(hook);
    if (ours === undefined || !this.#context.hasTcx) return false;
    try {
      return queryTcx(ifindex, TCX_HOOKS[hook]).some(({ programId }) => programId === ours.id);
    } catch (error) {
      if (errorCode(error) === 'ENODEV') return false;
      throw error;
    }
  }

  /** Pins and links that are missing, a short description each. */
  missing(desired: readonly DesiredLink[]): string[] {
    return missingParts(this.#context.pinRoot, desired, new Set(this.#set.programs.keys()));
  }

  status(): ProgramsStatus {
    const programs = [...this.#set.programs].map(([hook, program]) => describeProgram(hook, program));
    const { pinRoot, xdpRefusals } = this.#context;
    return { programs, links: listPinnedLinks(pinRoot), xdpRefusals };
  }

  /** Closes every descriptor. Idempotent. */
  [Symbol.dispose](): void {
    this.#closeFormer();
    this.#set[Symbol.dispose]();
  }
}

/** Attaches without listing links first, since a new device has none. Lists them only after EEXIST. */
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

function contextOf(set: ProgramSet, { pinRoot, tcx }: ProgramsOptions): LinkContext {
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
