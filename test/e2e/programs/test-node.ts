// A node for one test file: its own network namespace, devices and pin root, gone when the test ends.
import '../../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { parseMac } from 'ip';
import { linkById, loadObject, queryTcx, readObject, type Direction, type LoadedObject } from 'libbpf-ts';
import type { HookName } from '../../../loader/abi/hook-name.ts';
import { removeAllPins } from '../../../loader/programs/cleanup.ts';
import { openPrograms, type Programs, type ProgramsOptions } from '../../../loader/programs/programs.ts';
import type { DesiredLink, Device } from '../../../loader/programs/desired-link.ts';
import { findObjectFolder } from '../../../loader/programs/objects.ts';
import type { ProgramConstants } from '../../../loader/programs/program-constants.ts';

const BPFFS = '/sys/fs/bpf';
const BPF_FS_MAGIC = 0xcafe4a11;

export interface TestNode {
  readonly pinRoot: string;
  readonly constants: ProgramConstants;
  readonly uplink: Device;
  readonly overlay: Device;
  readonly pod: Device;
  /** Everything that a node with that one pod wants. */
  readonly links: readonly DesiredLink[];
  open(options?: Partial<ProgramsOptions>): Programs;
  /** Opens, reconciles to `links` and closes again: a daemon that came and went. */
  run(options?: Partial<ProgramsOptions>): string[];
}

/** `teardown` gets the function that removes everything; `prefix` distinguishes the devices of several nodes in one file. */
export function makeTestNode(name: string, teardown: (undo: () => void) => void, prefix = ''): TestNode {
  if (statfsSync(BPFFS).type >>> 0 !== BPF_FS_MAGIC) execFileSync('mount', ['-t', 'bpf', 'bpf', BPFFS]);
  const pinRoot = `${BPFFS}/heddle-test-${process.pid}-${name}`;
  teardown(() => void removeAllPins(pinRoot));
  const [uplink, overlay, pod] = [
    makeVeth(`${prefix}up0`),
    makeVeth(`${prefix}ov0`),
    makeVeth(`${prefix}hd0.1`),
  ];
  const constants: ProgramConstants = {
    ...{ ownNodeId: 1, clusterVni: 1, overlayIfindex: overlay.ifindex },
    ...{ vxlanPort: 4789, sourcePortMin: 49152, sourcePortMax: 65535, tunnelTtl: 64 },
    overlayMac: parseMac('02:00:00:00:00:01'),
    gatewayMac: parseMac('02:00:00:00:00:02'),
  };
  const links: DesiredLink[] = [
    ...podLinks(pod),
    { hook: 'uplink_rx', device: uplink },
    { hook: 'uplink_tx', device: uplink },
    { hook: 'overlay_tx', device: overlay },
    { hook: 'overlay_rx', device: overlay },
    { hook: 'forward' },
    { hook: 'input' },
    { hook: 'postrouting' },
  ];
  const open = (options: Partial<ProgramsOptions> = {}): Programs =>
    openPrograms({ pinRoot, constants, ...options });
  return {
    pinRoot,
    constants,
    uplink,
    overlay,
    pod,
    links,
    open,
    run: options => runOnce(open(options), links),
  };
}

function runOnce(opened: Programs, links: readonly DesiredLink[]): string[] {
  using open = opened;
  return [...open.changes, ...open.reconcileLinks(links)].map(
    ({ subject, action }) => `${subject} ${action}`,
  );
}

export function podLinks(device: Device): DesiredLink[] {
  return [
    { hook: 'pod_tx', device },
    { hook: 'pod_rx', device },
  ];
}

/** A veth whose peer nobody asks about. */
export function makeVeth(name: string): Device {
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`);
  return { ifindex: ifindexOf(name), name };
}

export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

export function ifindexOf(name: string): number {
  const [link] = JSON.parse(ip('-j', 'link', 'show', 'dev', name)) as { ifindex: number }[];
  return link?.ifindex ?? 0;
}

export function openFdCount(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Somebody else's program of the kind: the same code, over maps of its own. */
export function loadForeign(hook: HookName): LoadedObject {
  return loadObject(readObject(readFileSync(join(findObjectFolder(), `${hook}.bpf.o`))), { name: 'foreign' });
}

/** Ids of the links on one side of a device, in the order in which packets meet them. */
export function linkIdsOn(device: Device, direction: Direction): number[] {
  return queryTcx(device.ifindex, direction).map(({ linkId }) => linkId);
}

/** Link and program ids of what is attached, by hook and device. */
export function attached(opened: Programs): Map<string, { linkId: number | undefined; programId: number }> {
  const { links } = opened.status();
  return new Map(
    links.map(({ hook, device, family, linkId, programId }) => [
      `${hook} ${device ?? family ?? ''}`,
      { linkId, programId },
    ]),
  );
}

/** Detaches a link behind everybody's back. */
export function detachLinkById(id: number): void {
  using link = linkById(id);
  link.detach();
}
