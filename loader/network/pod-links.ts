// Reconciles host ends of pods' veths: up state, MAC, no bridge above them, and the alias by which they are known.
import type { Mac } from 'ip';
import { addAlternativeName, type Link, listLinks, type RtnetlinkSocket, setLink } from 'rtnetlink';
import { type Change, change } from '../model/change.ts';
import { nameOfRest, splitAlias, wholeAlias } from './long-alias.ts';
import { aliasOf, DEFAULT_NAMES } from './names.ts';

export interface HostEnd {
  /** Of the device; a rename does not change it. */
  readonly ifindex: number;
  readonly gatewayMac: Mac;
  /** Whose it is, for its alias; undefined: a caller made it, whose alias and whose bridge are its own affair. */
  readonly owner?: string;
}

export interface HostEndDiff {
  readonly link: Link;
  readonly settings: { readonly up?: true; readonly mac?: Mac; readonly master?: 0; readonly alias?: string };
  /** Of an alias that is longer than the kernel takes. */
  readonly rest?: string;
}

/** Repairs ends whose programs are attached. A deleted end cannot be repaired: its pod has to be added again. */
export function reconcilePodLinks(socket: RtnetlinkSocket, ends: readonly HostEnd[]): Change[] {
  const diffs = diffPodLinks(ends, listLinks(socket));
  const batch = socket.batch();
  for (const { link, settings } of diffs) setLink(batch, link.index, settings);
  batch.commit();
  const names = socket.batch();
  for (const { link, rest } of diffs)
    if (rest !== undefined) addAlternativeName(names, link.name, nameOfRest(link.name, rest));
  names.settle(); // it may be there still
  return diffs.flatMap(({ link, settings }) => [
    ...(settings.mac === undefined
      ? []
      : [change(link.name, `MAC ${link.mac ?? 'none'} became ${settings.mac}`)]),
    ...(settings.master === undefined ? [] : [change(link.name, 'taken out of a bridge')]),
    ...(settings.alias === undefined ? [] : [change(link.name, 'alias was set')]),
    ...(settings.up === undefined ? [] : [change(link.name, 'brought up')]),
  ]);
}

/** Sets the links down that are up: without programs their packets must not be forwarded. */
export function setPodLinksDown(socket: RtnetlinkSocket, indexes: ReadonlySet<number>): Change[] {
  const up = listLinks(socket).filter(link => link.up && indexes.has(link.index));
  const batch = socket.batch();
  for (const { index } of up) setLink(batch, index, { up: false });
  batch.commit();
  return up.map(({ name }) => change(name, 'set down'));
}

/** Pure: the attributes that differ, by link. */
export function diffPodLinks(ends: readonly HostEnd[], actual: readonly Link[]): HostEndDiff[] {
  const byIndex = new Map(actual.map(link => [link.index, link]));
  return ends.flatMap(({ ifindex, gatewayMac, owner }) => {
    const link = byIndex.get(ifindex);
    if (link === undefined) return [];
    const settings = {
      ...(!link.up && { up: true as const }),
      ...(link.mac !== gatewayMac && { mac: gatewayMac }),
      ...(owner !== undefined && link.master !== undefined && { master: 0 as const }),
    };
    // Another owner's: a record that was rebuilt knows less than the alias does.
    const mark =
      owner === undefined || podOwnerOf(link) !== undefined
        ? undefined
        : splitAlias(aliasOf(DEFAULT_NAMES.mark, owner));
    const all = { ...settings, ...(mark && { alias: mark.alias }) };
    if (Object.keys(all).length === 0) return [];
    return [{ link, settings: all, ...(mark?.rest !== undefined && { rest: mark.rest }) }];
  });
}

const OWNER = /^(pod|container) (.+)$/;

/** Pure: whose pod this device was made for, as its alias says ("pod shop/web-1"); undefined: it is no pod's device of ours. */
export function podOwnerOf(link: Pick<Link, 'kind' | 'alias' | 'alternativeNames'>): string | undefined {
  const mark = aliasOf(DEFAULT_NAMES.mark, '');
  const alias = wholeAlias(link);
  if (link.kind !== 'veth' || alias?.startsWith(mark) !== true) return undefined;
  const owner = alias.slice(mark.length);
  return OWNER.test(owner) ? owner : undefined;
}
