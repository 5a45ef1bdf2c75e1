// Paths of pins. No other file builds them.
//
//   <pinRoot>/maps/<map>                            <map>:next while a replacement is not yet active
//   <pinRoot>/programs/<hook>
//   <pinRoot>/links/<device>/<hook>                 uplink_xdp:<mode> for XDP
//   <pinRoot>/netfilter/<netns inode>/<hook>:<family>
//   <pinRoot>/state                                 names the state directory of the daemon that made the pins
//   <pinRoot>/expedited                             while grace periods are expedited for an attach
//
// A BPF filesystem refuses names with dots, which device names may contain. They cannot contain ':'.
import { readdirSync, readlinkSync, renameSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { unpin } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { isHookName, type HookName } from '../abi/hook-name.ts';
import { makePinFolder } from './bpffs.ts';
import { errorCode } from './failure.ts';
import { NETFILTER_FAMILIES, type NetfilterFamily } from './hook.ts';

export type PinnedXdpMode = 'native' | 'generic';

/** Attach point according to the pin's path; the kernel says whether the link still exists. */
export type LinkPlace =
  | { readonly hook: HookName; readonly device: string; readonly mode?: PinnedXdpMode }
  | { readonly hook: HookName; readonly netns: number; readonly family: NetfilterFamily };

export interface LinkPin {
  readonly place: LinkPlace;
  readonly path: string;
}

const NEXT = ':next';

/** The folder of pinned maps: only root can open it. */
export function pinFolder(pinRoot: string): string {
  return join(pinRoot, 'maps');
}

/** Includes pins under a map's former names. */
export function mapPin(pinRoot: string, map: MapName | (string & {})): string {
  return join(pinRoot, 'maps', map);
}

export function programPin(pinRoot: string, hook: HookName): string {
  return join(pinRoot, 'programs', hook);
}

/** A dangling symbolic link, which a BPF filesystem permits: it survives a killed process and not a reboot. */
export function expeditedMark(pinRoot: string): string {
  return join(pinRoot, 'expedited');
}

/** As `expeditedMark`; its target is the state directory. */
function stateMark(pinRoot: string): string {
  return join(pinRoot, 'state');
}

export function markStateDir(pinRoot: string, stateDir: string): void {
  if (markedStateDir(pinRoot) === stateDir) return;
  rmSync(stateMark(pinRoot), { force: true });
  symlinkSync(stateDir, stateMark(pinRoot));
}

/** Undefined: an earlier build made the pins, or there are none. */
export function markedStateDir(pinRoot: string): string | undefined {
  try {
    return readlinkSync(stateMark(pinRoot));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Path of a replacement until the links are switched to it. */
export function nextPin(path: string): string {
  return path + NEXT;
}

export function linkPin(pinRoot: string, place: LinkPlace): string {
  if ('netns' in place) {
    return join(pinRoot, 'netfilter', String(place.netns), `${place.hook}:${place.family}`);
  }
  const name = place.mode === undefined ? place.hook : `${place.hook}:${place.mode}`;
  return join(pinRoot, 'links', ownerOf(place.device), name);
}

function ownerOf(device: string): string {
  return device.replaceAll('.', ':');
}

/** Replacements of a process that ended before it committed them. */
export function unfinishedPins(pinRoot: string): string[] {
  const folders = ['maps', 'programs'].map(name => join(pinRoot, name));
  const owners = ['links', 'netfilter'].flatMap(name => pinsIn(join(pinRoot, name)));
  return [...folders, ...owners].flatMap(folder => pinsIn(folder).filter(path => path.endsWith(NEXT)));
}

/** Pins of maps, programs and links that this build does not know: an earlier build made them. */
export function unknownPins(pinRoot: string): string[] {
  const known = new Set(linkPins(pinRoot).map(({ path }) => path));
  const maps = pinsIn(join(pinRoot, 'maps')).filter(path => !Object.hasOwn(MAPS, basename(path)));
  const programs = pinsIn(join(pinRoot, 'programs')).filter(path => !isHookName(basename(path)));
  const owners = ['links', 'netfilter'].flatMap(name => pinsIn(join(pinRoot, name)));
  return [...maps, ...programs, ...owners.flatMap(pinsIn).filter(path => !known.has(path))];
}

function pinsIn(folder: string): string[] {
  return entriesOf(folder).map(name => join(folder, name));
}

export function pinnedHooks(pinRoot: string): HookName[] {
  return entriesOf(join(pinRoot, 'programs')).filter(isHookName);
}

export function pinnedMapNames(pinRoot: string): string[] {
  return entriesOf(join(pinRoot, 'maps'));
}

/** Every pinned link, ordered by name. Other files are skipped. */
export function linkPins(pinRoot: string): LinkPin[] {
  return [
    ...pinsBelow(join(pinRoot, 'links'), devicePlace),
    ...pinsBelow(join(pinRoot, 'netfilter'), netfilterPlace),
  ];
}

/** Pinned links of one device. */
export function devicePins(pinRoot: string, device: string): LinkPin[] {
  return pinsOf(join(pinRoot, 'links'), ownerOf(device), devicePlace);
}

type PlaceOf = (owner: string, name: string) => LinkPlace | undefined;

function pinsBelow(folder: string, placeOf: PlaceOf): LinkPin[] {
  return entriesOf(folder).flatMap(owner => pinsOf(folder, owner, placeOf));
}

function pinsOf(folder: string, owner: string, placeOf: PlaceOf): LinkPin[] {
  return entriesOf(join(folder, owner)).flatMap(name => {
    const place = placeOf(owner, name);
    return place === undefined ? [] : [{ place, path: join(folder, owner, name) }];
  });
}

function devicePlace(owner: string, name: string): LinkPlace | undefined {
  const [hook = '', mode] = name.split(':');
  const device = owner.replaceAll(':', '.');
  if (!isHookName(hook)) return undefined;
  if (mode === undefined) return { hook, device };
  return mode === 'native' || mode === 'generic' ? { hook, device, mode } : undefined;
}

function netfilterPlace(owner: string, name: string): LinkPlace | undefined {
  const [hook = '', text] = name.split(':');
  const family = NETFILTER_FAMILIES.find(candidate => candidate === text);
  return isHookName(hook) && family !== undefined ? { hook, netns: Number(owner), family } : undefined;
}

interface Pinnable {
  pin(path: string): void;
}

/** Pins at `path` and replaces what is pinned there, atomically. */
export function replacePin(object: Pinnable, path: string): void {
  const refusal = tryPin(object, path);
  if (refusal === 'ENOENT') {
    makePinFolder(dirname(path));
    object.pin(path);
  } else if (refusal === 'EEXIST') {
    unpin(nextPin(path));
    object.pin(nextPin(path));
    renameSync(nextPin(path), path);
  }
}

function tryPin(object: Pinnable, path: string): string | undefined {
  try {
    object.pin(path);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
    return code;
  }
}

/** Renames a pin and replaces what is pinned under the new name. */
export function movePin(from: string, to: string): void {
  makePinFolder(dirname(to));
  renameSync(from, to);
  removeIfEmpty(dirname(from));
}

/** Removes the pin, and its folder if it is empty then. False if there was no pin. */
export function removePin(path: string): boolean {
  const removed = unpin(path);
  removeIfEmpty(dirname(path));
  return removed;
}

/** Removes every pin under the root, and the folders. Returns the number of pins. */
export function removePinTree(pinRoot: string): number {
  const count = ['links', 'netfilter', 'programs', 'maps']
    .map(name => removeFolder(join(pinRoot, name)))
    .reduce((sum, removed) => sum + removed, 0);
  rmSync(stateMark(pinRoot), { force: true });
  removeIfEmpty(pinRoot);
  return count;
}

function removeFolder(folder: string): number {
  let count = 0;
  for (const entry of directoryEntries(folder)) {
    const path = join(folder, entry.name);
    count += entry.isDirectory() ? removeFolder(path) : Number(unpin(path));
  }
  removeIfEmpty(folder);
  return count;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not empty, or gone already: both are fine
  }
}

function entriesOf(folder: string): string[] {
  return directoryEntries(folder)
    .map(entry => entry.name)
    .sort();
}

function directoryEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // The folder does not exist before the first start; a file in its place has no entries.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
