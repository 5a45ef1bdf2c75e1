// The ways to other nodes: a packet to the peer's overlay device takes the pods' way, and the peer's kernel answers it,
// whether a daemon runs there or not, and whatever the underlay does with ICMP.
import { overlayMtu } from '../model/node-path.ts';
import { familyOf } from '../model/node-addresses.ts';
import { findingsOf, type Finding } from './finding.ts';
import { RESTART, type Patient } from './patient.ts';
import type { Peer, PeerPath } from './peers.ts';
import { runCommand } from './run-command.ts';

const SMALLEST = 128;
const PROBES_AT_ONCE = 12;
const ICMP_BYTES = 8;
const IP_BYTES = { ipv4: 20, ipv6: 40 } as const;

const { ok, error, warning } = findingsOf('path');

export async function checkPaths(patient: Patient): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const peer of patient.peers)
    for (const path of peer.paths) found.push(await checkPath(patient, peer, path));
  return found;
}

async function checkPath(patient: Patient, { name }: Peer, path: PeerPath): Promise<Finding> {
  const way = `${path.kind === 'overlay' ? `UDP port ${patient.config.tunnel.port}` : 'the plain path'} to ${name} (${path.underlay})`;
  const first = await answers(path.host, SMALLEST);
  if (first === undefined)
    return warning('no path can be probed: there is no ping', 'apt-get install iputils-ping');
  if (!first) return unanswered(way, path);
  if ((await answers(path.host, path.mtu)) === true)
    return ok(`${way} carries packets of ${path.mtu} bytes in both directions`);
  const carried = await largest(path.host, SMALLEST, path.mtu);
  const outer = carried + (path.kind === 'overlay' ? -overlayMtu(0, familyOf(path.underlay)) : 0);
  return error(
    `${way} carries packets of ${carried} bytes and not of ${path.mtu}: the underlay's MTU on the way is ${outer}`,
    `sed -i -e '/^mtu:/d' -e '$a mtu: ${outer}' ${patient.configFile} && ${RESTART}`,
  );
}

/** Which direction is lost cannot be seen from one end: the other node's doctor sees the other half. */
async function unanswered(way: string, { underlay }: PeerPath): Promise<Finding> {
  const isThere = (await answers(underlay, SMALLEST)) === true;
  const rest = isThere
    ? 'the node answers outside of it; whether the way there or back is closed cannot be told from here'
    : 'nor does the node answer a plain ping';
  return error(`nothing answers through ${way}; ${rest}`, `ping -c 3 ${underlay}`);
}

/** Several sizes at once: a size that does not pass costs a second. */
async function largest(address: string, passes: number, fails: number): Promise<number> {
  if (fails - passes <= 1) return passes;
  const step = Math.max(1, Math.ceil((fails - passes) / (PROBES_AT_ONCE + 1)));
  const sizes = Array.from({ length: PROBES_AT_ONCE }, (_, i) => passes + step * (i + 1)).filter(
    size => size < fails,
  );
  const passed = await Promise.all(sizes.map(size => answers(address, size)));
  const firstLost = passed.findIndex(one => one !== true);
  const lower = firstLost === -1 ? (sizes.at(-1) ?? passes) : (sizes[firstLost - 1] ?? passes);
  return largest(address, lower, firstLost === -1 ? fails : (sizes[firstLost] ?? fails));
}

/** An IP packet of that size that may not be fragmented, and its answer of the same size; undefined: no ping here. */
async function answers(address: string, size: number): Promise<boolean | undefined> {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const payload = String(size - IP_BYTES[family] - ICMP_BYTES);
  const options = ['-n', '-q', '-c', '2', '-i', '0.2', '-W', '1', '-M', 'do', '-s', payload];
  const { code } = await runCommand('ping', [...options, address]);
  return code === undefined ? undefined : code === 0;
}
