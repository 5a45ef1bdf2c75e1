// A running program whose lines a test waits for.
import { spawn, type ChildProcess } from 'node:child_process';

interface Teardown {
  teardown(undo: () => void): void;
}

export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #output = '';
  #wake: () => void = () => undefined;

  constructor(t: Teardown, cwd: string, [command = '', ...args]: readonly string[]) {
    this.#child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#wake();
      });
    }
    this.#ended = new Promise(resolve => this.#child.once('close', resolve));
    void this.#ended.then(() => this.#wake());
    t.teardown(() => this.#child.kill('SIGKILL'));
  }

  /** Waits until it has printed this; throws if it ends before. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#output)) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`it ended without having printed ${pattern.source}:\n${this.#output}`);
      await new Promise<void>(resolve => (this.#wake = resolve));
    }
  }

  /** Interrupts it, as Ctrl-C does; all that it printed, once it has ended by itself with 0. */
  async interrupted(): Promise<string> {
    this.#child.kill('SIGINT');
    return this.ended();
  }

  async ended(): Promise<string> {
    const status = await this.#ended;
    if (status !== 0) throw new Error(`it ended with ${status}:\n${this.#output}`);
    return this.#output;
  }
}
