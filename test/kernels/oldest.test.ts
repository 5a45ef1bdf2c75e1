// The objects load, and every packet table holds, on the oldest kernel, whatever the machine's own is.
import t from 'tap';
import { OLDEST } from './series.ts';
import { testTables } from './tables-guest.ts';

await testTables(t, OLDEST);
