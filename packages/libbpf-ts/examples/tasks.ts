// All tasks of the machine, or those of a command: node tasks.js [COMMAND]
import { runIterator } from 'libbpf-ts';
import { loadTasks, taskRecordCodec } from './tasks.bpf.js';

const [wanted] = process.argv.slice(2);
using object = loadTasks();
using link = object.program('list').attach();
for (const { pid, thread, command } of runIterator(link, taskRecordCodec)) {
  if (wanted === undefined || command === wanted) console.log(`${pid} ${thread} ${command}`);
}
