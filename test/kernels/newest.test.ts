// The objects load, and every packet table holds, on the newest kernel, whatever the machine's own is.
import t from 'tap';
import { NEWEST } from './series.ts';
import { testTables } from './tables-guest.ts';

await testTables(t, NEWEST);
