// Probes paths to other nodes: a ping to the peer's overlay address takes the pods' path. The peer's kernel answers it even
// without a daemon. Inside of the tunnel, ICMP filters of the underlay have no effect.
import { type Addr, familyOf } from 'ip';
import { overlayMtu } from '../model/node-path.ts';
import { findingsOf, type Finding } from './finding.ts';
import { RESTART_DAEMON, settingChange, type DoctorContext } from './doctor-context.ts';
import type { Peer, PeerPath } from './peers.ts';
import { isAnswered } from './ping.ts';

const MIN_PROBE_BYTES = 128;
const PROBES_AT_ONCE = 12;

const { ok, error, warning } = findingsOf('path');

export async function checkPaths(context: DoctorContext): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const peer of context.peers)
    for (const path of peer.paths) found.push(await checkPath(context, peer, path));
  return found;
}

async function checkPath(context: DoctorContext, { name }: Peer, path: PeerPath): Promise<Finding> {
  const pathName = `${path.kind === 'overlay' ? `UDP port ${context.config.tunnel.port}` : 'the direct path'} to ${name} (${path.underlay})`;
  const first = await isAnswered(path.host, MIN_PROBE_BYTES);
  if (first === undefined)
    return warning('no path can be probed: there is no ping', 'apt-get install iputils-ping');
  if (!first) return unanswered(pathName, path);
  if ((await isAnswered(path.host, path.mtu)) === true)
    return ok(`${pathName} carries packets of ${path.mtu} bytes in both directions`);
  const carried = await largest(path.host, MIN_PROBE_BYTES, path.mtu);
  const outer = carried + (path.kind === 'overlay' ? -overlayMtu(0, familyOf(path.underlay)) : 0);
  return error(
    `${pathName} carries packets of ${carried} bytes and not of ${path.mtu}: the underlay's MTU on the path is ${outer}`,
    `${settingChange(context.configFile, 'mtu', outer)} && ${RESTART_DAEMON}`,
  );
}

/** One end cannot see which direction is lost; run doctor on the other node, too. */
async function unanswered(pathName: string, { underlay }: PeerPath): Promise<Finding> {
  const isThere = (await isAnswered(underlay, MIN_PROBE_BYTES)) === true;
  const rest = isThere
    ? 'the node answers outside of it; the loss may be in either direction: a firewall, or tunnel.port, tunnel.vni or tunnel.encapsulation are not the same on both'
    : 'the node does not answer a plain ping either';
  return error(`no answer through ${pathName}; ${rest}`, `ping -c 3 ${underlay}`);
}

/** Probes several sizes in parallel: a lost probe takes a second. */
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
