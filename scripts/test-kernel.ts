// One part (`tables`, `daemon` or `daemon-without-vxlan`) of what is asked of one kernel, as TAP; `make test-kernels` runs it for each.
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { testLabOn } from '../test/kernels/lab-guest.ts';
import { testTables } from '../test/kernels/tables-guest.ts';

const [part = '', series = '', missingFile = ''] = process.argv.slice(2);
if (part === 'tables') await testTables(t, series);
else if (part === 'daemon-without-vxlan') await testLabOn(t, series, ['vxlan']);
else writeFileSync(missingFile, JSON.stringify(await testLabOn(t, series)));
