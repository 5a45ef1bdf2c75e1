// libbpf-ts on a kernel with kprobes, fentry and BPF LSM.
import t from 'tap';
import { unpackedKernel } from '../../scripts/debian/unpacked-kernel.ts';
import { ATTACH_STEPS } from './attach-steps.ts';
import { NETWORK_MODULES } from './guest-files.ts';
import { runGuest } from './machine.ts';
import { OLDEST } from './series.ts';

t.setTimeout(700_000);

t.test(`Linux ${OLDEST}: programs attach by section and through libbpf, and run`, async t => {
  const kernel = unpackedKernel(OLDEST);
  const { reports, console } = await runGuest(kernel, {
    ...{ entry: 'test/kernels/guest-attach.ts', programs: ['mount'], built: ['test/libbpf-ts'] },
    ...{ modules: NETWORK_MODULES, patience: 1, limitCpuSeconds: 200 },
  });
  t.strictSame(reports[0], { kernel: kernel.release }, 'the guest runs that kernel');
  for (const [title] of ATTACH_STEPS) {
    const step = reports.flatMap(report => ('step' in report && report.step === title ? [report] : []))[0];
    t.strictSame(step?.failures ?? ['the guest did not get there', console.slice(-2_000)], [], title);
  }
});
