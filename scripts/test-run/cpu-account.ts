// CPU time of one test file with all that it started: daemons and guests are children of init in the end.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of cgroup v1, in the view that scripts/isolate makes; without it nothing is counted. */
const HIERARCHY = '/sys/fs/cgroup/cpuacct';
const NS_PER_S = 1e9;

export class CpuAccount {
  readonly #group: string | undefined;

  /** `pid` has started nothing yet. */
  constructor(pid: number) {
    this.#group = existsSync(join(HIERARCHY, 'cpuacct.usage')) ? join(HIERARCHY, `file-${pid}`) : undefined;
    if (this.#group === undefined) return;
    mkdirSync(this.#group, { recursive: true });
    writeFileSync(join(this.#group, 'cgroup.procs'), String(pid));
  }

  /** Seconds until now, of all cores. The account ends; what still runs is counted nowhere any more. */
  close(): number | undefined {
    if (this.#group === undefined) return undefined;
    const seconds = Number(readFileSync(join(this.#group, 'cpuacct.usage'), 'utf8')) / NS_PER_S;
    try {
      rmdirSync(this.#group);
    } catch {
      // a process of the file is ending still; scripts/isolate removes the group
    }
    return seconds;
  }
}
