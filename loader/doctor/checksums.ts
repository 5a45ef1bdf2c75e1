// Offloads that spoil checksums in tunnels: ping is answered, since its sum is made by software, and TCP is not.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findingsOf, orWell, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import type { PeerPath } from './peers.ts';
import { isAnswered } from './ping.ts';

/** tcpmux (RFC 1078), which nobody serves: a reset is an answer. */
const UNUSED_PORT = 1;
const ANSWER_MS = 2_500;
const SMALL = 128;

const { ok, error } = findingsOf('checksum');

export async function checkChecksums(patient: Patient): Promise<Finding[]> {
  const paths = patient.peers.flatMap(({ name, paths }) => paths.map(path => ({ name, path })));
  const troubles = await Promise.all(paths.map(async ({ name, path }) => spoiled(patient, name, path)));
  return orWell(troubles.flat(), ok('TCP is answered by every node that answers ping'));
}

async function spoiled({ uplink }: Patient, name: string, path: PeerPath): Promise<Finding[]> {
  if (uplink === undefined || (await isAnswered(path.host, SMALL)) !== true) return []; // other checks' findings
  if (await answersTcp(path.host)) return [];
  const text =
    `${name} (${path.host}) answers ping and not TCP: an offload of ${uplink.name}, or of that node's uplink, ` +
    'spoils checksums inside of the tunnel, or a firewall drops TCP to it';
  return [error(text, `ethtool -K ${uplink.name} tx off`)];
}

/** Any answer will do, also that of a firewall which says no. */
async function answersTcp(host: string): Promise<boolean> {
  const socket = connect({ host, port: UNUSED_PORT });
  const answered = new Promise<boolean>(resolve => {
    for (const event of ['connect', 'error']) socket.once(event, () => resolve(true));
  });
  const answer = await Promise.race([answered, sleep(ANSWER_MS, false, { ref: false })]);
  socket.destroy();
  return answer;
}
