// Unpacks the kernels that `make test` boots into build/kernels; those that are there are left alone.
import { NEWEST, OLDEST } from '../test/kernels/series.ts';
import { openOwnApt } from './debian/own-apt.ts';
import { fetchKernel, hasKernel, ownAptFolder } from './debian/unpacked-kernel.ts';

const missing = [OLDEST, NEWEST].filter(series => !hasKernel(series));
if (missing.length > 0) {
  const apt = openOwnApt(ownAptFolder());
  for (const series of missing) {
    const { release, suite } = fetchKernel(apt, series);
    process.stdout.write(`Linux ${series}: ${release} of ${suite}\n`);
  }
}
