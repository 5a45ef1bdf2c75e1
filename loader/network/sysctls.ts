// Kernel settings: forwarding, and what forwarding would break.
import {
  isRtnetlinkError,
  listLinks,
  listRoutes,
  PROTOCOL,
  readSysctl,
  type RtnetlinkSocket,
  writeSysctl,
} from 'rtnetlink';
import { HeddleError } from '../errors.ts';
import { type Change, change } from '../model/change.ts';
import { carriesMark, DEFAULT_NAMES } from './names.ts';

export interface SysctlWish {
  /** With slashes: device names may have dots. */
  readonly name: string;
  readonly value: string;
  /** A kernel without it is as good: no IPv6, or too old to need it. */
  readonly optional?: boolean;
}

/** Where settings are read and written: a socket's `netns`. */
export type SettingsNetns = RtnetlinkSocket['netns'];

/** Sets what differs, in order. */
export function reconcileSysctls(desired: readonly SysctlWish[], netns: SettingsNetns): Change[] {
  const actual = new Map(desired.map(wish => [wish.name, readIfAny(wish.name, netns)]));
  const wrong = diffSysctls(desired, actual);
  for (const wish of wrong) write(wish, netns);
  return wrong.map(wish => change(wish.name, `${actual.get(wish.name) ?? 'nothing'} became ${wish.value}`));
}

/** What has to be written; what the kernel does not have is left out if optional. */
export function diffSysctls(
  desired: readonly SysctlWish[],
  actual: ReadonlyMap<string, string | undefined>,
): SysctlWish[] {
  return desired.filter(wish => {
    const value = actual.get(wish.name);
    return value !== wish.value && !(value === undefined && wish.optional === true);
  });
}

/** What forwards, whatever the devices are. */
const FORWARDING: readonly SysctlWish[] = [
  { name: 'net/ipv4/ip_forward', value: '1' },
  { name: 'net/ipv6/conf/all/forwarding', value: '1', optional: true },
  { name: 'net/ipv6/conf/default/forwarding', value: '1', optional: true },
];

/** Whether somebody has turned it off, for all or for one of these devices. */
export function isForwarding(netns: SettingsNetns, devices: readonly string[] = []): boolean {
  const desired = [...FORWARDING, ...devices.map(deviceForwarding)];
  const actual = new Map(desired.map(({ name }) => [name, readIfAny(name, netns)]));
  return diffSysctls(desired, actual).length === 0;
}

/** IPv4 asks the device that a packet came in by, whatever holds for all; IPv6 asks only `all`. */
function deviceForwarding(device: string): SysctlWish {
  return { name: `net/ipv4/conf/${device}/forwarding`, value: '1', optional: true };
}

/**
 * What a node needs to forward, read anew each time: devices and their routes come and go. `devices`: beside those that
 * carry Heddle's mark.
 */
export function forwardingSysctls(socket: RtnetlinkSocket, devices: readonly string[]): SysctlWish[] {
  const routed = listRoutes(socket, { family: 'ipv6', protocol: PROTOCOL.routerAdvertisement });
  const indexes = new Set(routed.flatMap(route => route.nextHops.map(hop => hop.index)));
  const links = listLinks(socket);
  const names = links.filter(link => indexes.has(link.index)).map(link => link.name);
  const forwarding = links
    .filter(link => devices.includes(link.name) || carriesMark(link.alias, DEFAULT_NAMES.mark))
    .map(link => deviceForwarding(link.name));
  return [
    ...acceptRaWishes(names, name => readIfAny(acceptRaName(name), socket.netns)),
    ...FORWARDING,
    ...forwarding, // last: writing ip_forward sets every device
  ];
}

/**
 * A forwarding host ignores router advertisements unless accept_ra is 2, and would lose its routes when they expire.
 * A device with 0 has a program that listens in the kernel's place.
 */
export function acceptRaWishes(
  devices: readonly string[],
  read: (device: string) => string | undefined,
): SysctlWish[] {
  return devices
    .filter(device => read(device) !== '0')
    .map(device => ({ name: acceptRaName(device), value: '2', optional: true }));
}

function acceptRaName(device: string): string {
  return `net/ipv6/conf/${device}/accept_ra`;
}

function readIfAny(name: string, netns: SettingsNetns): string | undefined {
  try {
    return readSysctl(name, { netns });
  } catch (error) {
    if (isRtnetlinkError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function write(wish: SysctlWish, netns: SettingsNetns): void {
  try {
    writeSysctl(wish.name, wish.value, { netns });
  } catch (cause) {
    if (!isRtnetlinkError(cause, 'EROFS', 'EACCES', 'EPERM', 'ENOENT')) throw cause;
    const text = `the kernel setting ${wish.name} must be ${wish.value} and cannot be written: set it on the host`;
    throw new HeddleError('PERMISSION', text, { cause });
  }
}
