// Share of idle CPU time since the last call.
import { cpus } from 'node:os';

export class CpuIdle {
  #last = read();

  /** 0 to 1, over all cores, since the last call; since construction at first. */
  share(): number {
    const [before, now] = [this.#last, read()];
    this.#last = now;
    const total = now.total - before.total;
    return total === 0 ? 0 : (now.idle - before.idle) / total;
  }
}

function read(): { readonly idle: number; readonly total: number } {
  const times = cpus().map(cpu => cpu.times);
  const idle = times.reduce((sum, each) => sum + each.idle, 0);
  const total = times.reduce((sum, each) => sum + Object.values(each).reduce((a, b) => a + b, 0), 0);
  return { idle, total };
}
