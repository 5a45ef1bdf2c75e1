// Requests and attachments for the tests of IPAM.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddr, parseCidr, parseMac } from 'ip';
import type { Test } from 'tap';
import type { AttachmentDraft } from '../../../loader/ipam/attachment-draft.ts';
import { Ipam } from '../../../loader/ipam/ipam.ts';
import type { IpamOptions } from '../../../loader/ipam/ipam-options.ts';
import type { AddressRequest } from '../../../loader/ipam/address-pool.ts';

/** Five IPv4 addresses without the node's own: .2 to .6. */
export const SMALL = [parseCidr('10.1.0.0/29')];
export const DUAL = [parseCidr('10.1.0.0/24'), parseCidr('fd00:1::/64')];

export function request(owner: string, ...requested: string[]): AddressRequest {
  return { owner, requested: requested.map(parseAddr), reservedFor: () => undefined };
}

export function requesting(...requested: string[]): Omit<AddressRequest, 'owner'> {
  return { requested: requested.map(parseAddr), reservedFor: () => undefined };
}

export function draft(containerId: string, more: Partial<AttachmentDraft> = {}): AttachmentDraft {
  return {
    containerId,
    ifname: 'eth0',
    netns: `/run/netns/${containerId}`,
    hostInterface: `hd${containerId}`,
    podMac: parseMac('02:00:00:00:00:01'),
    mtu: 1450,
    network: 'heddle',
    ...more,
  };
}

export function temporaryDirectory(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'heddle-ipam-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Dual-stack prefixes by default, in the boot 'boot-1', where every device exists. */
export function opened(options: Pick<IpamOptions, 'directory'> & Partial<IpamOptions>, cidrs = DUAL): Ipam {
  const ipam = new Ipam({ bootId: 'boot-1', reuseDelayMs: 60_000, deviceExists: () => true, ...options });
  ipam.setCidrs(cidrs);
  return ipam;
}
