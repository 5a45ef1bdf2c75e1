// make test-kernels: every packet table and the daemon itself on each of Debian's kernels; writes the table of docs/kernels.md.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../loader/errors.ts';
import { isAtLeast } from '../loader/programs/program-constants.ts';
import { IPVS_TITLE } from '../test/kernels/ipvs-steps.ts';
import { OLDEST } from '../test/kernels/series.ts';
import { whatStandsIn } from '../test/kernels/old-kernel.ts';
import { KERNEL_PACKAGES, kernelSeries } from './debian/kernel-packages.ts';
import { openOwnApt } from './debian/own-apt.ts';
import {
  fetchKernel,
  hasKernel,
  KERNELS_FOLDER,
  ownAptFolder,
  unpackedKernel,
  type UnpackedKernel,
} from './debian/unpacked-kernel.ts';
import { recordRows, type Row } from './kernels/markdown-table.ts';
import { report, runTapProgram, type ProgramOutcome } from './kernels/tap-program.ts';

/** All parts of a kernel at once: a guest is mostly one busy core. */
const PARTS = ['tables', 'daemon', 'daemon-without-vxlan'] as const;
/** Of a kernel: packages' version, suite, parts, IPVS, and what it lacks. */
const CELLS = PARTS.length + 4;

interface Refused {
  readonly series: string;
  readonly why: string;
}

const asked = process.argv.slice(2);
const apt = asked.length > 0 && asked.every(hasKernel) ? undefined : openOwnApt(ownAptFolder());
const [major = 0, minor = 0] = OLDEST.split('.').map(Number);
const every = (apt === undefined ? [] : kernelSeries(apt.names(KERNEL_PACKAGES))).filter(series =>
  isAtLeast(series, major, minor),
);
const found = (asked.length > 0 ? asked : every).map(obtain);
const totals = { passed: 0, failed: 0 };
for (const one of found) {
  if ('why' in one) {
    process.stdout.write(`${asked.length > 0 ? 'FAIL' : 'none'} ${one.why}\n`);
    if (asked.length > 0) totals.failed += 1;
    const nothing = Array.from({ length: CELLS - 1 }, () => '–');
    recordRows('Kernels', [[one.series, ...nothing, `not served: ${one.why.replace(/^Linux \S+: /, '')}`]]);
  } else recordRows('Kernels', [await testKernel(one)]);
}
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;

function obtain(series: string): UnpackedKernel | Refused {
  try {
    if (hasKernel(series) || apt === undefined) return unpackedKernel(series);
    return fetchKernel(apt, series);
  } catch (error) {
    return { series, why: messageOf(error) };
  }
}

async function testKernel(kernel: UnpackedKernel): Promise<Row> {
  const { series, release, suite, version } = kernel;
  const missingFile = join(KERNELS_FOLDER, series, 'missing.json');
  rmSync(missingFile, { force: true });
  const outcomes = await Promise.all(
    PARTS.map(async part => {
      const outcome = await runTapProgram(['build/scripts/test-kernel.mjs', part, series, missingFile]);
      report(`Linux ${release} of ${suite}, ${part}`, outcome);
      totals.passed += outcome.passed;
      totals.failed += outcome.failures.length;
      return outcome;
    }),
  );
  const missing = existsSync(missingFile) ? (JSON.parse(readFileSync(missingFile, 'utf8')) as string[]) : [];
  const lacks = [...missing, ...whatStandsIn(release)];
  return [
    series,
    `${release} (${version})`,
    suite,
    ...outcomes.flatMap((outcome, i) => (PARTS[i] === 'daemon' ? daemonCells(outcome) : [inWords(outcome)])),
    lacks.join('; ') || 'nothing',
  ] as const;
}

/** The daemon's own steps, and those on IPVS. */
function daemonCells({ failures }: ProgramOutcome): string[] {
  const ofIpvs = failures.filter(({ title }) => title.startsWith(IPVS_TITLE));
  return [
    inWords({ failures: failures.filter(failure => !ofIpvs.includes(failure)) }),
    inWords({ failures: ofIpvs }),
  ];
}

function inWords({ failures }: Pick<ProgramOutcome, 'failures'>): string {
  return failures.length === 0 ? 'pass' : `**${failures.length} failed**`;
}
