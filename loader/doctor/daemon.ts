// Checks that the daemon answers, and lists the problems that it reports.
import { existsSync } from 'node:fs';
import { askStatus } from '../api/status-client.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';
import { DAEMON_LOG, RESTART_DAEMON, type DoctorContext } from './doctor-context.ts';

const { ok, warning, error } = findingsOf('daemon');

export async function checkDaemon({ config: { socket } }: DoctorContext): Promise<Finding[]> {
  const status = existsSync(socket) ? await askStatus(socket) : undefined;
  if (status === undefined) {
    const trace = existsSync(socket) ? `${socket} is not answered` : `${socket} does not exist`;
    return [
      warning(`heddled is not running: ${trace}; existing traffic continues, new pods wait`, RESTART_DAEMON),
    ];
  }
  const problems = status.problems.map(problem => error(`heddled reports: ${problem}`, DAEMON_LOG));
  const unmet = status.unmet.map(({ name }) => name).join(', ');
  const answers = `heddled ${status.version} answers on ${socket}`;
  const waits = status.ready ? [] : [error(`${answers} and is not ready: ${unmet}`, 'heddlectl status')];
  return orOk([...waits, ...problems], ok(answers));
}
