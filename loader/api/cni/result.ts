// The result of ADD in the format of each version of the specification.
import { type Addr, isIpv4 } from 'ip';
import type { AttachedInterface, AttachRequest, AttachResult } from './attacher.ts';
import type { CniConfig, CniPrevResult } from './config.ts';
import { type CniVersion, isAtLeast } from './version.ts';

/** The gateway of every pod. No device has these addresses: the pod has permanent neighbour entries for them. */
export const GATEWAY = { ipv4: '169.254.1.1', ipv6: 'fe80::1' } as const;

interface CniInterface {
  readonly name: string;
  readonly mac: string;
  readonly mtu?: number;
  readonly sandbox?: string;
}

interface CniIp {
  /** Until 0.4.0. */
  readonly version?: '4' | '6';
  readonly address: string;
  readonly gateway: string;
  /** Index into `interfaces`. */
  readonly interface: number;
}

interface CniRoute {
  readonly dst: string;
  readonly gw: string;
}

export interface CniResult {
  readonly cniVersion: CniVersion;
  readonly interfaces: readonly object[];
  readonly ips: readonly object[];
  readonly routes: readonly object[];
  readonly dns: object;
}

const NO_PREV_RESULT: CniPrevResult = { interfaces: [], ips: [], routes: [] };

/** Entries of earlier plugins of the chain come first, so that their indices stay valid. */
export function cniResult(config: CniConfig, request: AttachRequest, attached: AttachResult): CniResult {
  const { cniVersion } = config;
  const before = config.prevResult ?? NO_PREV_RESULT;
  const podIndex = before.interfaces.length + 1;
  return {
    cniVersion,
    interfaces: [
      ...before.interfaces,
      interfaceOf(cniVersion, attached.hostInterface),
      { ...interfaceOf(cniVersion, attached.podInterface), sandbox: request.sandbox ?? request.netns },
    ],
    ips: [...before.ips, ...attached.addresses.map(address => ipOf(cniVersion, address, podIndex))],
    routes: [...before.routes, ...attached.addresses.map(defaultRoute)],
    dns: config.dns ?? before.dns ?? {},
  };
}

/** A pod's address with its prefix length, 32 or 128. */
export function addressWithPrefix(address: Addr): string {
  return isIpv4(address) ? `${address}/32` : `${address}/128`;
}

function interfaceOf(version: CniVersion, { name, mac, mtu }: AttachedInterface): CniInterface {
  return isAtLeast(version, '1.1.0') ? { name, mac, mtu } : { name, mac };
}

function ipOf(version: CniVersion, address: Addr, podIndex: number): CniIp {
  const ip = { address: addressWithPrefix(address), gateway: gatewayOf(address), interface: podIndex };
  if (isAtLeast(version, '1.0.0')) return ip;
  return { version: isIpv4(address) ? '4' : '6', ...ip };
}

function defaultRoute(address: Addr): CniRoute {
  return { dst: isIpv4(address) ? '0.0.0.0/0' : '::/0', gw: gatewayOf(address) };
}

function gatewayOf(address: Addr): string {
  return isIpv4(address) ? GATEWAY.ipv4 : GATEWAY.ipv6;
}
