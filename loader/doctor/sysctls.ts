// Checks sysctls: those that the daemon sets, and others that break what it relies on.
import { isIpv4Cidr } from 'ip';
import { isRtnetlinkError, listLinks, readSysctl } from 'rtnetlink';
import { overlayKindOf, overlaySysctls } from '../network/overlay-link.ts';
import { diffSysctls, forwardingSysctls, type SysctlSpec } from '../network/sysctls.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

const STRICT = '1';

const { ok, warning, error } = findingsOf('sysctl');

export function checkSysctls(context: DoctorContext): Finding[] {
  const fine = ok('forwarding, IPv6 and reverse path filters are set correctly');
  return orOk([...requiredSysctls(context), ...reversePath(context), ...bridgeFilter(context)], fine);
}

function requiredSysctls(context: DoctorContext): Finding[] {
  const specs = sysctlSpecs(context);
  const wrong = diffSysctls(specs, new Map(specs.map(({ name }) => [name, read(name)])));
  return wrong.map(({ name, value }) =>
    error(`${name} is ${read(name) ?? 'not there'} and must be ${value}`, set(name, value)),
  );
}

function sysctlSpecs({ socket, config, uplink, ownCidrs }: DoctorContext): SysctlSpec[] {
  const overlay = listLinks(socket).find(link => link.name === config.overlayDevice);
  const hasIpv6 = ownCidrs.some(cidr => !isIpv4Cidr(cidr));
  const devices = ['all', ...(uplink === undefined ? [] : [uplink.name])];
  return [
    ...forwardingSysctls(socket, uplink === undefined ? [] : [uplink.name]),
    ...(overlay === undefined ? [] : overlaySysctls({ name: overlay.name, kind: overlayKindOf(overlay) })),
    ...(hasIpv6 ? devices.map(ipv6Spec) : []),
  ];
}

function ipv6Spec(device: string): SysctlSpec {
  return { name: `net/ipv6/conf/${device}/disable_ipv6`, value: '0', optional: true };
}

/** The kernel uses the larger value of `all` and the device: 2 (loose) on the device overrides 1 (strict) for all. */
function reversePath({ socket, config, uplink }: DoctorContext): Finding[] {
  const names = listLinks(socket).map(link => link.name);
  return [uplink?.name, config.overlayDevice]
    .filter(device => device !== undefined && names.includes(device))
    .flatMap(device => {
      const name = `net/ipv4/conf/${device}/rp_filter`;
      const effective = [read('net/ipv4/conf/all/rp_filter'), read(name)].sort().at(-1);
      if (effective !== STRICT) return [];
      const what = `the reverse path filter of ${device} is strict (${STRICT})`;
      return [
        warning(
          `${what}: packets that arrive by another path than replies leave by are dropped silently`,
          set(name, '2'),
        ),
      ];
    });
}

/** Concerns only uplinks that are bridges. */
function bridgeFilter({ socket, uplink }: DoctorContext): Finding[] {
  const isBridge = listLinks(socket).some(
    ({ index, kind }) => index === uplink?.ifindex && kind === 'bridge',
  );
  const names = ['iptables', 'ip6tables'].map(table => `net/bridge/bridge-nf-call-${table}`);
  return names
    .filter(name => isBridge && read(name) === '1')
    .map(name =>
      warning(
        `${name} is 1 and the uplink ${uplink?.name ?? ''} is a bridge: the firewall sees tunnel packets as forwarded`,
        set(name, '0'),
      ),
    );
}

function read(name: string): string | undefined {
  try {
    return readSysctl(name);
  } catch (cause) {
    if (isRtnetlinkError(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

function set(name: string, value: string): string {
  return `sysctl -w ${name}=${value}`;
}
