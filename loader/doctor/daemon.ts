// Checks that the daemon answers, and lists the problems that it reports.
import { existsSync } from 'node:fs';
import { askStatus, isListening } from '../api/status-client.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';
import { namesItsCure } from './own-cure.ts';
import { DAEMON_LOG, RESTART_DAEMON, type DoctorContext } from './doctor-context.ts';

const { ok, warning, error } = findingsOf('daemon');

export async function checkDaemon({ config: { socket } }: DoctorContext): Promise<Finding[]> {
  const status = await askStatus(socket);
  if (status === undefined)
    return [warning(`${await absence(socket)}; existing traffic continues, new pods wait`, RESTART_DAEMON)];
  const problems = status.problems.map(problem =>
    error(`heddled reports: ${problem}`, namesItsCure(problem) ? undefined : DAEMON_LOG),
  );
  const unmet = status.unmet.map(({ name }) => name).join(', ');
  const answers = `heddled ${status.version} answers on ${socket}`;
  const waits = status.ready ? [] : [error(`${answers} and is not ready: ${unmet}`, 'heddlectl status')];
  return orOk([...waits, ...problems], ok(answers));
}

async function absence(socket: string): Promise<string> {
  if (await isListening(socket))
    return `heddled hangs, is stopped or very busy: ${socket} is open and not answered`;
  return `heddled is not running: ${socket} ${existsSync(socket) ? 'is not answered' : 'does not exist'}`;
}
