// The daemon itself on a kernel: the guest brings a lab up, the host checks the outcome of each step.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Test } from 'tap';
import { unpackedKernel, type UnpackedKernel } from '../../scripts/debian/unpacked-kernel.ts';
import { NETWORK_MODULES } from './guest-files.ts';
import type { GuestImage } from './image.ts';
import { labSteps } from './lab-steps.ts';
import { runGuest } from './machine.ts';

const GUEST: GuestImage = {
  entry: 'test/kernels/guest-lab.ts',
  // busybox has most of them too, without an option that we use.
  programs: ['nft', 'nsenter', 'sysctl', 'env', 'ping', 'ipvsadm'],
  built: ['bpf', 'heddled.mjs', 'heddlectl.mjs', 'heddle-cni', 'test/probe'],
  modules: NETWORK_MODULES,
  patience: 10,
  limitCpuSeconds: 7_000,
};

/** Boots it, and adds an assertion for each step; answers what the kernel lacks. `without`: modules that it is denied. */
export async function testLabOn(
  t: Test,
  series: string,
  without: readonly string[] = [],
): Promise<readonly string[]> {
  const kernel = unpackedKernel(series);
  const guest = { ...GUEST, modules: { ...NETWORK_MODULES, without } };
  const { reports, console } = await runGuest(kernel, guest);
  t.strictSame(reports[0], { kernel: kernel.release }, 'the guest runs that kernel');
  const steps = reports.flatMap(report => ('step' in report ? [report] : []));
  const titles = labSteps({ teardown: () => undefined }).map(([title]) => title);
  for (const title of titles) {
    const step = steps.find(one => one.step === title);
    const failures = step?.failures ?? ['the guest did not get there', console.slice(-4_000)];
    const module = step?.missingModule;
    if (module === undefined) t.strictSame(failures, [], title);
    else t.notOk(hasModule(kernel, module), `${title}: skipped, the kernel has no module ${module}`);
  }
  const missing = reports.flatMap(report => ('missing' in report ? report.missing : []));
  for (const module of without)
    t.ok(
      missing.some(text => text.includes(`no ${module}`)),
      `doctor says that there is no ${module}`,
      { missing },
    );
  return missing;
}

function hasModule({ modules }: UnpackedKernel, name: string): boolean {
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' });
  const builtIn = readFileSync(join(modules, 'modules.builtin'), 'utf8').split('\n');
  return [...files, ...builtIn].some(path => basename(path).replaceAll('-', '_') === `${name}.ko`);
}
