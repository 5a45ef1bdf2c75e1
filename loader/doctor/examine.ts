// All checks in the order of display: prerequisites first.
import { messageOf } from '../errors.ts';
import { checkBypass } from './bypass.ts';
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
import type { DoctorContext } from './doctor-context.ts';
import { checkPort } from './port-holders.ts';
import { checkSysctls } from './sysctls.ts';

type Check = (context: DoctorContext) => Finding[] | Promise<Finding[]>;

const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['kernel', checkKernel],
  ['bpffs', checkBpffsMount],
  ['files', checkFiles],
  ['daemon', checkDaemon],
  ['sysctl', checkSysctls],
  ['cni', checkCniConfig],
  ['port', checkPort],
  ['firewall', checkFirewall],
  ['bypass', checkBypass],
  ['programs', checkForeignPrograms],
  ['maps', checkMaps],
  ['clock', checkClock],
  ['path', checkPaths],
  ['checksum', checkChecksums],
];

/** A check that throws becomes a finding; the others run. */
export async function examine(context: DoctorContext): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [name, check] of CHECKS) {
    try {
      found.push(...(await check(context)));
    } catch (error) {
      const reason = messageOf(error);
      found.push({ check: name, severity: 'warning', text: `this could not be checked: ${reason}` });
    }
  }
  return found;
}
