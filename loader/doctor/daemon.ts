// Whether the daemon answers, and what it says of itself.
import { existsSync } from 'node:fs';
import { askStatus } from '../api/status-client.ts';
import { findingsOf, orWell, type Finding } from './finding.ts';
import { RESTART, type Patient } from './patient.ts';

const { ok, warning, error } = findingsOf('daemon');

export async function checkDaemon({ config: { socket } }: Patient): Promise<Finding[]> {
  const status = existsSync(socket) ? await askStatus(socket) : undefined;
  if (status === undefined) {
    const trace = existsSync(socket) ? `nobody answers on ${socket}` : `there is no socket ${socket}`;
    return [warning(`heddled is not running: ${trace}; traffic goes on, new pods wait`, RESTART)];
  }
  const troubles = status.problems.map(problem => error(`heddled says: ${problem}`, 'journalctl -u heddled'));
  return orWell(troubles, ok(`heddled ${status.version} answers on ${socket}`));
}
