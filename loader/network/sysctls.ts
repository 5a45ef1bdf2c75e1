// Reconciles sysctls: forwarding, and accept_ra, which forwarding would switch off.
import {
  isRtnetlinkError,
  listLinks,
  listRoutes,
  probeSysctl,
  PROTOCOL,
  readSysctl,
  type RtnetlinkSocket,
  writeSysctl,
} from 'rtnetlink';
import { HeddleError } from '../errors.ts';
import { type Change, change } from '../model/change.ts';
import { carriesMark, DEFAULT_NAMES } from './names.ts';

export interface SysctlSpec {
  /** With slashes: device names may have dots. */
  readonly name: string;
  readonly value: string;
  /** The sysctl may be absent: a kernel without IPv6, or one too old to need it. */
  readonly optional?: boolean;
}

/** Namespace of the sysctls: a socket's `netns`. */
export type SysctlNetns = RtnetlinkSocket['netns'];

/** Writes sysctls that differ, in order. `beforeWrite` is called with them first. */
export function reconcileSysctls(
  desired: readonly SysctlSpec[],
  netns: SysctlNetns,
  beforeWrite?: (wrong: readonly SysctlSpec[]) => void,
): Change[] {
  const actual = new Map(desired.map(spec => [spec.name, readIfAny(spec.name, netns)]));
  const wrong = diffSysctls(desired, actual);
  if (wrong.length > 0) beforeWrite?.(wrong);
  for (const spec of wrong) write(spec, netns);
  return wrong.map(spec => change(spec.name, `${actual.get(spec.name) ?? 'nothing'} became ${spec.value}`));
}

/** Sysctls to write; optional ones that the kernel lacks are skipped. */
export function diffSysctls(
  desired: readonly SysctlSpec[],
  actual: ReadonlyMap<string, string | undefined>,
): SysctlSpec[] {
  return desired.filter(spec => {
    const value = actual.get(spec.name);
    return value !== spec.value && !(value === undefined && spec.optional === true);
  });
}

/** Writing them sets the setting of every device, too. */
export const FORWARD_ALL = { ipv4: 'net/ipv4/ip_forward', ipv6: 'net/ipv6/conf/all/forwarding' } as const;

/** Forwarding sysctls of all devices. */
const FORWARDING: readonly SysctlSpec[] = [
  { name: FORWARD_ALL.ipv4, value: '1' },
  { name: FORWARD_ALL.ipv6, value: '1', optional: true },
  { name: 'net/ipv6/conf/default/forwarding', value: '1', optional: true },
];

/** Whether forwarding is enabled, for all and for each of these devices. */
export function isForwarding(netns: SysctlNetns, devices: readonly string[] = []): boolean {
  const desired = [...FORWARDING, ...devices.map(deviceForwarding)];
  const actual = new Map(desired.map(({ name }) => [name, readIfAny(name, netns)]));
  return diffSysctls(desired, actual).length === 0;
}

/** IPv4 checks the ingress device's own setting; IPv6 checks only `all`. */
function deviceForwarding(device: string): SysctlSpec {
  return { name: `net/ipv4/conf/${device}/forwarding`, value: '1', optional: true };
}

/**
 * Throws `PERMISSION` where ADD could not write the sysctls of a pod's devices (a read-only /proc/sys), or `KERNEL_UNSUPPORTED`
 * where there is no IPv6. Writes nothing: only pods with IPv6 addresses have sysctls.
 */
export function requirePodSysctls(netns: SysctlNetns): void {
  try {
    probeSysctl(POD_SYSCTL, { netns });
  } catch (cause) {
    if (isRtnetlinkError(cause, 'ENOENT'))
      throw new HeddleError(
        'KERNEL_UNSUPPORTED',
        'the kernel has no IPv6, and pods of this node have IPv6 addresses: boot without ipv6.disable=1, or give the node no IPv6 pod CIDR',
        { cause },
      );
    if (!isRtnetlinkError(cause, 'EROFS', 'EACCES', 'EPERM')) throw cause;
    throw new HeddleError(
      'PERMISSION',
      `/proc/sys cannot be written, and ADD sets net.ipv6.conf of each pod's devices: mount it read-write in the daemon's container (privileged: true)`,
      { cause },
    );
  }
}

/** Stands for those of the devices that ADD makes. */
const POD_SYSCTL = 'net/ipv6/conf/default/disable_ipv6';

/**
 * Sysctls for forwarding; computed from the current devices and routes. `devices`: in addition to those with Heddle's
 * mark.
 */
export function forwardingSysctls(socket: RtnetlinkSocket, devices: readonly string[]): SysctlSpec[] {
  const routed = listRoutes(socket, { family: 'ipv6', protocol: PROTOCOL.routerAdvertisement });
  const indexes = new Set(routed.flatMap(route => route.nextHops.map(hop => hop.index)));
  const links = listLinks(socket);
  const names = links.filter(link => indexes.has(link.index)).map(link => link.name);
  const forwarding = links
    .filter(link => devices.includes(link.name) || carriesMark(link.alias, DEFAULT_NAMES.mark))
    .map(link => deviceForwarding(link.name));
  return [
    ...acceptRaSpecs(names, name => readIfAny(acceptRaName(name), socket.netns)),
    ...FORWARDING,
    ...forwarding, // last: writing ip_forward sets every device
  ];
}

/**
 * A forwarding host ignores router advertisements unless accept_ra is 2, and loses its routes when they expire. Devices
 * with 0 are skipped: a program handles router advertisements there.
 */
export function acceptRaSpecs(
  devices: readonly string[],
  read: (device: string) => string | undefined,
): SysctlSpec[] {
  return devices
    .filter(device => read(device) !== '0')
    .map(device => ({ name: acceptRaName(device), value: '2', optional: true }));
}

function acceptRaName(device: string): string {
  return `net/ipv6/conf/${device}/accept_ra`;
}

/** Undefined: the kernel has none of that name. */
export function readIfAny(name: string, netns: SysctlNetns): string | undefined {
  try {
    return readSysctl(name, { netns });
  } catch (error) {
    if (isRtnetlinkError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function write(spec: SysctlSpec, netns: SysctlNetns): void {
  try {
    writeSysctl(spec.name, spec.value, { netns });
  } catch (cause) {
    if (!isRtnetlinkError(cause, 'EROFS', 'EACCES', 'EPERM', 'ENOENT')) throw cause;
    const text = `the kernel setting ${spec.name} must be ${spec.value} and cannot be written: set it on the host`;
    throw new HeddleError('PERMISSION', text, { cause });
  }
}
