// Plays the packet tables, or the stories, of the hooks named as arguments against the objects beside this bundle; the
// answer is a line of JSON. make mutants starts it in each mutant's build folder.
import '../test/support/bpf/own-netns.ts';
import type { HookName } from '../test/support/bpf/table.ts';
import { play } from '../test/mutants/datapath/play.ts';

const [what, ...hooks] = process.argv.slice(2);
const answer = play(what === 'tables' ? 'tables' : 'stories', new Set(hooks as HookName[]));
process.stdout.write(`${JSON.stringify(answer)}\n`);
