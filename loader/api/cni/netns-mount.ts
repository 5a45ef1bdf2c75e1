// A network namespace that the plugin sees and the daemon does not: the daemon's container lacks a mount.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { HeddleError } from '../../errors.ts';
import type { CniVariables } from './environment.ts';

/** The error that says which mount is missing; `error` itself when that is not why. */
export function namingMount(error: unknown, { netnsPath = '' }: CniVariables): unknown {
  const isMissing = error instanceof HeddleError && error.code === 'NETNS_MISSING';
  if (!isMissing || netnsPath === '' || existsSync(netnsPath)) return error;
  const cure = netnsPath.startsWith('/proc/')
    ? "set hostPID in heddled's pod"
    : `mount ${dirname(netnsPath)} into heddled's container, with mountPropagation: HostToContainer`;
  const text = `${netnsPath} is there for heddle-cni and not for heddled: ${cure}; or the container has just ended`;
  return new HeddleError('NETNS_MISSING', text, { cause: error });
}
