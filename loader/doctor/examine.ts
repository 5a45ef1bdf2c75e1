// All checks, in the order in which they are shown: what others rest on comes first.
import { messageOf } from '../errors.ts';
import { checkCniConfig } from './cni-config.ts';
import { checkChecksums } from './checksums.ts';
import { checkClock } from './clock.ts';
import { checkDaemon } from './daemon.ts';
import { checkBpffsMount, checkFiles } from './files.ts';
import type { Finding } from './finding.ts';
import { checkFirewall } from './firewall.ts';
import { checkForeignPrograms } from './foreign-programs.ts';
import { checkKernel } from './kernel.ts';
import { checkMaps } from './map-pressure.ts';
import { checkPaths } from './paths.ts';
import type { Patient } from './patient.ts';
import { checkPort } from './port-holders.ts';
import { checkSysctls } from './sysctls.ts';

type Check = (patient: Patient) => Finding[] | Promise<Finding[]>;

const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['kernel', checkKernel],
  ['bpffs', checkBpffsMount],
  ['files', checkFiles],
  ['daemon', checkDaemon],
  ['sysctl', checkSysctls],
  ['cni', checkCniConfig],
  ['port', checkPort],
  ['firewall', checkFirewall],
  ['programs', checkForeignPrograms],
  ['maps', checkMaps],
  ['clock', checkClock],
  ['path', checkPaths],
  ['checksum', checkChecksums],
];

/** A check that cannot be made is a finding too, and keeps none of the others from being made. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [name, check] of CHECKS) {
    try {
      found.push(...(await check(patient)));
    } catch (error) {
      const reason = messageOf(error);
      found.push({ check: name, severity: 'warning', text: `this could not be checked: ${reason}` });
    }
  }
  return found;
}
