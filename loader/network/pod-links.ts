// Reconciles host ends of pods' veths: up state, MAC, MTU, IPv6, no bridge above them, and the alias by which they are known.
import type { Mac } from 'ip';
import {
  addAlternativeName,
  isRtnetlinkError,
  type Link,
  type LinkSettings,
  listLinks,
  type RtnetlinkSocket,
  setLink,
  writeSysctl,
} from 'rtnetlink';
import { type Change, change } from '../model/change.ts';
import { nameOfRest, splitAlias, wholeAlias } from './long-alias.ts';
import { aliasOf, DEFAULT_NAMES } from './names.ts';

export interface HostEnd {
  /** Of the device; a rename does not change it. */
  readonly ifindex: number;
  readonly gatewayMac: Mac;
  /** Undefined: a caller made it, and all of the rest is its own affair. */
  readonly own?: OwnEnd;
}

/** Of an end that ADD made. */
export interface OwnEnd {
  /** Whose it is, for its alias. */
  readonly owner: string;
  readonly mtu: number;
  readonly hasIpv6: boolean;
}

export interface HostEndDiff {
  readonly link: Link;
  readonly settings: Pick<LinkSettings, 'up' | 'mac' | 'mtu' | 'master' | 'alias' | 'linkLocal'>;
  /** Values by names within net.ipv6.conf of the device. */
  readonly sysctls: Readonly<Record<string, string>>;
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
  for (const { link, sysctls } of diffs) writeSysctls(socket, link, sysctls);
  return diffs.flatMap(({ link, settings, sysctls }) => [
    ...(settings.mac === undefined
      ? []
      : [change(link.name, `MAC ${link.mac ?? 'none'} became ${settings.mac}`)]),
    ...(settings.mtu === undefined ? [] : [change(link.name, `MTU ${link.mtu} became ${settings.mtu}`)]),
    ...(settings.linkLocal === undefined
      ? []
      : [change(link.name, 'makes itself no link-local address any more')]),
    ...Object.entries(sysctls).map(([name, value]) => change(link.name, `${name} became ${value}`)),
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

/** Where they cannot be written, the routes to the pod's addresses say what is missing. */
function writeSysctls(socket: RtnetlinkSocket, { name }: Link, sysctls: HostEndDiff['sysctls']): void {
  for (const [sysctl, value] of Object.entries(sysctls)) {
    try {
      writeSysctl(`net/ipv6/conf/${name}/${sysctl}`, value, { netns: socket.netns });
    } catch (error) {
      if (!isRtnetlinkError(error, 'EROFS', 'EACCES', 'EPERM', 'ENOENT')) throw error;
    }
  }
}

/** Pure: the attributes that differ, by link. */
export function diffPodLinks(ends: readonly HostEnd[], actual: readonly Link[]): HostEndDiff[] {
  const byIndex = new Map(actual.map(link => [link.index, link]));
  return ends.flatMap(({ ifindex, gatewayMac, own }) => {
    const link = byIndex.get(ifindex);
    if (link === undefined) return [];
    const mark = own && missingMark(own, link);
    const settings = {
      ...(!link.up && { up: true as const }),
      ...(link.mac !== gatewayMac && { mac: gatewayMac }),
      ...(own !== undefined && ownSettings(own, link)),
      ...(mark !== undefined && { alias: mark.alias }),
    };
    const sysctls = own?.hasIpv6 === true ? ipv6Sysctls(link) : {};
    if (Object.keys(settings).length + Object.keys(sysctls).length === 0) return [];
    return [{ link, settings, sysctls, ...(mark?.rest !== undefined && { rest: mark.rest }) }];
  });
}

/** A device loses its settings of IPv6 with an MTU that is too small for it, and in another namespace. */
function ownSettings({ mtu, hasIpv6 }: OwnEnd, link: Link): HostEndDiff['settings'] {
  return {
    ...(link.mtu !== mtu && { mtu }),
    ...(link.master !== undefined && { master: 0 }),
    ...(hasIpv6 && link.ipv6?.linkLocal === true && { linkLocal: false }),
  };
}

/** As ADD sets them. */
function ipv6Sysctls({ ipv6 }: Link): HostEndDiff['sysctls'] {
  return {
    ...(ipv6?.disabled === true && { disable_ipv6: '0' }),
    ...(ipv6 !== undefined && ipv6.acceptRa !== 0 && { accept_ra: '0' }),
  };
}

/** Not in place of another owner's: a record that was rebuilt knows less than the alias does. */
function missingMark({ owner }: OwnEnd, link: Link): ReturnType<typeof splitAlias> | undefined {
  return podOwnerOf(link) === undefined ? splitAlias(aliasOf(DEFAULT_NAMES.mark, owner)) : undefined;
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
