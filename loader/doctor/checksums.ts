// Detects offloads that break checksums inside of tunnels: ping, whose checksum is computed in software, is answered, TCP is not.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findingsOf, orOk, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';
import type { PeerPath } from './peers.ts';
import { isAnswered } from './ping.ts';

/** tcpmux (RFC 1078), which is not in use: a reset counts as an answer. */
const UNUSED_PORT = 1;
const ANSWER_MS = 2_500;
const PROBE_BYTES = 128;

const { ok, error } = findingsOf('checksum');

export async function checkChecksums(context: DoctorContext): Promise<Finding[]> {
  const paths = context.peers.flatMap(({ name, paths }) => paths.map(path => ({ name, path })));
  const problems = await Promise.all(paths.map(async ({ name, path }) => brokenOffload(context, name, path)));
  return orOk(problems.flat(), ok('TCP is answered by every node that answers ping'));
}

async function brokenOffload({ uplink }: DoctorContext, name: string, path: PeerPath): Promise<Finding[]> {
  if (uplink === undefined || (await isAnswered(path.host, PROBE_BYTES)) !== true) return []; // reported by other checks
  if (await answersTcp(path.host)) return [];
  const text =
    `${name} (${path.host}) answers ping and not TCP: an offload of ${uplink.name}, or of that node's uplink, ` +
    'breaks checksums inside of the tunnel, or a firewall drops TCP to it';
  return [error(text, `ethtool -K ${uplink.name} tx off`)];
}

/** Any answer counts, including a firewall's reset. */
async function answersTcp(host: string): Promise<boolean> {
  const socket = connect({ host, port: UNUSED_PORT });
  const answered = new Promise<boolean>(resolve => {
    for (const event of ['connect', 'error']) socket.once(event, () => resolve(true));
  });
  const answer = await Promise.race([answered, sleep(ANSWER_MS, false, { ref: false })]);
  socket.destroy();
  return answer;
}
