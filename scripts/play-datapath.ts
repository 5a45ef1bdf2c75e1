// Plays rows of packet tables and stories over the objects of one folder after the other: each line of its input says which,
// each line of its output who noticed. make mutants starts it once for all mutants that a worker tries.
import '../test/support/bpf/own-netns.ts';
import { createInterface } from 'node:readline';
import { createDevices } from '../test/support/bpf/devices.ts';
import { play, type PlayRequest } from '../test/mutants/datapath/play.ts';

createDevices();
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as PlayRequest;
  process.env['HEDDLE_BPF_FOLDER'] = request.objects;
  process.stdout.write(`${JSON.stringify(play(request))}\n`);
}
