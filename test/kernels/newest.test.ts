// The objects load, and every packet table holds, on the newest kernel, whatever the machine's own is.
import t from 'tap';
import { NEWEST } from './series.ts';
import { TABLES_LIMIT_MS, testTables } from './tables-guest.ts';

t.setTimeout(TABLES_LIMIT_MS);

await testTables(t, NEWEST);
