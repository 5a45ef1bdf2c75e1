// Plays the rows of packet tables and the stories of the groups, and of the titles, that are named, against the objects
// beside this bundle, rows or stories first; the answer is a line of JSON. make mutants starts it in each mutant's folder.
import '../test/support/bpf/own-netns.ts';
import { play } from '../test/mutants/datapath/play.ts';

const [, , first, ...names] = process.argv;
process.stdout.write(`${JSON.stringify(play(names, first === 'stories' ? first : 'rows'))}\n`);
