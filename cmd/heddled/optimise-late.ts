// Runs before all other modules: most of a start's code runs some thousand times, and then never again.
import { setFlagsFromString } from 'node:v8';

/**
 * Bytes of bytecode that a function runs before V8 optimises it, fifteen times its own number: less CPU time for a start, and
 * 5 MB less of memory after it. What runs for as long as a cluster is large is optimised all the same. Later releases of V8 count calls.
 */
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000');
