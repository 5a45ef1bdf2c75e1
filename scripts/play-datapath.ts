// Plays the packet tables and stories of the hooks named as arguments against the objects beside this bundle; the answer
// is a line of JSON. make mutants starts it in each mutant's build folder.
import '../test/support/bpf/own-netns.ts';
import type { HookName } from '../test/support/bpf/table.ts';
import { play } from '../test/mutants/datapath/play.ts';

process.stdout.write(`${JSON.stringify(play(new Set(process.argv.slice(2) as HookName[])))}\n`);
