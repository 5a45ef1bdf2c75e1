// A machine of its own that runs an unpacked Debian: systemd as PID 1, in namespaces, with a file system in memory.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { firstProcessBelow } from './first-process.ts';

/** Where it listens, once it does. */
const SYSTEMD = '/run/systemd/private';
const HOME = '/root';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const COMMAND_LIMIT_MS = 300_000;
const MAX_OUTPUT = 4_000;

export interface MachinePlan {
  readonly name: string;
  readonly address: string;
}

export class Machine {
  readonly name: string;
  readonly address: string;
  /** Of its systemd, as this process sees it. */
  readonly pid: number;
  readonly #shell: ChildProcess;

  private constructor(plan: MachinePlan, pid: number, shell: ChildProcess) {
    this.name = plan.name;
    this.address = plan.address;
    this.pid = pid;
    this.#shell = shell;
  }

  /** Settles when its systemd has started everything; it is there until the machine is disposed of. */
  static async boot(root: string, plan: MachinePlan): Promise<Machine> {
    const console = `/tmp/console-${plan.name}`;
    const log = openSync(console, 'w');
    const shell = spawn('scripts/isolate', ['scripts/boot-machine', root, plan.name], {
      stdio: ['ignore', log, log],
      env: { ...process.env, HEDDLE_ISOLATE_AGAIN: '1' },
    });
    closeSync(log);
    try {
      let pid: number | undefined;
      const isUp = await until(() => {
        pid ??= firstProcessBelow(shell.pid ?? 0, 'systemd');
        return shell.exitCode !== null || (pid !== undefined && existsSync(`/proc/${pid}/root${SYSTEMD}`));
      });
      if (!isUp || pid === undefined || shell.exitCode !== null)
        throw new Error(`${plan.name} does not boot: ${readFileSync(console, 'utf8').slice(-MAX_OUTPUT)}`);
      const machine = new Machine(plan, pid, shell);
      // `degraded`, when a unit has failed, is an exit status of its own.
      await machine.run('systemctl is-system-running --wait');
      return machine;
    } catch (error) {
      shell.kill('SIGKILL');
      throw error;
    }
  }

  /** Where a file of the machine is for this process. */
  path(absolute: string): string {
    return join(`/proc/${this.pid}/root`, absolute);
  }

  /** What a shell of root prints there, whose questions are answered with yes; rejects when it fails. */
  run(command: string): Promise<string> {
    const child = spawn('nsenter', [...this.#enter(), 'bash', '-c', `cd ${HOME} && ${command}`], {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: COMMAND_LIMIT_MS,
    });
    child.stdin.on('error', () => undefined); // a command need not read it
    child.stdin.end('y\n');
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === 0) resolve(output);
        else {
          const end = `${code === null ? (signal ?? '') : `exit status ${code}`}:\n${output.slice(-MAX_OUTPUT)}`;
          reject(new Error(`${this.name}: ${command}: ${end}`));
        }
      });
    });
  }

  /** All that runs on it ends, and its files are gone. */
  [Symbol.dispose](): void {
    this.#shell.kill('SIGKILL');
  }

  #enter(): string[] {
    const environment = [`PATH=${PATH}`, `HOME=${HOME}`, 'LC_ALL=C', 'DEBIAN_FRONTEND=noninteractive'];
    return [`--target=${this.pid}`, '--all', '--root', '--wd', 'env', '--ignore-environment', ...environment];
  }
}
