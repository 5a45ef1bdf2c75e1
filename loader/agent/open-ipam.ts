// Opens the IPAM state of this node, rebuilds lost records from the kernel's state, and logs damaged ones.
import { getLink, type RtnetlinkSocket } from 'rtnetlink';
import type { Logger } from 'pino';
import { bootId } from '../async/boot-clock.ts';
import type { Config } from '../config.ts';
import { Ipam } from '../ipam/ipam.ts';
import { recoverAttachments, type Recovered } from '../pods/lost-attachments.ts';
import { removeUnfinishedDevices } from '../pods/unfinished-devices.ts';

/** Before anything is reconciled: rows and routes say what a lost record said. */
export function openIpam(config: Config, socket: RtnetlinkSocket, logger: Logger): Ipam {
  const ipam = new Ipam({
    directory: config.stateDir,
    bootId: bootId(),
    reuseDelayMs: config.ipam.reuseDelaySeconds * 1_000,
    deviceExists: name => getLink(socket, name) !== undefined,
  });
  for (const problem of ipam.problems) logger.warn(problem);
  for (const { containerId } of ipam.dropped)
    logger.info({ container: containerId }, 'released: the container is of an earlier boot');
  logRecovered(recoverAttachments(socket, config.pinRoot, ipam), logger);
  removeUnfinishedDevices(socket, config.pinRoot, ipam);
  return ipam;
}

function logRecovered({ attachments, contradicted }: Recovered, logger: Logger): void {
  for (const { hostInterface, addresses } of attachments)
    logger.warn(
      { hostInterface, addresses },
      `the record of ${hostInterface} was lost: it was rebuilt from the device, its rows and its routes`,
    );
  for (const { hostInterface, addresses } of contradicted)
    logger.warn(
      { hostInterface, addresses },
      `the record of ${hostInterface} was removed: its device is gone, and a pod that lives has its address`,
    );
}
