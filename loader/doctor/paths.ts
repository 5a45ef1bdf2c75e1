// The ways to other nodes: a packet to the peer's overlay device takes the pods' way, and the peer's kernel answers it,
// whether a daemon runs there or not, and whatever the underlay does with ICMP.
import { type Addr, familyOf } from 'ip';
import { overlayMtu } from '../model/node-path.ts';
import { findingsOf, type Finding } from './finding.ts';
import { RESTART, type Patient } from './patient.ts';
import type { Peer, PeerPath } from './peers.ts';
import { isAnswered } from './ping.ts';

const SMALLEST = 128;
const PROBES_AT_ONCE = 12;

const { ok, error, warning } = findingsOf('path');

export async function checkPaths(patient: Patient): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const peer of patient.peers)
    for (const path of peer.paths) found.push(await checkPath(patient, peer, path));
  return found;
}

async function checkPath(patient: Patient, { name }: Peer, path: PeerPath): Promise<Finding> {
  const way = `${path.kind === 'overlay' ? `UDP port ${patient.config.tunnel.port}` : 'the plain path'} to ${name} (${path.underlay})`;
  const first = await isAnswered(path.host, SMALLEST);
  if (first === undefined)
    return warning('no path can be probed: there is no ping', 'apt-get install iputils-ping');
  if (!first) return unanswered(way, path);
  if ((await isAnswered(path.host, path.mtu)) === true)
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
  const isThere = (await isAnswered(underlay, SMALLEST)) === true;
  const rest = isThere
    ? 'the node answers outside of it; whether the way there or back is closed cannot be told from here'
    : 'nor does the node answer a plain ping';
  return error(`nothing answers through ${way}; ${rest}`, `ping -c 3 ${underlay}`);
}

/** Several sizes at once: a size that does not pass costs a second. */
async function largest(address: Addr, passes: number, fails: number): Promise<number> {
  if (fails - passes <= 1) return passes;
  const step = Math.max(1, Math.ceil((fails - passes) / (PROBES_AT_ONCE + 1)));
  const sizes = Array.from({ length: PROBES_AT_ONCE }, (_, i) => passes + step * (i + 1)).filter(
    size => size < fails,
  );
  const passed = await Promise.all(sizes.map(size => isAnswered(address, size)));
  const firstLost = passed.findIndex(one => one !== true);
  const lower = firstLost === -1 ? (sizes.at(-1) ?? passes) : (sizes[firstLost - 1] ?? passes);
  return largest(address, lower, firstLost === -1 ? fails : (sizes[firstLost] ?? fails));
}
