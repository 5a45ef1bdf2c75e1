// Checks clock synchronisation: events of several nodes can be ordered only if their clocks agree.
import { isIpv4 } from 'ip';
import { findingsOf, type Finding } from './finding.ts';
import { runIfInstalled } from '../network/run-command.ts';
import type { DoctorContext } from './doctor-context.ts';
import type { Peer } from './peers.ts';

const DAY_MS = 86_400_000;
const MAX_SKEW_MS = 1_000;
/** timedatectl starts a service. */
const LIMITS = { limitMs: 30_000 } as const;
const SYNCHRONISE = 'timedatectl set-ntp true';

const { ok, warning } = findingsOf('clock');

export async function checkClock({ peers }: DoctorContext): Promise<Finding[]> {
  const skews = await Promise.all(peers.map(skewTo));
  return [await synchronised(), ...skews.flat()];
}

async function synchronised(): Promise<Finding> {
  const asked = await runIfInstalled(
    ['timedatectl', 'show', '--property=NTPSynchronized', '--value'],
    LIMITS,
  );
  if (asked?.status !== 0) return ok('clock synchronisation is unknown: timedatectl does not report it');
  return asked.stdout.trim() === 'yes'
    ? ok('the clock is synchronised')
    : warning('the clock is not synchronised with NTP', SYNCHRONISE);
}

/** Uses the IP timestamp option: the peer's kernel adds its time of day. Networks that drop options give no result. */
async function skewTo({ name, paths }: Peer): Promise<Finding[]> {
  const address = paths.map(({ underlay }) => underlay).find(isIpv4);
  if (address === undefined) return [];
  const argv = ['ping', '-n', '-c', '1', '-W', '1', '-T', 'tsonly', address];
  const asked = await runIfInstalled(argv, LIMITS);
  const skew = asked?.status === 0 ? skewIn(asked.stdout) : undefined;
  if (skew === undefined)
    return [ok(`the clock of ${name} is unknown: ${address} does not answer IP timestamps`)];
  if (Math.abs(skew) <= MAX_SKEW_MS) return [ok(`the clocks of this node and ${name} agree`)];
  const text = `the clock of ${name} is ${Math.abs(skew)} ms ${skew > 0 ? 'ahead of' : 'behind'} this node's`;
  return [warning(text, SYNCHRONISE)];
}

/**
 * Pure: milliseconds by which the second stamp is ahead of the first, from the output of `ping -T tsonly`: a time of day,
 * then differences. Undefined for other formats.
 */
export function skewIn(printed: string): number | undefined {
  const stamps = /TS:\s+(\d+) absolute\s+(-?\d+)\s/.exec(printed);
  if (stamps === null) return undefined;
  const difference = Number(stamps[2]) % DAY_MS;
  if (difference > DAY_MS / 2) return difference - DAY_MS;
  return difference < -DAY_MS / 2 ? difference + DAY_MS : difference;
}
