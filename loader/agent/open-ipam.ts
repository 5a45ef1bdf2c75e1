// Opens the IPAM state of this node, and logs damaged records.
import { existsSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { Ipam } from '../ipam/ipam.ts';

export function openIpam({ stateDir, ipam: { reuseDelaySeconds } }: Config, logger: Logger): Ipam {
  const ipam = new Ipam({
    directory: stateDir,
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    reuseDelayMs: reuseDelaySeconds * 1_000,
    netnsExists: existsSync,
  });
  for (const problem of ipam.problems) logger.warn(problem);
  for (const { containerId } of ipam.dropped)
    logger.info({ container: containerId }, 'released: the container is of an earlier boot');
  return ipam;
}
