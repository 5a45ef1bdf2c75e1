// Plays the rows of packet tables and the stories of the group, or of the title, that is named, against the objects beside
// this bundle, `stories` or rows first; the answer is a line of JSON. make mutants starts it in each mutant's build folder.
import '../test/support/bpf/own-netns.ts';
import { play } from '../test/mutants/datapath/play.ts';

const [, , name, first] = process.argv;
if (name === undefined) throw new Error('usage: play-datapath GROUP-OR-TITLE [stories]');
process.stdout.write(`${JSON.stringify(play(name, first === 'stories' ? first : 'rows'))}\n`);
