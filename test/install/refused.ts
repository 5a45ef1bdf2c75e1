// A configuration that heddled refuses, on a machine with systemd: not tried again and again, and taken up once it is mended.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import type { Machine } from './machine.ts';

const CONFIG = '/etc/heddle/heddled.yaml';
/** Three of RestartSec. */
const RESTARTS_MS = 3_000;

export async function playRefusal(machine: Machine): Promise<string> {
  const path = machine.path(CONFIG);
  const good = readFileSync(path, 'utf8');
  appendFileSync(path, 'tunel: {}\n');
  await machine.run('systemctl restart heddled');
  const isRefused = await until(async () => (await property(machine, 'ActiveState')) === 'failed');
  if (!isRefused) throw new Error(`with an unknown key heddled is ${await property(machine, 'ActiveState')}`);
  await sleep(RESTARTS_MS);
  const [status, restarts] = [
    await property(machine, 'ExecMainStatus'),
    await property(machine, 'NRestarts'),
  ];
  if (status !== '2' || restarts !== '0') throw new Error(`exit status ${status}, ${restarts} restarts`);
  writeFileSync(path, good);
  await machine.run('heddlectl status --wait=60s');
  await machine.run('systemctl stop heddled');
  writeFileSync(path, good);
  await sleep(RESTARTS_MS);
  const state = await property(machine, 'ActiveState');
  if (state !== 'inactive')
    throw new Error(`stopped by hand, and ${state} once its configuration is written`);
  await machine.run('systemctl start heddled && heddlectl status --wait=60s');
  return 'no restart, up once mended, stays stopped';
}

async function property(machine: Machine, name: string): Promise<string> {
  return (await machine.run(`systemctl show --value --property=${name} heddled`)).trim();
}
